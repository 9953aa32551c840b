"""Indexes of what is few among many, for lists and what is counted of them. What comes in by a
resident stands in one more, of open tickets of a unit, and in one less, of accounts where it has none.

Built beside the work that goes on (CONCURRENTLY): each reads its table once, which on tables of
years takes minutes. Where it is broken off, every index of it that stands already, valid or not, is
dropped by hand, those it removed are made again, and it is run again.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

#: may be run again by hand once no process of the version before is at work: what residents pressed
#: for meanwhile it did not write on the ticket
FILL = """
UPDATE complaints_ticket ticket SET urged_at = urged.last_at
FROM (SELECT ticket_id, cycle, max(occurred_at) AS last_at FROM complaints_ticketevent
      WHERE kind = 'urged' GROUP BY ticket_id, cycle) urged
WHERE urged.ticket_id = ticket.id AND urged.cycle = ticket.cycle
  AND ticket.urged_at IS DISTINCT FROM urged.last_at
"""
WAITING = ("waiting_resident", "waiting_supplier")
DONE = ("resolved", "call_back")


def _dropped(index: str, column: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
        f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON complaints_ticket ({column})",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0021_who_was_urged_stands_on_the_ticket")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["unit", "-received_at", "-id"],
                condition=models.Q(("next_step_at__isnull", False)),
                name="open_tickets_of_unit",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["account"],
                condition=models.Q(("account__isnull", False)),
                name="tickets_of_account",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["-received_at", "-id"],
                condition=models.Q(("state", "received")),
                name="tickets_to_dispatch",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["-received_at", "-id"],
                condition=models.Q(("state__in", WAITING)),
                name="waiting_tickets",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["-received_at", "-id"],
                condition=models.Q(("state__in", DONE)),
                name="done_tickets",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["-urged_at", "-id"],
                condition=models.Q(("next_step_at__isnull", False), ("urged_at__isnull", False)),
                name="urged_tickets",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["unit", "level"],
                condition=models.Q(("level__isnull", False), ("next_step_at__isnull", False)),
                name="tickets_on_a_ladder",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(fields=["dwelling", "-received_at"], name="tickets_of_home_by_age"),
        ),
        AddIndexConcurrently(
            model_name="ticketevent",
            index=models.Index(
                fields=["post", "ticket"],
                condition=models.Q(("kind", "escalated")),
                name="tickets_escalated_to_post",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticketevent",
            index=models.Index(
                fields=["staff", "-occurred_at", "-ticket"],
                condition=models.Q(("kind", "received"), ("staff__isnull", False)),
                name="tickets_taken_in",
            ),
        ),
        RemoveIndexConcurrently(model_name="ticketevent", name="events_by_staff"),
        RemoveIndexConcurrently(model_name="ticketevent", name="escalations_to_post"),
        # Django would make the foreign keys anew, and read every row
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _dropped("complaints_ticket_account_id_af5971e5", "account_id"),
                _dropped("complaints_ticket_dwelling_id_bf89b3b1", "dwelling_id"),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="ticket",
                    name="account",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="residents.keyaccount",
                        verbose_name="大客户",
                    ),
                ),
                migrations.AlterField(
                    model_name="ticket",
                    name="dwelling",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="organisation.dwelling",
                    ),
                ),
            ],
        ),
    ]
