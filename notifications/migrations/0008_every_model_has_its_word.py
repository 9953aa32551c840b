import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_a_robot_may_hear_what_is_below"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="message",
            options={"verbose_name": "待发消息", "verbose_name_plural": "待发消息"},
        ),
        migrations.AlterModelOptions(
            name="messagenotice",
            options={"verbose_name": "消息所含通知", "verbose_name_plural": "消息所含通知"},
        ),
        migrations.AlterModelOptions(
            name="notice",
            options={"verbose_name": "站内通知", "verbose_name_plural": "站内通知"},
        ),
        migrations.AlterModelOptions(
            name="occurrence",
            options={"verbose_name": "Webhook 事件", "verbose_name_plural": "Webhook 事件"},
        ),
        migrations.AlterModelOptions(
            name="preference",
            options={"verbose_name": "接收方式", "verbose_name_plural": "接收方式"},
        ),
        migrations.AlterField(
            model_name="message",
            name="attempts",
            field=models.SmallIntegerField(default=0, verbose_name="已试次数"),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[
                    ("in_app", "站内"),
                    ("email", "邮件"),
                    ("sms", "短信"),
                    ("wecom", "企业微信群机器人"),
                    ("dingtalk", "钉钉群机器人"),
                    ("webhook", "Webhook"),
                ],
                max_length=10,
                verbose_name="渠道",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="created_at",
            field=models.DateTimeField(verbose_name="建立时间"),
        ),
        migrations.AlterField(
            model_name="message",
            name="delivery_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="投递编号"),
        ),
        migrations.AlterField(
            model_name="message",
            name="digest_at",
            field=models.DateTimeField(null=True, verbose_name="汇总时间"),
        ),
        migrations.AlterField(
            model_name="message",
            name="due_at",
            field=models.DateTimeField(verbose_name="下次发送"),
        ),
        migrations.AlterField(
            model_name="message",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="notifications.endpoint",
                verbose_name="接收端",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="error_code",
            field=models.CharField(blank=True, max_length=60, verbose_name="错误代码"),
        ),
        migrations.AlterField(
            model_name="message",
            name="leased_until",
            field=models.DateTimeField(null=True, verbose_name="发送占用至"),
        ),
        migrations.AlterField(
            model_name="message",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="发出时间"),
        ),
        migrations.AlterField(
            model_name="message",
            name="staff",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to=settings.AUTH_USER_MODEL,
                verbose_name="员工",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "待发送"),
                    ("sent", "已发送"),
                    ("dropped", "不发送"),
                    ("dead", "发送失败"),
                ],
                default="queued",
                max_length=10,
                verbose_name="状态",
            ),
        ),
    ]
