from django.db import migrations

from budgets.economic_codes import ECONOMIC_CODES


def load_codes(apps, schema_editor):
    EconomicCode = apps.get_model("budgets", "EconomicCode")
    stored = {}
    for code, title, parent in ECONOMIC_CODES:  # parents stand before their children
        stored[code] = EconomicCode.objects.create(
            code=code, title=title, parent=stored.get(parent)
        )


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_initial")]

    operations = [migrations.RunPython(load_codes, migrations.RunPython.noop)]
