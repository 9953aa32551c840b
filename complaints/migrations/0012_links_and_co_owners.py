"""Tickets belong together: links, merges that can be undone, posts that answer beside the handler.
The index of a building serves group matters and replaces the one of its key."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0011_pressure_and_call_back"),
        ("organisation", "0001_company"),
        ("residents", "0002_codes_name_their_contact"),
    ]

    operations = [
        migrations.CreateModel(
            name="CoOwnership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cycle", models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TicketLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("merged_into", "并入"),
                            ("relates_to", "相关"),
                            ("caused_by", "起因于"),
                            ("duplicate_of", "重复于"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("received", "已受理"),
                            ("assigned", "已派单"),
                            ("accepted", "已接单"),
                            ("in_progress", "处理中"),
                            ("waiting_resident", "待住户"),
                            ("waiting_supplier", "待供应商"),
                            ("resolved", "已解决"),
                            ("call_back", "回访中"),
                            ("reopened", "重新打开"),
                            ("closed", "已办结"),
                            ("withdrawn", "已撤回"),
                            ("rejected", "不予受理"),
                            ("merged", "已并单"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ticketevent",
            name="other",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.ticket",
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
            ),
        ),
        migrations.AlterField(
            model_name="ticketevent",
            name="action",
            field=models.CharField(
                blank=True,
                choices=[
                    ("assign", "派单"),
                    ("accept", "接单"),
                    ("start", "开始处理"),
                    ("wait_resident", "等待住户"),
                    ("wait_supplier", "等待供应商"),
                    ("resume", "继续处理"),
                    ("resolve", "解决"),
                    ("reopen", "重新打开"),
                    ("close", "办结"),
                    ("withdraw", "撤回"),
                    ("reject", "不予受理"),
                    ("merge", "并单"),
                ],
                max_length=16,
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
                    ("merged", "并单"),
                    ("unmerged", "撤销并单"),
                    ("linked", "关联"),
                    ("unlinked", "取消关联"),
                    ("acknowledged", "确认收到"),
                    ("planned", "整改措施"),
                    ("completed", "整改完成"),
                    ("verified", "整改验收"),
                    ("sent_back", "整改退回"),
                    ("lapsed", "整改逾期"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("building__isnull", False)),
                fields=["building", "-received_at"],
                name="tickets_of_building_by_age",
            ),
        ),
        migrations.AddField(
            model_name="coownership",
            name="ended_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.ticketevent",
            ),
        ),
        migrations.AddField(
            model_name="coownership",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="co_ownerships",
                to="organisation.post",
            ),
        ),
        migrations.AddField(
            model_name="coownership",
            name="since",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.ticketevent",
            ),
        ),
        migrations.AddField(
            model_name="coownership",
            name="ticket",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="co_ownerships",
                to="complaints.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="ended_in",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.ticketevent",
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="made_in",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="complaints.ticketevent",
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="links",
                to="complaints.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="target",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="links_here",
                to="complaints.ticket",
            ),
        ),
        migrations.AddConstraint(
            model_name="coownership",
            constraint=models.UniqueConstraint(
                fields=("ticket", "cycle", "post"), name="a_post_co_owns_a_cycle_once"
            ),
        ),
        migrations.AddIndex(
            model_name="ticketlink",
            index=models.Index(
                condition=models.Q(("ended_in__isnull", True)),
                fields=["target", "relation"],
                name="links_to_ticket",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True),
                name="a_ticket_is_not_linked_to_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("relation", "merged_into"), models.Q(("state_before", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("relation", "merged_into"), _negated=True), ("state_before", "")
                    ),
                    _connector="OR",
                ),
                name="a_merge_keeps_the_state_before",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_in__isnull", True)),
                fields=("source", "target", "relation"),
                name="two_tickets_are_linked_once_in_a_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_in__isnull", True), ("relation", "merged_into")),
                fields=("source",),
                name="a_ticket_is_merged_into_one",
            ),
        ),
    ]
