"""When a wait ends stands on the ticket, so that it ends also where no clock runs.

The column comes first and by itself: what is written into it then keeps no lock on the table. Where
it is broken off in between, the column is dropped by hand and it is run again.
"""

import privacy.vault.fields
from django.db import migrations, models

#: may be run again by hand once no process of the version before is at work: of waits that began
#: meanwhile it did not write the end. What waits without a clock had no end, and gets the one that
#: a wait has where nobody says another
FILL = """
UPDATE complaints_ticket ticket
SET wait_ends_at = coalesce(
    (SELECT min(clock.pause_ends_at) FROM complaints_ticketclock clock
     WHERE clock.ticket_id = ticket.id AND clock.cycle = ticket.cycle
       AND clock.state IN ('paused', 'cancelled')),
    now() + interval '3 days')
WHERE ticket.wait_ends_at IS NULL
  AND (ticket.state IN ('waiting_resident', 'waiting_supplier')
       OR ticket.state = 'merged' AND EXISTS (
           SELECT FROM complaints_ticketlink link
           WHERE link.source_id = ticket.id AND link.relation = 'merged_into'
             AND link.ended_in_id IS NULL
             AND link.state_before IN ('waiting_resident', 'waiting_supplier')))
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0022_lists_start_from_the_few")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="wait_ends_at",
            field=models.DateTimeField(null=True, verbose_name="等待截止"),
        ),
        # who gives notice of a right is reached by telephone or by e-mail
        migrations.AlterField(
            model_name="ipnotice",
            name="contact_sealed",
            field=privacy.vault.fields.SealedField(max_plain_length=254, null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
