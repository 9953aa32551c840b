"""The company's own words are kept for each part of a message: what was written until now is its
sentence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_channels_preferences_and_wordings")]

    operations = [
        migrations.AddField(
            model_name="wordingversion",
            name="part",
            field=models.CharField(
                choices=[
                    ("sentence", "站内通知"),
                    ("email_subject", "邮件主题"),
                    ("email_body", "邮件正文"),
                    ("sms", "短信"),
                    ("robot", "群机器人"),
                ],
                db_default="sentence",
                default="sentence",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="wordingversion",
            name="text",
            field=models.CharField(blank=True, max_length=2000, verbose_name="文字"),
        ),
        migrations.RemoveConstraint(
            model_name="wordingversion", name="a_wording_version_is_written_once"
        ),
        migrations.AddConstraint(
            model_name="wordingversion",
            constraint=models.UniqueConstraint(
                fields=["template", "audience", "language", "part", "version"],
                name="a_wording_version_is_written_once",
            ),
        ),
    ]
