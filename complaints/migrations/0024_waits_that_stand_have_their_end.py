"""What waited before the end of a wait stood on the ticket gets its end.

One statement, apart from the one that adds the column, whose lock is gone by then: it may be run again.
"""

from django.db import migrations

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
WHERE ticket.wait_ends_at IS NULL AND ticket.id = ANY (ARRAY(
    SELECT id FROM complaints_ticket WHERE state IN ('waiting_resident', 'waiting_supplier')
    UNION ALL
    SELECT link.source_id FROM complaints_ticketlink link
    JOIN complaints_ticket merged ON merged.id = link.source_id AND merged.state = 'merged'
    WHERE link.relation = 'merged_into' AND link.ended_in_id IS NULL
      AND link.state_before IN ('waiting_resident', 'waiting_supplier')))
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0023_a_wait_ends_whether_clocks_run_or_not")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
