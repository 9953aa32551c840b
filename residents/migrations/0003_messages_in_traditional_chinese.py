"""People may read their messages in Traditional Chinese."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0002_codes_name_their_contact"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="preferred_language",
            field=models.CharField(
                choices=[("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")],
                default="zh-hans",
                max_length=10,
            ),
        ),
    ]
