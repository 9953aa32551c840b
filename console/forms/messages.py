"""Robots and webhooks, the company's own sentences, and how one wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from console.forms.fields import UnitField, search
from console.units import Units
from core.actors import Actor
from notifications import registry
from notifications.enums import Channel, Pace, Part, Topic
from notifications.models import Endpoint
from notifications.services import endpoints, preferences
from notifications.services.endpoints import NewEndpoint
from notifications.wordings import SEVERAL_LINES
from organisation.models import Post, Unit

KINDS: Final = (
    (Channel.WEBHOOK.value, Channel.WEBHOOK.label),
    (Channel.WECOM.value, Channel.WECOM.label),
    (Channel.DINGTALK.value, Channel.DINGTALK.label),
)


class EndpointKindForm(forms.Form):
    """What kind of receiver, and for which unit; the rest of the questions follows from it."""

    channel = forms.ChoiceField(
        label=_("类型"), choices=KINDS, widget=forms.RadioSelect, initial=Channel.WECOM.value
    )
    unit = UnitField(
        label=_("单位"),
        help_text=_(
            "输入名称、拼音首字母或编号。机器人转发发给这个单位各岗位的通知，也可以包括下级单位；"
            "Webhook 收到这个单位及其下级的事件。"
        ),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        search(self, "unit", Units(actor, "organisation.manage"))


class EndpointForm(forms.Form):
    """Of one kind of receiver in one unit, new or there already. What is kept of its address and
    its secret is never shown."""

    name = forms.CharField(label=_("名称"), max_length=80)
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
        help_text=_("以 SEC 开头，在钉钉机器人的“加签”里。保存后加密，不再显示。"),
    )
    post = forms.ModelChoiceField(
        label=_("岗位"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("这个单位的所有岗位"),
    )
    below = forms.BooleanField(
        label=_("包括下级单位"),
        required=False,
        help_text=_("同时转发发给所有下级单位各岗位的通知。"),
    )
    event_kinds = forms.MultipleChoiceField(
        label=_("转发哪些事"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一项都不选时，转发超时上报。廉政举报等保密事项从不转发。"),
    )

    def __init__(
        self,
        *args: Any,
        channel: Channel,
        unit: Unit,
        at: datetime,
        endpoint: Endpoint | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial(channel, endpoint))
        super().__init__(*args, **kwargs)
        self.channel, self.unit = channel, unit
        self.fields["event_kinds"].choices = list(  # type: ignore[attr-defined]
            endpoints.kinds_of(channel).items()
        )
        self.fields["post"].queryset = endpoints.posts_of(unit, at)  # type: ignore[attr-defined]
        if channel is Channel.WEBHOOK:
            del self.fields["post"], self.fields["below"]
            self.fields["event_kinds"].label = _("订阅的事件")
            self.fields["event_kinds"].help_text = ""
        if channel is not Channel.DINGTALK:
            del self.fields["secret"]
        if endpoint is not None:
            self._keep("address")
            if endpoint.secret_sealed is not None and "secret" in self.fields:
                self._keep("secret")

    def _keep(self, name: str) -> None:
        self.fields[name].required = False
        self.fields[name].help_text = _("已加密保存，不再显示。留空则不变。")

    def new(self) -> NewEndpoint:
        values = self.cleaned_data
        return NewEndpoint(
            channel=self.channel,
            name=values["name"],
            address=values["address"],
            unit=self.unit,
            post=values.get("post"),
            secret=values.get("secret", ""),
            event_kinds=values["event_kinds"],
            below=values.get("below", False),
        )


def _initial(channel: Channel, endpoint: Endpoint | None) -> dict[str, Any]:
    """A robot that was given nothing else repeats escalations."""
    escalations = [] if channel is Channel.WEBHOOK else registry.codes_of(Topic.ESCALATION)
    if endpoint is None:
        return {"event_kinds": escalations}
    kinds = endpoint.event_kinds or escalations
    return {
        "name": endpoint.name,
        "post": endpoint.post_id,
        "below": endpoint.below,
        "event_kinds": kinds,
    }


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=_("从何时起"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )


class WordingForm(forms.Form):
    """A field for each part of a message; what is wrong with one is said by the service."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, parts: Iterable[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in parts:
            rows = 7 if part in SEVERAL_LINES else 2
            self.fields[part.value] = forms.CharField(
                label=part.label,
                strip=False,
                widget=forms.Textarea(attrs={"rows": rows}),
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
