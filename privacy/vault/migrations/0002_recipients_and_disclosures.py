"""The register of third parties, and what each was given."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from privacy.vault.migration_sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0001_subjects_keys_consent_and_ledger"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("contract", models.CharField(max_length=80, verbose_name="合同编号")),
                ("assessment", models.CharField(max_length=80, verbose_name="影响评估编号")),
                (
                    "scope",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        size=None,
                        verbose_name="数据范围",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(verbose_name="至")),
            ],
            options={
                "verbose_name": "第三方接收方",
                "verbose_name_plural": "第三方接收方",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gt", models.F("from_on"))),
                        name="a_recipient_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9_]{0,39}$")),
                        name="a_recipient_has_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contract", ""), _negated=True),
                            models.Q(("assessment", ""), _negated=True),
                        ),
                        name="a_recipient_has_contract_and_assessment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("trace", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                ("purpose_code", models.CharField(max_length=40)),
                ("reference", models.UUIDField()),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.recipient",
                    ),
                ),
            ],
            options={
                "verbose_name": "向第三方提供记录",
                "verbose_name_plural": "向第三方提供记录",
                "indexes": [models.Index(fields=["trace", "-at"], name="disclosures_of_subject")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "reference", "trace", "kind"),
                        name="a_disclosure_is_written_once_per_delivery",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__regex", "^[a-z][a-z0-9_]{0,39}$"),
                            ("purpose_code__regex", "^[a-z][a-z0-9_]{0,39}$"),
                        ),
                        name="a_disclosure_holds_codes_only",
                    ),
                ],
            },
        ),
        *append_only("vault_disclosure"),
    ]
