import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0012_turn_measures_of_cash_into_shares"),
    ]

    operations = [
        migrations.RemoveField(model_name="cashentry", name="measure"),
        migrations.AddField(
            model_name="cashentry",
            name="programme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cash_entries",
                to="budgets.programme",
                verbose_name="цільова програма",
            ),
        ),
        migrations.AddField(
            model_name="cashentry",
            name="executor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cash_entries",
                to="budgets.executor",
                verbose_name="виконавець",
            ),
        ),
        migrations.AlterField(
            model_name="cashentry",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cash_entries",
                to="budgets.spendingline",
                verbose_name="напрям",
            ),
        ),
        migrations.AlterField(
            model_name="cashentry",
            name="economic_code",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="budgets.economiccode",
                verbose_name="КЕКВ",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("economic_code__isnull", False),
                        ("executor__isnull", True),
                        ("line__isnull", False),
                        ("programme__isnull", True),
                    ),
                    models.Q(("line__isnull", True), ("programme__isnull", False)),
                    _connector="OR",
                ),
                name="cash_is_of_a_line_or_of_a_programme",
            ),
        ),
    ]
