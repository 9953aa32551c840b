import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0005_every_model_has_its_word"),
        ("residents", "0006_a_line_leads_to_one_account"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="call",
            options={"verbose_name": "来电", "verbose_name_plural": "来电"},
        ),
        migrations.AlterModelOptions(
            name="contactpoint",
            options={"verbose_name": "联系方式", "verbose_name_plural": "联系方式"},
        ),
        migrations.AlterModelOptions(
            name="devicetoken",
            options={"verbose_name": "登录设备", "verbose_name_plural": "登录设备"},
        ),
        migrations.AlterModelOptions(
            name="keyaccount",
            options={"verbose_name": "大客户", "verbose_name_plural": "大客户"},
        ),
        migrations.AlterModelOptions(
            name="keyaccountcontact",
            options={"verbose_name": "大客户联系人", "verbose_name_plural": "大客户联系人"},
        ),
        migrations.AlterModelOptions(
            name="occupancy",
            options={"verbose_name": "居住关系", "verbose_name_plural": "居住关系"},
        ),
        migrations.AlterModelOptions(
            name="person",
            options={"verbose_name": "住户", "verbose_name_plural": "住户"},
        ),
        migrations.AlterModelOptions(
            name="signincode",
            options={"verbose_name": "验证码", "verbose_name_plural": "验证码"},
        ),
        migrations.AlterField(
            model_name="contactpoint",
            name="kind",
            field=models.CharField(
                choices=[("phone", "电话"), ("email", "电子邮箱")],
                max_length=10,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="contactpoint",
            name="login",
            field=models.BooleanField(default=False, verbose_name="用于登录"),
        ),
        migrations.AlterField(
            model_name="contactpoint",
            name="verified_at",
            field=models.DateTimeField(null=True, verbose_name="验证时间"),
        ),
        migrations.AlterField(
            model_name="devicetoken",
            name="created_at",
            field=models.DateTimeField(verbose_name="登录时间"),
        ),
        migrations.AlterField(
            model_name="devicetoken",
            name="expires_at",
            field=models.DateTimeField(verbose_name="有效期至"),
        ),
        migrations.AlterField(
            model_name="devicetoken",
            name="last_used_on",
            field=models.DateField(null=True, verbose_name="最近使用"),
        ),
        migrations.AlterField(
            model_name="devicetoken",
            name="revoked_at",
            field=models.DateTimeField(null=True, verbose_name="退出时间"),
        ),
        migrations.AlterField(
            model_name="keyaccount",
            name="code",
            field=models.CharField(max_length=40, unique=True, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="keyaccount",
            name="communities",
            field=models.ManyToManyField(
                related_name="key_accounts", to="organisation.unit", verbose_name="小区"
            ),
        ),
        migrations.AlterField(
            model_name="keyaccount",
            name="manager",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="key_accounts",
                to="organisation.post",
                verbose_name="客户经理",
            ),
        ),
        migrations.AlterField(
            model_name="keyaccount",
            name="tier",
            field=models.CharField(
                choices=[
                    ("group_strategic", "集团战略"),
                    ("region_strategic", "区域战略"),
                    ("standard", "一般"),
                ],
                max_length=20,
                verbose_name="等级",
            ),
        ),
    ]
