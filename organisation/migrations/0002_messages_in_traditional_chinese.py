"""People may read their messages in Traditional Chinese."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_company"),
    ]

    operations = [
        migrations.AlterField(
            model_name="staff",
            name="preferred_language",
            field=models.CharField(
                choices=[("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")],
                default="zh-hans",
                max_length=10,
                verbose_name="界面语言",
            ),
        ),
    ]
