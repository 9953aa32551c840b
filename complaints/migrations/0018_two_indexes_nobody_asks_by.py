"""A create writes every index of its rows. Texts are found by `texts_of_ticket`, which begins with
the ticket as the index that goes did; a reference is asked for whole, never by its beginning.

In SQL, because Django would make the foreign key and the unique index anew, and read every row."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = [
    "DROP INDEX complaints_textentry_ticket_id_339b111a",
    "DROP INDEX complaints_ticket_reference_a3d78b2a_like",
    (
        "ALTER TABLE complaints_ticket"
        " RENAME CONSTRAINT complaints_ticket_reference_key TO a_reference_is_one_ticket"
    ),
]
BACKWARDS = [
    (
        "ALTER TABLE complaints_ticket"
        " RENAME CONSTRAINT a_reference_is_one_ticket TO complaints_ticket_reference_key"
    ),
    (
        "CREATE INDEX complaints_ticket_reference_a3d78b2a_like"
        " ON complaints_ticket (reference varchar_pattern_ops)"
    ),
    "CREATE INDEX complaints_textentry_ticket_id_339b111a ON complaints_textentry (ticket_id)",
]


class Migration(migrations.Migration):
    dependencies = [("complaints", "0017_who_answers_for_a_post")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARDS, BACKWARDS)],
            state_operations=[
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
            ],
        )
    ]
