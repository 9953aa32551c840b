"""When a wait ends stands on the ticket, so that it ends also where no clock runs; a device is known by
where its system says that it stands as well.

The way back ends in a refusal once two communities have a device of one number.
"""

import django.db.models.deletion
import privacy.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0022_lists_start_from_the_few"),
        ("organisation", "0005_every_model_has_its_word"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="wait_ends_at",
            field=models.DateTimeField(null=True, verbose_name="最迟等到"),
        ),
        migrations.AddField(
            model_name="buildingdevice",
            name="said_unit",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="buildingdevice", name="a_system_names_a_device_once"
        ),
        migrations.AddConstraint(
            model_name="buildingdevice",
            constraint=models.UniqueConstraint(
                fields=("source", "system_kind", "device_id", "said_unit"),
                name="a_system_names_a_device_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="buildingdevice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("said_unit__isnull", True)),
                fields=("source", "system_kind", "device_id", "unit"),
                name="a_device_is_written_down_once",
            ),
        ),
        # what an event is called is known to Django alone
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
                    ("coordinated", "协调"),
                    ("forwarded", "已转送被通知人"),
                    ("countered", "收到不侵权声明"),
                    ("decided", "已作出决定"),
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
                    ("returned", "退单"),
                    ("extend_asked", "申请延期"),
                    ("extended", "延期"),
                    ("not_extended", "不同意延期"),
                    ("supervised", "督办"),
                    ("graded", "定级"),
                    ("of_account", "更正大客户"),
                    ("released", "解除督办"),
                    ("call_back", "安排回访"),
                    ("called_back", "回访"),
                    ("corrected", "更正"),
                    ("erased", "个人信息已删除"),
                    ("alerted", "设备告警"),
                    ("merged", "并单"),
                    ("unmerged", "撤销并单"),
                    ("linked", "关联"),
                    ("unlinked", "取消关联"),
                    ("acknowledged", "确认收到"),
                    ("planned", "整改措施"),
                    ("handed_over", "整改移交"),
                    ("completed", "整改完成"),
                    ("verified", "整改验收"),
                    ("sent_back", "整改退回"),
                    ("lapsed", "整改逾期"),
                ],
                max_length=12,
            ),
        ),
        # who gives notice of a right is reached by telephone or by e-mail
        migrations.AlterField(
            model_name="ipnotice",
            name="contact_sealed",
            field=privacy.vault.fields.SealedField(max_plain_length=254, null=True),
        ),
    ]
