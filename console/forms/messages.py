"""Robots and webhooks, the company's own sentences, and how one wants to be told."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from notifications import registry
from notifications.enums import Channel, Pace, Topic
from notifications.services import preferences
from notifications.services.endpoints import NewEndpoint
from notifications.wordings import MOST_CHARACTERS
from organisation import access
from organisation.models import Unit

KINDS: Final = (
    (Channel.WEBHOOK.value, Channel.WEBHOOK.label),
    (Channel.WECOM.value, Channel.WECOM.label),
    (Channel.DINGTALK.value, Channel.DINGTALK.label),
)


class EndpointForm(forms.Form):
    channel = forms.ChoiceField(label=_("类型"), choices=KINDS, initial=Channel.WEBHOOK.value)
    name = forms.CharField(label=_("名称"), max_length=80)
    unit = forms.ModelChoiceField(
        label=_("范围"), queryset=Unit.objects.none(), empty_label=_("请选择")
    )
    address = forms.CharField(
        label=_("地址"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("以 https:// 开头的完整地址。保存后加密，不再显示。"),
    )
    secret = forms.CharField(
        label=_("加签密钥"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("只用于钉钉，以 SEC 开头。Webhook 的密钥由系统生成。"),
    )
    event_kinds = forms.MultipleChoiceField(
        label=_("订阅的事件"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只用于 Webhook。机器人只转发超时上报。"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(access.scope(actor, "organisation.manage").q(""))
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        self.fields["event_kinds"].choices = list(  # type: ignore[attr-defined]
            registry.announced_kinds().items()
        )

    def new(self) -> NewEndpoint:
        values = self.cleaned_data
        return NewEndpoint(
            channel=Channel(values["channel"]),
            name=values["name"],
            address=values["address"],
            unit=values["unit"],
            secret=values["secret"],
            event_kinds=values["event_kinds"],
        )


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=_("从何时起"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class WordingForm(forms.Form):
    text = forms.CharField(
        label=_("文字"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PreferencesForm(forms.Form):
    """One choice per topic; everything stays under the bell whatever is chosen."""

    def __init__(self, *args: Any, kept: preferences.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for topic, channel in preferences.OF_STAFF:
            self.fields[topic.value] = forms.ChoiceField(
                label=Topic(topic).label,
                choices=Pace.choices,
                widget=forms.RadioSelect,
                initial=kept.get((topic, channel), Pace.AT_ONCE),
            )

    def choices(self) -> preferences.Choices:
        return {
            (topic, channel): Pace(self.cleaned_data[topic.value])
            for topic, channel in preferences.OF_STAFF
        }
