"""A payment that named one measure has one share: all of it. Its own migration: PostgreSQL alters no table whose rows wait for checks."""

from django.db import migrations


def share(apps, schema_editor):
    entries = apps.get_model("budgets", "CashEntry").objects.using(schema_editor.connection.alias)
    shares = apps.get_model("budgets", "CashShare").objects.using(schema_editor.connection.alias)
    model = shares.model
    named = entries.filter(measure__isnull=False).order_by("pk")
    shares.bulk_create(
        (
            model(entry_id=entry.pk, measure_id=entry.measure_id, amount=entry.amount)
            for entry in named.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0011_share_cash_among_measures"),
    ]

    operations = [migrations.RunPython(share)]
