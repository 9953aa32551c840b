import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_suppliers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="building",
            options={"verbose_name": "楼栋", "verbose_name_plural": "楼栋"},
        ),
        migrations.AlterModelOptions(
            name="calendarday",
            options={"verbose_name": "特殊日期", "verbose_name_plural": "特殊日期"},
        ),
        migrations.AlterModelOptions(
            name="calendarinterval",
            options={"verbose_name": "每周工作时段", "verbose_name_plural": "每周工作时段"},
        ),
        migrations.AlterModelOptions(
            name="calendaryear",
            options={"verbose_name": "已公布年份", "verbose_name_plural": "已公布年份"},
        ),
        migrations.AlterModelOptions(
            name="dwelling",
            options={"verbose_name": "房屋", "verbose_name_plural": "房屋"},
        ),
        migrations.AlterModelOptions(
            name="gradechange",
            options={"verbose_name": "评级变更", "verbose_name_plural": "评级变更"},
        ),
        migrations.AlterModelOptions(
            name="historicalpost",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "岗位历史",
                "verbose_name_plural": "岗位历史",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalrole",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "角色历史",
                "verbose_name_plural": "角色历史",
            },
        ),
        migrations.AlterModelOptions(
            name="legalentity",
            options={"verbose_name": "法人主体", "verbose_name_plural": "法人主体"},
        ),
        migrations.AlterModelOptions(
            name="post",
            options={"verbose_name": "岗位", "verbose_name_plural": "岗位"},
        ),
        migrations.AlterModelOptions(
            name="role",
            options={"verbose_name": "角色", "verbose_name_plural": "角色"},
        ),
        migrations.AlterModelOptions(
            name="supplier",
            options={"verbose_name": "供应商", "verbose_name_plural": "供应商"},
        ),
        migrations.AlterModelOptions(
            name="suppliercontact",
            options={"verbose_name": "供应商联系人", "verbose_name_plural": "供应商联系人"},
        ),
        migrations.AlterModelOptions(
            name="suppliercontract",
            options={"verbose_name": "供应商合同", "verbose_name_plural": "供应商合同"},
        ),
        migrations.AlterModelOptions(
            name="unit",
            options={"verbose_name": "组织单位", "verbose_name_plural": "组织单位"},
        ),
        migrations.AlterModelOptions(
            name="workcalendar",
            options={"verbose_name": "工作日历", "verbose_name_plural": "工作日历"},
        ),
        migrations.AlterField(
            model_name="building",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buildings",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="calendarday",
            name="day_on",
            field=models.DateField(verbose_name="日期"),
        ),
        migrations.AlterField(
            model_name="calendarday",
            name="kind",
            field=models.CharField(
                choices=[("holiday", "放假"), ("make_up", "调休上班")],
                max_length=10,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="calendarday",
            name="minutes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                default=list,
                size=None,
                verbose_name="工作时段（分钟）",
            ),
        ),
        migrations.AlterField(
            model_name="calendarday",
            name="name",
            field=models.CharField(max_length=40, verbose_name="名称"),
        ),
        migrations.AlterField(
            model_name="calendarinterval",
            name="end_minutes",
            field=models.SmallIntegerField(verbose_name="结束（零点起分钟）"),
        ),
        migrations.AlterField(
            model_name="calendarinterval",
            name="start_minutes",
            field=models.SmallIntegerField(verbose_name="开始（零点起分钟）"),
        ),
        migrations.AlterField(
            model_name="calendarinterval",
            name="weekday",
            field=models.SmallIntegerField(verbose_name="星期"),
        ),
        migrations.AlterField(
            model_name="calendaryear",
            name="source",
            field=models.CharField(max_length=200, verbose_name="来源"),
        ),
        migrations.AlterField(
            model_name="calendaryear",
            name="year",
            field=models.SmallIntegerField(verbose_name="年份"),
        ),
        migrations.AlterField(
            model_name="dwelling",
            name="building",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dwellings",
                to="organisation.building",
                verbose_name="楼栋",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpost",
            name="role",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.role",
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpost",
            name="stand_in",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="代理人",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpost",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="code",
            field=models.CharField(db_index=True, max_length=40, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="name_en",
            field=models.CharField(max_length=60, verbose_name="英文名称"),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="permissions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                default=list,
                size=None,
                verbose_name="权限",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to="organisation.role",
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="stand_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stand_ins",
                to=settings.AUTH_USER_MODEL,
                verbose_name="代理人",
            ),
        ),
        migrations.AlterField(
            model_name="post",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="code",
            field=models.CharField(max_length=40, unique=True, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="role",
            name="name_en",
            field=models.CharField(max_length=60, verbose_name="英文名称"),
        ),
        migrations.AlterField(
            model_name="role",
            name="permissions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                default=list,
                size=None,
                verbose_name="权限",
            ),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="regional_versions",
                to="organisation.workcalendar",
                verbose_name="上级日历",
            ),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="code",
            field=models.CharField(max_length=40, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="created_at",
            field=models.DateTimeField(verbose_name="建立时间"),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="time_zone",
            field=models.CharField(default="Asia/Shanghai", max_length=40, verbose_name="时区"),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calendars",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="workcalendar",
            name="version",
            field=models.IntegerField(default=1, verbose_name="版本"),
        ),
    ]
