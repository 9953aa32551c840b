import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0004_calls")]

    operations = [
        migrations.AddField(
            model_name="contactpoint",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="residents.contactpoint",
            ),
        ),
        migrations.AlterField(
            model_name="signincode",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("sign_in", "登录"),
                    ("privacy", "个人信息请求核验"),
                    ("new_number", "确认新号码"),
                ],
                max_length=10,
            ),
        ),
    ]
