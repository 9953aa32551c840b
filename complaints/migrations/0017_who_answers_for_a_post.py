"""Who answers for a post since when: whoever comes to one hears of what lies with it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from privacy.vault.migration_sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0016_every_model_has_its_word"),
        ("organisation", "0004_suppliers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tenure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenures",
                        to="organisation.post",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位任职",
                "verbose_name_plural": "岗位任职",
                "indexes": [models.Index(fields=["post", "-id"], name="tenures_of_post")],
            },
        ),
        *append_only("complaints_tenure"),
    ]
