"""Who changed what of a key account, and when."""

import django.db.models.deletion
from django.db import migrations, models

from privacy.vault.migration_sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_suppliers"),
        ("residents", "0007_every_model_has_its_word"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyAccountChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contact_added", "增加一名联系人"),
                            ("contact_removed", "移除一名联系人"),
                            ("contact_erased", "一名联系人的个人信息已删除"),
                            ("manager_changed", "更换大客户经理"),
                            ("community_added", "合同增加小区"),
                            ("community_removed", "合同移除小区"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("staff", "员工"),
                            ("reporter", "报事人"),
                            ("machine", "设备或外部系统"),
                            ("system", "系统"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="residents.keyaccount",
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.post",
                    ),
                ),
                (
                    "after",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.post",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "大客户变更",
                "verbose_name_plural": "大客户变更",
                "indexes": [
                    models.Index(fields=["account", "-at", "-id"], name="changes_of_account")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["community_added", "community_removed"]),
                            ("unit__isnull", False),
                        )
                        | (
                            models.Q(
                                ("kind__in", ["community_added", "community_removed"]),
                                _negated=True,
                            )
                            & models.Q(("unit__isnull", True))
                        ),
                        name="a_change_of_communities_names_one",
                    )
                ],
            },
        ),
        *append_only("residents_keyaccountchange"),
    ]
