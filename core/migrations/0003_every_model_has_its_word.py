from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_machine_keys_are_exchanged"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="idempotencykey",
            options={"verbose_name": "幂等记录", "verbose_name_plural": "幂等记录"},
        ),
        migrations.AlterModelOptions(
            name="installation",
            options={"verbose_name": "安装信息", "verbose_name_plural": "安装信息"},
        ),
        migrations.AlterModelOptions(
            name="job",
            options={"verbose_name": "后台任务", "verbose_name_plural": "后台任务"},
        ),
        migrations.AlterModelOptions(
            name="limitwindow",
            options={"verbose_name": "频次计数", "verbose_name_plural": "频次计数"},
        ),
    ]
