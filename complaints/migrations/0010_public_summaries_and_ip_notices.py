"""What everybody of a community may read of a matter; what a notice about a right must say."""

import django.db.models.deletion
import privacy.vault.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0009_supplier_links"),
        ("vault", "0001_subjects_keys_consent_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="ticketevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("received", "受理"),
                    ("assigned", "派单"),
                    ("accepted", "接单"),
                    ("started", "开始处理"),
                    ("waiting", "等待"),
                    ("resumed", "继续处理"),
                    ("replied", "答复"),
                    ("noted", "内部备注"),
                    ("named", "登记被举报人"),
                    ("coordinated", "协调"),
                    ("forwarded", "已转送被通知人"),
                    ("countered", "收到不侵权声明"),
                    ("decided", "已作出决定"),
                    ("added", "补充"),
                    ("urged", "催单"),
                    ("resolved", "解决"),
                    ("rated", "评价"),
                    ("reopened", "重新打开"),
                    ("closed", "办结"),
                    ("withdrawn", "撤回"),
                    ("rejected", "不予受理"),
                    ("escalated", "升级"),
                    ("taken_over", "接管"),
                    ("given_back", "退回"),
                    ("reviewed", "值班复核"),
                    ("corrected", "更正"),
                    ("erased", "个人信息已删除"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="IpNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "right_kind",
                    models.CharField(
                        choices=[
                            ("copyright", "著作权"),
                            ("trademark", "商标权"),
                            ("patent", "专利权"),
                            ("name_or_image", "姓名或肖像"),
                            ("other", "其他权利"),
                        ],
                        max_length=16,
                        verbose_name="权利种类",
                    ),
                ),
                ("right", models.CharField(max_length=200, verbose_name="权利名称与登记号")),
                ("in_good_faith", models.BooleanField()),
                (
                    "holder_sealed",
                    privacy.vault.fields.SealedField(max_plain_length=120, null=True),
                ),
                (
                    "contact_sealed",
                    privacy.vault.fields.SealedField(max_plain_length=40, null=True),
                ),
                ("forwarded_at", models.DateTimeField(null=True)),
                ("countered_at", models.DateTimeField(null=True)),
                ("wait_until", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "subject",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ip_notices",
                        to="vault.datasubject",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ip_notice",
                        to="complaints.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("in_good_faith", True)),
                        name="a_notice_is_given_in_good_faith",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("countered_at__isnull", True), ("wait_until__isnull", True)),
                            models.Q(
                                ("countered_at__isnull", False),
                                ("forwarded_at__isnull", False),
                                ("wait_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_notice_is_countered_after_it_was_forwarded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicSummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("raised", models.CharField(max_length=120, verbose_name="反映了什么")),
                ("done", models.CharField(max_length=400, verbose_name="做了什么")),
                ("written_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_summary",
                        to="complaints.ticket",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", True), ("published_by__isnull", True)
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                                models.Q(("published_by", models.F("written_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_summary_is_published_by_a_second_person",
                    )
                ],
            },
        ),
    ]
