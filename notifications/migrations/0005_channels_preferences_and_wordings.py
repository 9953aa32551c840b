"""Endpoints and what they are told, people's preferences, the company's own sentences."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from privacy.vault.migration_sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_notices_are_written_in_bulk"),
        ("organisation", "0002_messages_in_traditional_chinese"),
        ("vault", "0002_recipients_and_disclosures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("wecom", "企业微信群机器人"),
                            ("dingtalk", "钉钉群机器人"),
                            ("webhook", "Webhook"),
                        ],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("host", models.CharField(max_length=253, verbose_name="主机")),
                (
                    "event_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("key_id", models.CharField(max_length=40)),
                ("address_sealed", models.BinaryField()),
                ("secret_sealed", models.BinaryField(null=True)),
                ("former_secret_sealed", models.BinaryField(null=True)),
                ("former_until", models.DateTimeField(null=True)),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("held_until", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "机器人或 Webhook",
                "verbose_name_plural": "机器人与 Webhook",
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("source_kind", models.CharField(max_length=40)),
                ("source_id", models.BigIntegerField()),
                ("object_kind", models.CharField(max_length=40)),
                ("object_id", models.BigIntegerField()),
                ("occurred_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("work", "我的工单"),
                            ("escalation", "超时上报"),
                            ("progress", "报事进展"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("email", "邮件"), ("sms", "短信")], max_length=10),
                ),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("at_once", "立即"),
                            ("daily", "每个工作日汇总"),
                            ("weekly", "每周汇总"),
                            ("never", "不发送"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WordingVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("template", models.CharField(max_length=60)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("post", "员工"),
                            ("reporter", "报事人"),
                            ("asker", "个人信息请求人"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("zh-hans", "简体中文"),
                            ("zh-hant", "繁體中文"),
                            ("en", "English"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="文字")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "消息文字版本",
                "verbose_name_plural": "消息文字版本",
            },
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="a_message_has_one_recipient",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="queued_messages",
        ),
        migrations.AddField(
            model_name="message",
            name="digest_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[
                    ("in_app", "站内"),
                    ("email", "邮件"),
                    ("sms", "短信"),
                    ("wecom", "企业微信群机器人"),
                    ("dingtalk", "钉钉群机器人"),
                    ("webhook", "Webhook"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="post",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.post",
            ),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
                verbose_name="范围",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="notifications.endpoint",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["channel", "due_at"],
                name="queued_messages_of_lane",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("endpoint__isnull", False)),
                fields=["endpoint", "sent_at"],
                name="messages_of_endpoint",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("endpoint__isnull", True),
                        ("staff__isnull", False),
                        ("subject__isnull", True),
                    ),
                    models.Q(
                        ("endpoint__isnull", True),
                        ("staff__isnull", True),
                        ("subject__isnull", False),
                    ),
                    models.Q(
                        ("endpoint__isnull", False),
                        ("staff__isnull", True),
                        ("subject__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_message_has_one_recipient",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("digest_at__isnull", False)),
                fields=("staff", "channel", "digest_at"),
                name="a_period_has_one_digest",
            ),
        ),
        migrations.AddField(
            model_name="occurrence",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="notifications.endpoint",
            ),
        ),
        migrations.AddField(
            model_name="occurrence",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="staff",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="subject",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vault.datasubject",
            ),
        ),
        migrations.AddField(
            model_name="wordingversion",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "webhook"), _negated=True),
                    models.Q(("post__isnull", True), ("secret_sealed__isnull", False)),
                    _connector="OR",
                ),
                name="a_webhook_is_signed_and_has_no_post",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("former_secret_sealed__isnull", True), ("former_until__isnull", True)
                    ),
                    models.Q(
                        ("former_secret_sealed__isnull", False), ("former_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_former_secret_has_an_end",
            ),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(fields=["message_id"], name="occurrence_of_message"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "source_kind", "source_id"),
                name="a_webhook_hears_of_an_event_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("staff__isnull", False), ("subject__isnull", True)),
                    models.Q(
                        ("pace__in", ["at_once", "never"]),
                        ("staff__isnull", True),
                        ("subject__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_preference_is_one_persons_and_residents_have_no_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("staff__isnull", False)),
                fields=("staff", "topic", "channel"),
                name="staff_choose_once_per_topic_and_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject__isnull", False)),
                fields=("subject", "topic", "channel"),
                name="a_subject_chooses_once_per_topic_and_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="wordingversion",
            constraint=models.UniqueConstraint(
                fields=("template", "audience", "language", "version"),
                name="a_wording_version_is_written_once",
            ),
        ),
        *append_only("notifications_wordingversion"),
    ]
