"""The sweep moves `next_step_at` of every ticket it claims, which rewrites all indexes of the row.
Indexes nobody reads by, or that another one begins with, go; history ids get room to grow."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_reference_numbers_triggers_and_stamp"),
        ("core", "0001_house"),
        ("organisation", "0001_company"),
        ("residents", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SweepBeat",
            fields=[
                ("waker", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last_at", models.DateTimeField()),
                ("fired", models.BigIntegerField(default=0)),
                ("failed", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_due_next",
        ),
        # holds nothing but what the next sweep finds again
        migrations.DeleteModel("SweepFailure"),
        migrations.CreateModel(
            name="SweepFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("error_code", models.CharField(max_length=60)),
                ("attempts", models.IntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("retry_at", models.DateTimeField()),
                (
                    "clock",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sweep_failure",
                        to="complaints.ticketclock",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sweep_failures",
                        to="complaints.ticket",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="residents.keyaccount",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="building",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.building",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="complaints.category",
                verbose_name="类别",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="history_id",
            field=models.BigAutoField(editable=False, primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="policy",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="complaints.policy",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.post",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="reference",
            field=models.CharField(max_length=20, verbose_name="工单号"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.unit",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="complaints.policy",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="organisation.post",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="organisation.unit",
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="clock",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="complaints.ticketclock",
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="machine",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="core.machinekey",
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="post",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ticket_events",
                to="organisation.post",
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="staff",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ticket_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="complaints.ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("next_step_at__isnull", False)),
                fields=["next_step_at", "id"],
                name="tickets_due_next",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketevent",
            index=models.Index(
                condition=models.Q(("staff__isnull", False)),
                fields=["staff", "-occurred_at"],
                name="events_by_staff",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweepfailure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("clock__isnull", True)),
                fields=("ticket",),
                name="a_ticket_fails_once_without_a_clock",
            ),
        ),
    ]
