from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0002_erasures_are_scanned_before_the_key_goes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="certificate",
            options={"verbose_name": "删除证明", "verbose_name_plural": "删除证明"},
        ),
        migrations.AlterModelOptions(
            name="correctionrecord",
            options={"verbose_name": "更正记录", "verbose_name_plural": "更正记录"},
        ),
        migrations.AlterModelOptions(
            name="erasurestep",
            options={
                "ordering": ["position"],
                "verbose_name": "删除步骤",
                "verbose_name_plural": "删除步骤",
            },
        ),
        migrations.AlterModelOptions(
            name="hold",
            options={"verbose_name": "保留事项", "verbose_name_plural": "保留事项"},
        ),
        migrations.AlterModelOptions(
            name="mentiontask",
            options={"verbose_name": "提及处理", "verbose_name_plural": "提及处理"},
        ),
        migrations.AlterModelOptions(
            name="privacyrequest",
            options={"verbose_name": "个人信息请求", "verbose_name_plural": "个人信息请求"},
        ),
    ]
