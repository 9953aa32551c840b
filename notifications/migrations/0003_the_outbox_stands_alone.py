"""No constraint of the database ties links to messages and notices; dead letters and old messages
are found by index."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_keys_without_an_index_of_their_own"),
        ("vault", "0001_subjects_keys_consent_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="messagenotice",
            name="message",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="notifications.message",
            ),
        ),
        migrations.AlterField(
            model_name="messagenotice",
            name="notice",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="notifications.notice",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "dead")), fields=["due_at"], name="dead_messages"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["sent", "dropped"])),
                fields=["created_at"],
                name="finished_messages",
            ),
        ),
    ]
