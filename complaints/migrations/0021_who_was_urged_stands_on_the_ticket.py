"""When the resident pressed last in the present cycle, taken from the events."""

from django.db import migrations, models

FILL = """
UPDATE complaints_ticket ticket SET urged_at = urged.last_at
FROM (SELECT ticket_id, cycle, max(occurred_at) AS last_at FROM complaints_ticketevent
      WHERE kind = 'urged' GROUP BY ticket_id, cycle) urged
WHERE urged.ticket_id = ticket.id AND urged.cycle = ticket.cycle
"""


class Migration(migrations.Migration):
    # the column first, and its lock gone, before tickets are filled in
    atomic = False

    dependencies = [("complaints", "0020_a_device_is_of_a_kind_of_system")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="urged_at",
            field=models.DateTimeField(null=True, verbose_name="催单时间"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
