"""What is done so that a matter does not come again, with an owner and a date."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0012_links_and_co_owners"),
        ("organisation", "0001_company"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectiveAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "root_cause",
                    models.CharField(
                        choices=[
                            ("people.skill", "人员 · 技能不足"),
                            ("people.attitude", "人员 · 服务态度"),
                            ("people.staffing", "人员 · 人手不足"),
                            ("process.missing", "流程 · 没有规定"),
                            ("process.ignored", "流程 · 未按规定执行"),
                            ("process.unsuited", "流程 · 规定不适用"),
                            ("equipment.fault", "设备 · 故障"),
                            ("equipment.upkeep", "设备 · 保养不到位"),
                            ("material.quality", "材料 · 质量问题"),
                            ("design.build", "设计施工 · 先天缺陷"),
                            ("supplier.service", "供应商 · 服务不达标"),
                            ("communication.unclear", "沟通 · 告知不清"),
                            ("communication.late", "沟通 · 回复不及时"),
                            ("outside.others", "外部 · 他人行为"),
                            ("outside.nature", "外部 · 天气与不可抗力"),
                        ],
                        max_length=24,
                        verbose_name="根本原因",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="完成期限")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "整改中"), ("done", "待验收"), ("verified", "已验收")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("tell_at", models.DateTimeField(null=True)),
                (
                    "done_in",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.ticketevent",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrective_actions",
                        to="organisation.post",
                        verbose_name="责任岗位",
                    ),
                ),
                (
                    "planned_in",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.ticketevent",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrective_actions",
                        to="complaints.ticket",
                    ),
                ),
                (
                    "verified_in",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.ticketevent",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("tell_at__isnull", False)),
                        fields=["tell_at"],
                        name="actions_late_next",
                    ),
                    models.Index(
                        condition=models.Q(("state", "verified"), _negated=True),
                        fields=["due_on", "id"],
                        name="actions_by_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_in__isnull", True),
                                ("state", "open"),
                                ("verified_in__isnull", True),
                            ),
                            models.Q(
                                ("done_in__isnull", False),
                                ("state", "done"),
                                ("verified_in__isnull", True),
                            ),
                            models.Q(
                                ("done_in__isnull", False),
                                ("state", "verified"),
                                ("verified_in__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_action_is_done_before_it_is_verified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tell_at__isnull", True), ("state", "open"), _connector="OR"
                        ),
                        name="only_an_open_action_becomes_late",
                    ),
                ],
            },
        ),
    ]
