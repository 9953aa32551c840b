"""A create writes every index of its rows. Texts are found by `texts_of_ticket`, which begins with
the ticket as the index that goes did; a reference is asked for whole, never by its beginning."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0017_who_answers_for_a_post")]

    operations = [
        migrations.AlterField(
            model_name="textentry",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="texts",
                to="complaints.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="reference",
            field=models.CharField(max_length=20, verbose_name="工单号"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="a_reference_is_one_ticket"
            ),
        ),
    ]
