from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0001_rounds"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="checklist",
            options={"verbose_name": "检查表", "verbose_name_plural": "检查表"},
        ),
        migrations.AlterModelOptions(
            name="checklistitem",
            options={
                "ordering": ["position"],
                "verbose_name": "检查项",
                "verbose_name_plural": "检查项",
            },
        ),
        migrations.AlterModelOptions(
            name="framemember",
            options={"verbose_name": "抽样框成员", "verbose_name_plural": "抽样框成员"},
        ),
        migrations.AlterModelOptions(
            name="round",
            options={"verbose_name": "抽检轮次", "verbose_name_plural": "抽检轮次"},
        ),
        migrations.AlterModelOptions(
            name="samplecase",
            options={"verbose_name": "抽中工单", "verbose_name_plural": "抽中工单"},
        ),
        migrations.AlterModelOptions(
            name="score",
            options={"verbose_name": "检查评分", "verbose_name_plural": "检查评分"},
        ),
        migrations.AlterModelOptions(
            name="stratum",
            options={"verbose_name": "抽样层", "verbose_name_plural": "抽样层"},
        ),
    ]
