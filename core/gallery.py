"""Every component on one page, with invented contents; routed in demo mode only.

The data below also show what shape each component expects. Names and places are made up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone

STATES = (
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
)
KINDS = (
    ("complaint", "投诉"),
    ("repair", "报修"),
    ("inquiry", "咨询"),
    ("suggestion", "建议"),
    ("praise", "表扬"),
    ("incident", "突发事件"),
    ("integrity", "廉政举报"),
    ("ip_notice", "知识产权通知"),
    ("privacy", "个人信息请求"),
)
SEVERITIES = (("ordinary", "一般"), ("urgent", "紧急"), ("serious", "重大"), ("safety", "安全"))
TONES = ("neutral", "info", "progress", "wait", "good", "bad", "accent", "key")
ICONS = (
    "phone phone-call search user users user-check home building map-pin ticket clipboard "
    "clipboard-check inbox clock timer calendar history alert-triangle arrow-up-circle siren zap "
    "check check-circle x x-circle minus plus send message-square megaphone lock key shield "
    "shield-check eye eye-off image camera paperclip star heart crown flag rotate-ccw undo "
    "refresh-cw file-text bar-chart download upload filter settings scale hand headset wrench "
    "lightbulb question info link copy external-link pencil trash bell globe sun moon monitor "
    "type-size keyboard log-out more-horizontal pause arrow-left arrow-right chevron-left "
    "chevron-right chevron-up chevron-down"
).split()


class SampleForm(forms.Form):
    name = forms.CharField(label="来电人", initial="周敏")
    phone = forms.CharField(
        label="电话",
        help_text="只用于这件事的联系",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    category = forms.ChoiceField(
        label="类别", choices=[("", "请选择"), ("lift", "电梯"), ("noise", "噪音")]
    )
    body = forms.CharField(
        label="怎么回事", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    kind = forms.ChoiceField(
        label="哪一类", choices=KINDS[:4], widget=forms.RadioSelect, initial="complaint"
    )
    call_back = forms.BooleanField(label="办结后请回电", required=False, initial=True)
    photos = forms.FileField(
        label="照片",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    score = forms.ChoiceField(
        label="这次处理得怎么样",
        choices=[("1", "很差"), ("2", "较差"), ("3", "一般"), ("4", "满意"), ("5", "很满意")],
        widget=forms.RadioSelect,
        initial="4",
    )


def sample_form() -> SampleForm:
    return SampleForm(auto_id="whole_%s")


def faulty_form() -> SampleForm:
    """Sent with a wrong number and no category, so that errors can be looked at."""
    form = SampleForm(
        {"name": "周敏", "phone": "1381234", "body": "电梯又停了", "score": "4"},
        auto_id="faulty_%s",
    )
    form.add_error("phone", "手机号应为 11 位数字，现在有 7 位。")
    return form


def chips(now: datetime) -> list[dict[str, Any]]:
    left, over = now + timedelta(minutes=1521), now - timedelta(minutes=35)
    return [
        {"kind": "left", "label": "解决", "minutes": 1521, "due_at": left},
        {"kind": "left", "label": "首响", "minutes": 80, "due_at": now + timedelta(minutes=80)},
        {
            "kind": "left",
            "label": "首响",
            "minutes": 12,
            "due_at": now + timedelta(minutes=12),
            "near": True,
        },
        {"kind": "overdue", "minutes": 35, "due_at": over, "level": "已升级至区域负责人"},
        {"kind": "paused", "minutes": 380},
        {"kind": "kept", "label": "首响"},
        {"kind": "broken", "label": "解决", "minutes": 95},
    ]


def entries(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": 1,
            "at": now - timedelta(hours=5),
            "author": "周敏",
            "role": "住户",
            "visibility": "public",
            "kind_label": "来电",
            "body": "3 号楼 2 单元的电梯今天第三次停在 7 楼，里面还有老人，按铃没有人应。",
            "photos": [{"url": "#", "thumb": static("ui/sample.svg"), "alt": "电梯面板"}],
        },
        {
            "id": 2,
            "at": now - timedelta(hours=4, minutes=50),
            "author": "系统",
            "visibility": "system",
            "body": "派给 云栖花园 · 工程主管",
        },
        {
            "id": 3,
            "at": now - timedelta(hours=4, minutes=20),
            "author": "李强",
            "role": "工程主管",
            "visibility": "internal",
            "kind_label": "备注",
            "body": "门机皮带打滑，配件在区域仓库，供应商说下午四点前到。先停用并贴告示。",
        },
        {
            "id": 4,
            "at": now - timedelta(hours=3),
            "author": "李强",
            "role": "工程主管",
            "visibility": "public",
            "kind_label": "答复",
            "body": "周女士您好，电梯已停用检修，配件今天 16:00 前到场，预计 18:00 前恢复。\n"
            "期间请走 1 单元电梯，保安会在门口协助老人。",
        },
        {
            "id": 5,
            "at": now - timedelta(minutes=35),
            "author": "系统",
            "visibility": "system",
            "body": "解决时限已到，升级至 2 级：区域客服负责人",
        },
    ]


def parcels(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "at": now - timedelta(minutes=20),
            "title": "工程师正在处理",
            "detail": "配件已到场，预计 18:00 前恢复。",
        },
        {"at": now - timedelta(hours=3), "title": "李工已接单"},
        {"at": now - timedelta(hours=4, minutes=50), "title": "已派给云栖花园工程部"},
        {"at": now - timedelta(hours=5), "title": "已受理", "detail": "编号 2026 1122 0017"},
    ]


def steps(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "level": 0,
            "label": "提醒",
            "who": "李强",
            "at": now - timedelta(hours=3),
            "state": "done",
        },
        {
            "level": 1,
            "label": "项目经理",
            "who": "王海燕",
            "at": now - timedelta(hours=2),
            "state": "done",
            "effect": "告知",
        },
        {
            "level": 2,
            "label": "区域客服负责人",
            "who": "赵文博",
            "at": now - timedelta(minutes=35),
            "state": "now",
            "effect": "共同负责",
        },
        {"level": 3, "label": "区域总经理", "at": now + timedelta(hours=19), "state": "next"},
        {"level": 4, "label": "集团高层", "at": now + timedelta(hours=43), "state": "next"},
    ]


INTERVALS = (
    {"label": "华东区域", "share": 0.947, "low": 0.912, "high": 0.969, "n": 292, "url": "#"},
    {"label": "华南区域", "share": 0.921, "low": 0.877, "high": 0.950, "n": 214, "url": "#"},
    {"label": "西南区域", "share": 0.868, "low": 0.812, "high": 0.909, "n": 189, "url": "#"},
)
TABS = (
    {"label": "全部", "url": "#", "count": 128, "current": True},
    {"label": "待我处理", "url": "#", "count": 7},
    {"label": "已超时", "url": "#", "count": 3},
    {"label": "督办", "url": "#", "count": 0},
)
NAVIGATION = (
    {"label": "工作台", "url": "#", "icon": "inbox", "count": 12, "current": True},
    {"label": "我的工作", "url": "#", "icon": "clipboard-check", "count": 3},
    {"label": "升级给我", "url": "#", "icon": "arrow-up-circle", "count": 1},
    {"label": "质量抽检", "url": "#", "icon": "bar-chart"},
    {"label": "隐私请求", "url": "#", "icon": "shield"},
)


def sample() -> dict[str, Any]:
    now = timezone.now()
    return {
        "states": STATES,
        "kinds": KINDS,
        "severities": SEVERITIES,
        "tones": TONES,
        "icons": ICONS,
        "form": sample_form(),
        "faulty": faulty_form(),
        "chips": chips(now),
        "entries": entries(now),
        "parcels": parcels(now),
        "steps": steps(now),
        "report_steps": ["什么事", "在哪里", "说一说"],
        "intervals": INTERVALS,
        "tab_items": TABS,
        "nav_items": NAVIGATION,
        "bell": {"url": "#", "count": 2},
        "viewer": {"name": "陈晓", "post": "客服坐席 · 客户云服务中心"},
        "now": now,
    }


def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery.html", sample())
