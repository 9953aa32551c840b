"""An enterprise's own line leads to one key account, whoever writes it down at the same moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_a_corrected_number_waits_for_its_proof")]

    operations = [
        migrations.AddConstraint(
            model_name="keyaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("line_number", ""), _negated=True),
                fields=("line_number",),
                name="a_line_leads_to_one_account",
            ),
        ),
    ]
