from django.db import migrations
from django.db.models import F

ROWS = (
    "PassportItem",
    "Stage",
    "FundingSource",
    "Executor",
    "Direction",
    "Task",
    "Measure",
    "StrategyLink",
)
STEP = 1000


def space_out(apps, schema_editor):
    for name in ROWS:
        rows = apps.get_model("budgets", name).objects.using(schema_editor.connection.alias)
        rows.update(order=F("order") * STEP)


class Migration(migrations.Migration):
    dependencies = [("budgets", "0005_move_measures_and_name_ceilings")]

    operations = [migrations.RunPython(space_out, migrations.RunPython.noop)]
