import django.db.models.deletion
from django.db import migrations, models

import budgets.fields


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0010_close_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="CashShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", budgets.fields.MoneyField(places=2, verbose_name="частка, грн")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="budgets.cashentry",
                        verbose_name="платіж",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="budgets.measure",
                        verbose_name="захід",
                    ),
                ),
            ],
            options={
                "verbose_name": "частка платежу",
                "verbose_name_plural": "частки платежів",
                "ordering": ["entry", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "measure"), name="one_share_of_a_measure_in_an_entry"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="cash_share_is_not_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineMeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="budgets.spendingline",
                        verbose_name="напрям",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paid_by",
                        to="budgets.measure",
                        verbose_name="захід",
                    ),
                ),
            ],
            options={
                "verbose_name": "зв’язок напряму із заходом",
                "verbose_name_plural": "зв’язки напрямів із заходами",
                "ordering": ["line", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "measure"), name="a_line_names_a_measure_once"
                    )
                ],
            },
        ),
    ]
