"""What everybody of a community may read of a matter."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0016_supplier_links"),
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
