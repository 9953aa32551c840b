import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0015_a_severity_can_be_corrected"),
        ("core", "0003_every_model_has_its_word"),
        ("organisation", "0005_every_model_has_its_word"),
        ("residents", "0007_every_model_has_its_word"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="alertreport",
            options={"verbose_name": "告警上报", "verbose_name_plural": "告警上报"},
        ),
        migrations.AlterModelOptions(
            name="attachment",
            options={"verbose_name": "附件", "verbose_name_plural": "附件"},
        ),
        migrations.AlterModelOptions(
            name="callback",
            options={"verbose_name": "回访任务", "verbose_name_plural": "回访任务"},
        ),
        migrations.AlterModelOptions(
            name="cataloguestamp",
            options={"verbose_name": "目录版本", "verbose_name_plural": "目录版本"},
        ),
        migrations.AlterModelOptions(
            name="category",
            options={"verbose_name": "类别", "verbose_name_plural": "类别"},
        ),
        migrations.AlterModelOptions(
            name="coownership",
            options={"verbose_name": "共同负责", "verbose_name_plural": "共同负责"},
        ),
        migrations.AlterModelOptions(
            name="correctiveaction",
            options={"verbose_name": "整改措施", "verbose_name_plural": "整改措施"},
        ),
        migrations.AlterModelOptions(
            name="devicealert",
            options={"verbose_name": "设备告警", "verbose_name_plural": "设备告警"},
        ),
        migrations.AlterModelOptions(
            name="draft",
            options={"verbose_name": "照片草稿", "verbose_name_plural": "照片草稿"},
        ),
        migrations.AlterModelOptions(
            name="extension",
            options={"verbose_name": "延期申请", "verbose_name_plural": "延期申请"},
        ),
        migrations.AlterModelOptions(
            name="followupcode",
            options={"verbose_name": "查询码", "verbose_name_plural": "查询码"},
        ),
        migrations.AlterModelOptions(
            name="historicalpolicy",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "时限政策历史",
                "verbose_name_plural": "时限政策历史",
            },
        ),
        migrations.AlterModelOptions(
            name="historicalticket",
            options={
                "get_latest_by": ("history_date", "history_id"),
                "ordering": ("-history_date", "-history_id"),
                "verbose_name": "工单历史",
                "verbose_name_plural": "工单历史",
            },
        ),
        migrations.AlterModelOptions(
            name="ipnotice",
            options={"verbose_name": "知识产权通知", "verbose_name_plural": "知识产权通知"},
        ),
        migrations.AlterModelOptions(
            name="ladderstep",
            options={"verbose_name": "升级阶梯", "verbose_name_plural": "升级阶梯"},
        ),
        migrations.AlterModelOptions(
            name="policy",
            options={"verbose_name": "时限政策", "verbose_name_plural": "时限政策"},
        ),
        migrations.AlterModelOptions(
            name="policyduration",
            options={"verbose_name": "时限", "verbose_name_plural": "时限"},
        ),
        migrations.AlterModelOptions(
            name="publicsummary",
            options={"verbose_name": "公开摘要", "verbose_name_plural": "公开摘要"},
        ),
        migrations.AlterModelOptions(
            name="routingrule",
            options={"verbose_name": "派单规则", "verbose_name_plural": "派单规则"},
        ),
        migrations.AlterModelOptions(
            name="sealedfragment",
            options={"verbose_name": "封存片段", "verbose_name_plural": "封存片段"},
        ),
        migrations.AlterModelOptions(
            name="supervision",
            options={"verbose_name": "督办", "verbose_name_plural": "督办"},
        ),
        migrations.AlterModelOptions(
            name="supplierfollowup",
            options={"verbose_name": "供应商跟进措施", "verbose_name_plural": "供应商跟进措施"},
        ),
        migrations.AlterModelOptions(
            name="sweepbeat",
            options={"verbose_name": "清扫心跳", "verbose_name_plural": "清扫心跳"},
        ),
        migrations.AlterModelOptions(
            name="sweepfailure",
            options={"verbose_name": "清扫异常", "verbose_name_plural": "清扫异常"},
        ),
        migrations.AlterModelOptions(
            name="textentry",
            options={"verbose_name": "工单文字", "verbose_name_plural": "工单文字"},
        ),
        migrations.AlterModelOptions(
            name="ticket",
            options={"verbose_name": "工单", "verbose_name_plural": "工单"},
        ),
        migrations.AlterModelOptions(
            name="ticketclock",
            options={"verbose_name": "工单时限", "verbose_name_plural": "工单时限"},
        ),
        migrations.AlterModelOptions(
            name="ticketevent",
            options={"verbose_name": "工单事件", "verbose_name_plural": "工单事件"},
        ),
        migrations.AlterModelOptions(
            name="ticketlink",
            options={"verbose_name": "工单关联", "verbose_name_plural": "工单关联"},
        ),
        migrations.AlterModelOptions(
            name="ticketparty",
            options={"verbose_name": "利害关系人", "verbose_name_plural": "利害关系人"},
        ),
        migrations.AlterModelOptions(
            name="ticketreporter",
            options={"verbose_name": "报事人", "verbose_name_plural": "报事人"},
        ),
        migrations.AlterModelOptions(
            name="ticketsupplier",
            options={"verbose_name": "涉及供应商", "verbose_name_plural": "涉及供应商"},
        ),
        migrations.AlterField(
            model_name="buildingdevice",
            name="building",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.building",
                verbose_name="楼栋",
            ),
        ),
        migrations.AlterField(
            model_name="buildingdevice",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="devices",
                to="core.machinekey",
                verbose_name="来源系统",
            ),
        ),
        migrations.AlterField(
            model_name="buildingdevice",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="devices",
                to="organisation.unit",
                verbose_name="小区",
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="active",
            field=models.BooleanField(default=True, verbose_name="使用中"),
        ),
        migrations.AlterField(
            model_name="category",
            name="code",
            field=models.CharField(max_length=60, unique=True, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="category",
            name="keywords",
            field=models.CharField(blank=True, max_length=200, verbose_name="关键词"),
        ),
        migrations.AlterField(
            model_name="category",
            name="name_en",
            field=models.CharField(max_length=60, verbose_name="英文名称"),
        ),
        migrations.AlterField(
            model_name="category",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="complaints.category",
                verbose_name="上级类别",
            ),
        ),
        migrations.AlterField(
            model_name="category",
            name="position",
            field=models.SmallIntegerField(default=0, verbose_name="顺序"),
        ),
        migrations.AlterField(
            model_name="category",
            name="severity",
            field=models.CharField(
                choices=[
                    ("ordinary", "一般"),
                    ("urgent", "紧急"),
                    ("serious", "重大"),
                    ("safety", "安全"),
                ],
                default="ordinary",
                max_length=10,
                verbose_name="级别",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.workcalendar",
                verbose_name="工作日历",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="code",
            field=models.CharField(max_length=40, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="effective_from",
            field=models.DateTimeField(null=True, verbose_name="生效时间"),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="moves_open_clocks",
            field=models.BooleanField(default=False, verbose_name="也用于未办结工单"),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="name_en",
            field=models.CharField(max_length=80, verbose_name="英文名称"),
        ),
        migrations.AlterField(
            model_name="historicalpolicy",
            name="version",
            field=models.IntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="residents.keyaccount",
                verbose_name="大客户",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="building",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.building",
                verbose_name="楼栋",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="cycle",
            field=models.SmallIntegerField(default=1, verbose_name="办理轮次"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="结束时间"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="level",
            field=models.SmallIntegerField(null=True, verbose_name="升级级别"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="next_step_at",
            field=models.DateTimeField(null=True, verbose_name="下次检查"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="policy",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="complaints.policy",
                verbose_name="时限政策",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.post",
                verbose_name="岗位",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="received_at",
            field=models.DateTimeField(verbose_name="受理时间"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="resolved_at",
            field=models.DateTimeField(null=True, verbose_name="解决时间"),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="version",
            field=models.IntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="after_minutes",
            field=models.IntegerField(null=True, verbose_name="到期后（分钟）"),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="clock_kind",
            field=models.CharField(
                choices=[
                    ("acknowledge", "受理时限"),
                    ("first_response", "首响时限"),
                    ("resolve", "解决时限"),
                    ("call_back", "回访时限"),
                    ("segment", "分段时限"),
                ],
                max_length=20,
                verbose_name="时限种类",
            ),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="effect",
            field=models.CharField(
                choices=[("inform", "告知"), ("co_own", "共同负责"), ("take_over", "接管")],
                max_length=10,
                verbose_name="作用",
            ),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="level",
            field=models.SmallIntegerField(verbose_name="级别"),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="percent",
            field=models.SmallIntegerField(null=True, verbose_name="到期前（%）"),
        ),
        migrations.AlterField(
            model_name="ladderstep",
            name="role",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.role",
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.workcalendar",
                verbose_name="工作日历",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="code",
            field=models.CharField(max_length=40, verbose_name="代码"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="effective_from",
            field=models.DateTimeField(null=True, verbose_name="生效时间"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="moves_open_clocks",
            field=models.BooleanField(default=False, verbose_name="也用于未办结工单"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="name_en",
            field=models.CharField(max_length=80, verbose_name="英文名称"),
        ),
        migrations.AlterField(
            model_name="policy",
            name="version",
            field=models.IntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AlterField(
            model_name="policyduration",
            name="basis",
            field=models.CharField(
                choices=[("wall", "自然分钟"), ("working", "工作分钟")],
                max_length=10,
                verbose_name="计时方式",
            ),
        ),
        migrations.AlterField(
            model_name="policyduration",
            name="clock_kind",
            field=models.CharField(
                choices=[
                    ("acknowledge", "受理时限"),
                    ("first_response", "首响时限"),
                    ("resolve", "解决时限"),
                    ("call_back", "回访时限"),
                    ("segment", "分段时限"),
                ],
                max_length=20,
                verbose_name="时限种类",
            ),
        ),
        migrations.AlterField(
            model_name="policyduration",
            name="duration_minutes",
            field=models.IntegerField(verbose_name="时长（分钟）"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="category_code",
            field=models.CharField(blank=True, max_length=60, verbose_name="类别代码"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hotline", "400 热线"),
                    ("app", "业主 App"),
                    ("mini_program", "小程序"),
                    ("portal", "住户网页"),
                    ("web", "公开网页"),
                    ("site_visit", "现场来访"),
                    ("sales_site", "案场"),
                    ("email", "电子邮件"),
                    ("letter", "信函"),
                    ("owners_meeting", "业主大会"),
                    ("home_visit", "入户走访"),
                    ("building_system", "楼宇系统"),
                    ("questionnaire", "问卷"),
                    ("import", "历史导入"),
                ],
                max_length=20,
                verbose_name="渠道",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("complaint", "投诉"),
                    ("repair", "报修"),
                    ("inquiry", "咨询"),
                    ("suggestion", "建议"),
                    ("praise", "表扬"),
                    ("incident", "突发事件"),
                    ("integrity", "廉政举报"),
                    ("ip_notice", "知识产权通知"),
                    ("privacy", "个人信息请求"),
                ],
                max_length=12,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="policy_code",
            field=models.CharField(max_length=40, verbose_name="政策代码"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="position",
            field=models.IntegerField(unique=True, verbose_name="顺序"),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="role",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.role",
                verbose_name="角色",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="severity",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ordinary", "一般"),
                    ("urgent", "紧急"),
                    ("serious", "重大"),
                    ("safety", "安全"),
                ],
                max_length=10,
                verbose_name="级别",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="tier",
            field=models.CharField(
                blank=True,
                choices=[
                    ("group_strategic", "集团战略"),
                    ("region_strategic", "区域战略"),
                    ("standard", "一般"),
                ],
                max_length=20,
                verbose_name="大客户等级",
            ),
        ),
        migrations.AlterField(
            model_name="routingrule",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="residents.keyaccount",
                verbose_name="大客户",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="building",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="organisation.building",
                verbose_name="楼栋",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="cycle",
            field=models.SmallIntegerField(default=1, verbose_name="办理轮次"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="ended_at",
            field=models.DateTimeField(null=True, verbose_name="结束时间"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="level",
            field=models.SmallIntegerField(null=True, verbose_name="升级级别"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="next_step_at",
            field=models.DateTimeField(null=True, verbose_name="下次检查"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="complaints.policy",
                verbose_name="时限政策",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="post",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="organisation.post",
                verbose_name="岗位",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="received_at",
            field=models.DateTimeField(verbose_name="受理时间"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="resolved_at",
            field=models.DateTimeField(null=True, verbose_name="解决时间"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="organisation.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="version",
            field=models.IntegerField(default=1, verbose_name="版本"),
        ),
    ]
