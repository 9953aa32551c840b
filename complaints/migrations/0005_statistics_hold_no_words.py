"""The planner keeps samples of every column it has statistics of. Words of people are not sampled:
they would outlive an erasure in a catalogue that only a superuser can clean."""

from django.db import migrations

COLUMNS = ("body", "tokens")


def _set(target: int) -> str:
    changes = ", ".join(f"ALTER COLUMN {column} SET STATISTICS {target}" for column in COLUMNS)
    return f"ALTER TABLE complaints_textentry {changes}"


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_the_sweep_writes_fewer_indexes")]

    operations = [migrations.RunSQL(_set(0), _set(-1))]
