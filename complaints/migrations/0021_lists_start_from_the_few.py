"""Indexes of what is few among many, for lists and what is counted of them. An intake is in none of
them but one, and for that one no longer in the index of accounts, nor staff's in that of their acts.

Built beside the work that goes on (CONCURRENTLY): each reads its table once, which on tables of
years takes minutes. Where one is broken off, its invalid index is dropped by hand and the migration
run again.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

WAITING = ("waiting_resident", "waiting_supplier")
DONE = ("resolved", "call_back")
OF_ACCOUNT = "complaints_ticket_account_id_af5971e5"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0020_who_was_urged_stands_on_the_ticket")]

    operations = [
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
                condition=models.Q(
                    ("urged_at__isnull", False), ("next_step_at__isnull", False)
                ),
                name="urged_tickets",
            ),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["unit", "level"],
                condition=models.Q(("level__gte", 1), ("next_step_at__isnull", False)),
                name="escalated_tickets",
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
        # Django would make the foreign key anew, and read every row
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX CONCURRENTLY {OF_ACCOUNT}",
                    f"CREATE INDEX CONCURRENTLY {OF_ACCOUNT} ON complaints_ticket (account_id)",
                )
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
                )
            ],
        ),
    ]
