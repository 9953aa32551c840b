"""An enterprise's own line leads to one key account, whoever writes it down at the same moment."""

from django.db import migrations, models


def name_those_that_share(apps, schema_editor):
    """Raises with the lines that several accounts have: which one keeps it, people must say."""
    rows = apps.get_model("residents", "KeyAccount").objects.exclude(line_number="")
    shared = rows.values("line_number").annotate(many=models.Count("pk")).filter(many__gt=1)
    for row in shared.order_by("line_number"):
        codes = rows.filter(line_number=row["line_number"]).order_by("code")
        named = ", ".join(codes.values_list("code", flat=True))
        raise ValueError(f"Key accounts {named} share one line. Give it to one of them first.")


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_a_corrected_number_waits_for_its_proof")]

    operations = [
        migrations.RunPython(name_those_that_share, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="keyaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line_number", ""), _negated=True),
                fields=("line_number",),
                name="a_line_leads_to_one_account",
            ),
        ),
    ]
