"""Reports of nobody: the public web page as a channel, photos without an owner, codes to follow by,
and those who could shield the people named."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


DRAFTS_OF_NOBODY = """
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM complaints_attachment WHERE draft_id IN (
    SELECT id FROM complaints_draft WHERE staff_id IS NULL AND subject_id IS NULL
);
DELETE FROM complaints_draft WHERE staff_id IS NULL AND subject_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0007_alerts_of_building_systems"),
        ("vault", "0001_subjects_keys_consent_and_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUpCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("issued_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="draft",
            name="a_draft_has_one_owner",
        ),
        migrations.AlterField(
            model_name="historicalticket",
            name="channel",
            field=models.CharField(
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
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="channel",
            field=models.CharField(
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
            model_name="ticketevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("received", "受理"),
                    ("assigned", "派单"),
                    ("accepted", "接单"),
                    ("started", "开始处理"),
                    ("waiting", "等待"),
                    ("resumed", "继续处理"),
                    ("replied", "答复"),
                    ("noted", "内部备注"),
                    ("named", "登记被举报人"),
                    ("added", "补充"),
                    ("urged", "催单"),
                    ("resolved", "解决"),
                    ("rated", "评价"),
                    ("reopened", "重新打开"),
                    ("closed", "办结"),
                    ("withdrawn", "撤回"),
                    ("rejected", "不予受理"),
                    ("escalated", "升级"),
                    ("taken_over", "接管"),
                    ("given_back", "退回"),
                    ("reviewed", "值班复核"),
                    ("corrected", "更正"),
                    ("erased", "个人信息已删除"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="ticketparty",
            name="role",
            field=models.CharField(
                choices=[("named", "被投诉人"), ("connected", "利害关系人")], max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("staff__isnull", True), ("subject__isnull", True), _connector="OR"
                ),
                name="a_draft_has_one_owner_or_none",
            ),
        ),
        migrations.AddField(
            model_name="followupcode",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_up_codes",
                to="complaints.ticket",
            ),
        ),
        # on the way back every draft needs an owner again
        migrations.RunSQL(migrations.RunSQL.noop, DRAFTS_OF_NOBODY),
    ]
