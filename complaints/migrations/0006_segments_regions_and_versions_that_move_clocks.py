import django.db.models.deletion
from django.db import migrations, models


# A new version of a calendar changes what regions count by: every process reads the catalogue anew.
STAMP = """
CREATE TRIGGER a_change_stamps_the_catalogue
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON organisation_workcalendar
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_stamp_catalogue()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0005_statistics_hold_no_words"),
        ("organisation", "0003_calendars_of_regions"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalpolicy",
            name="moves_open_clocks",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="policy",
            name="moves_open_clocks",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="ticketclock",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.workcalendar",
            ),
        ),
        migrations.AddField(
            model_name="ticketclock",
            name="post",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="segments",
                to="organisation.post",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="effective_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="policy",
            name="effective_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="ticketclock",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="complaints.policy",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketclock",
            index=models.Index(
                condition=models.Q(("state__in", ["running", "paused"])),
                fields=["policy", "ticket"],
                name="live_clocks_of_policy",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "segment"), ("post__isnull", False)),
                    models.Q(models.Q(("kind", "segment"), _negated=True), ("post__isnull", True)),
                    _connector="OR",
                ),
                name="a_segment_names_its_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketclock",
            constraint=models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(kind="segment", state__in=["running", "paused"]),
                name="a_ticket_is_in_one_hand_at_a_time",
            ),
        ),
        migrations.RunSQL(
            STAMP, "DROP TRIGGER a_change_stamps_the_catalogue ON organisation_workcalendar"
        ),
    ]
