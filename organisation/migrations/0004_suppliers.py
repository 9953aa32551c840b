"""Suppliers with contracts by unit, sealed contacts, and grades decided by two people."""

import django.db.models.deletion
import privacy.vault.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_calendars_of_regions"),
        ("vault", "0001_subjects_keys_consent_and_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Supplier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("cleaning", "保洁"),
                            ("security", "秩序维护"),
                            ("greening", "绿化养护"),
                            ("lifts", "电梯维保"),
                            ("fire", "消防维保"),
                            ("engineering", "工程维修"),
                            ("parking", "停车系统"),
                            ("waste", "垃圾清运"),
                            ("pests", "有害生物防治"),
                            ("water", "二次供水清洗"),
                        ],
                        max_length=12,
                        verbose_name="服务类别",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("group_strategic", "集团战略"),
                            ("region_strategic", "区域战略"),
                            ("qualified", "合格"),
                            ("unqualified", "不合格"),
                        ],
                        default="qualified",
                        max_length=16,
                        verbose_name="评级",
                    ),
                ),
                ("graded_on", models.DateField(verbose_name="评级日期")),
                ("barred_until", models.DateField(null=True, verbose_name="禁用至")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("barred_until__gt", models.F("graded_on")),
                                ("grade", "unqualified"),
                            ),
                            models.Q(
                                models.Q(("grade", "unqualified"), _negated=True),
                                ("barred_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="an_unqualified_supplier_is_barred_and_no_other",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_sealed", privacy.vault.fields.SealedField(max_plain_length=60)),
                ("phone_sealed", privacy.vault.fields.SealedField(max_plain_length=40)),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplier_contacts",
                        to="vault.datasubject",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="organisation.supplier",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GradeChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("group_strategic", "集团战略"),
                            ("region_strategic", "区域战略"),
                            ("qualified", "合格"),
                            ("unqualified", "不合格"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("group_strategic", "集团战略"),
                            ("region_strategic", "区域战略"),
                            ("qualified", "合格"),
                            ("unqualified", "不合格"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("yearly_review", "年度评估"),
                            ("complaints", "投诉分析"),
                            ("contract_result", "履约评价"),
                            ("safety", "安全事故"),
                            ("integrity", "廉洁问题"),
                        ],
                        max_length=20,
                    ),
                ),
                ("on", models.DateField()),
                ("proposed_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("pending", "待批准"),
                            ("approved", "已批准"),
                            ("refused", "未批准"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grade_changes",
                        to="organisation.supplier",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("decision", "pending"),
                            ),
                            models.Q(
                                models.Q(("decision", "pending"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_grade_is_decided_by_a_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "pending")),
                        fields=("supplier",),
                        name="a_supplier_has_one_pending_grade",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierContract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="合同编号")),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(verbose_name="至")),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="organisation.supplier",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplier_contracts",
                        to="organisation.unit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "until_on"], name="contracts_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gt", models.F("from_on"))),
                        name="a_contract_ends_after_it_begins",
                    )
                ],
            },
        ),
    ]
