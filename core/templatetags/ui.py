"""The components of the pages: `{% load ui %}`.

Words are arguments (their owner translates them); how things look is decided here, in
`core.badges` and in `static/ui/desk.css`. The gallery (`core.gallery`) shows every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    FileInput,
    HiddenInput,
    RadioSelect,
    Textarea,
)
from django.forms.widgets import CheckboxSelectMultiple
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import badges, charts, spoken
from core.reference import pretty

register = template.Library()

ICONS = "vendor/lucide@1.62.0/sprite.svg"
SHAPES = "ui/shapes.svg"
OUR_SHAPES = ("state-", "level-", "brand")
MINUTES_PER_DAY = 24 * 60

Thing = Mapping[str, Any] | object


def _get(thing: Thing, name: str, default: Any = "") -> Any:
    """Components take dicts and objects alike, as templates do."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


# --- small signs --------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """One symbol of the sprites; without `label` it is decoration and silent."""
    return _svg(name, str(label), size)


@lru_cache(maxsize=512)
def _svg(name: str, label: str, size: str) -> SafeString:
    """Kept, because a queue of fifty rows draws two hundred of them."""
    ours = name.startswith(OUR_SHAPES)
    css = " ".join(["icon", *([f"icon--{size}"] if size else []), *(["icon--shape"] * ours)])
    # an address may have it as it is
    sprite = static(SHAPES if ours else ICONS).replace("%40", "@")
    use = format_html('<use href="{}#{}"/>', sprite, name)
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}">{}</svg>', css, label, use)
    return format_html('<svg class="{}" aria-hidden="true">{}</svg>', css, use)


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon: str = "") -> SafeString:
    drawing = _icon(icon) if icon else ""
    return format_html('<span class="badge badge--{}">{}{}</span>', tone, drawing, label)


@register.simple_tag
def state_badge(code: str, label: str) -> SafeString:
    return _sign(badges.look_of(badges.STATES, code), label)


@register.simple_tag
def kind_badge(code: str, label: str) -> SafeString:
    return _sign(badges.look_of(badges.KINDS, code), label)


@register.simple_tag
def severity_badge(code: str, label: str) -> SafeString:
    return _sign(badges.look_of(badges.SEVERITIES, code), label)


_icon = icon


def _sign(look: badges.Look, label: str) -> SafeString:
    return _drawn_sign(look, str(label))


@lru_cache(maxsize=512, typed=True)  # a safe text is not the same as an unsafe one
def _drawn_sign(look: badges.Look, label: str) -> SafeString:
    """Kept as icons are: a queue has one or two in each row, and few are different."""
    html = '<span class="sign sign--{}">{}{}</span>'
    return format_html(html, look.tone, _icon(look.shape), label)


@register.simple_tag
def reference(number: object, size: str = "") -> SafeString:
    """A reference number in groups, as it is read out; copying it copies digits only."""
    groups = pretty(str(number)).split()
    parts = format_html_join("", "<span>{}</span>", ((group,) for group in groups))
    css = f"reference reference--{size}" if size else "reference"
    return format_html('<span class="{}">{}</span>', css, parts)


# --- time ---------------------------------------------------------------------------------------


@register.filter
def minutes(count: int) -> str:
    """Two units at most: 35 分, 1 小时 20 分, 2 天 3 小时. `clock.js` says the same."""
    days, rest = divmod(abs(int(count)), MINUTES_PER_DAY)
    hours, left = divmod(rest, 60)
    parts = [
        _("%(n)s 天") % {"n": days} if days else "",
        _("%(n)s 小时") % {"n": hours} if hours else "",
        _("%(n)s 分") % {"n": left} if left and not days else "",
    ]
    return " ".join(filter(None, parts)) or _("%(n)s 分") % {"n": 0}


@register.simple_tag
def moment(at: datetime | None) -> SafeString:
    """A moment as people write it: 14:20 today, 11-22 14:20 this year, else with the year."""
    if at is None:
        return mark_safe("—")
    local, today = timezone.localtime(at), timezone.localdate()
    full, when = local.strftime("%Y-%m-%d %H:%M"), local.isoformat(timespec="minutes")
    if local.date() == today:
        # a page that stays open overnight would say the hour of another day
        return format_html('<time datetime="{}" title="{}">{}</time>', when, full, full[11:])
    said = full[5:] if local.year == today.year else full
    return format_html('<time datetime="{}">{}</time>', when, said)


@register.simple_tag
def due(at: datetime) -> SafeString:
    """A moment to come, with its day: 今天 18:54. An hour alone may have passed yesterday."""
    local = timezone.localtime(at)
    html = '<time datetime="{}" title="{}">{}</time>'
    full = local.strftime("%Y-%m-%d %H:%M")
    said = spoken.when(at, timezone.now()).strip()
    return format_html(html, local.isoformat(timespec="minutes"), full, said)


@register.simple_tag
def clock_chip(chip: Thing) -> SafeString:
    """What is left of a clock, by how much it is late, or how it ended. `clock.js` lets it tick."""
    kind, label, level = _get(chip, "kind"), _get(chip, "label"), _get(chip, "level")
    html = '<span class="clock clock--{}{}"{}>{}<span data-clock-text>{}</span>{}</span>'
    return format_html(
        html,
        kind,
        " clock--near" if _get(chip, "near", False) else "",
        _due(kind, _get(chip, "due_at", None)),
        format_html('<span class="clock__label">{}</span>', label) if label else "",
        _get(chip, "text") or _chip_words(kind, _get(chip, "minutes", None)),
        format_html('<span class="clock__level"> · {}</span>', level) if level else "",
    )


def _due(kind: str, due_at: datetime | None) -> str:
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    ticks = kind in ("left", "overdue")
    due = format_html(' data-due="{}"', local.isoformat(timespec="seconds")) if ticks else ""
    return format_html(' title="{} {}"{}', _("到期"), local.strftime("%Y-%m-%d %H:%M"), due)


CHIP_WORDS = {
    "left": gettext_lazy("剩 %(span)s"),
    "overdue": gettext_lazy("超时 %(span)s"),
    "paused": gettext_lazy("已暂停 · 余 %(span)s"),
    "kept": gettext_lazy("按时 · 余 %(span)s"),
    "broken": gettext_lazy("超时 %(span)s 完成"),
}
CHIP_WORDS_WITHOUT_SPAN = {
    "paused": gettext_lazy("已暂停"),
    "kept": gettext_lazy("按时"),
    "broken": gettext_lazy("未按时"),
}


def _chip_words(kind: str, count: int | None) -> str:
    if count is None:
        return str(CHIP_WORDS_WITHOUT_SPAN.get(kind, ""))
    return str(CHIP_WORDS[kind]) % {"span": minutes(count)}


# --- forms --------------------------------------------------------------------------------------


@register.inclusion_tag("ui/form_field.html")
def field(bound: BoundField, hint: str = "", label: str = "") -> dict[str, Any]:
    """Label, control, error and help of one field, tied together for people and machines."""
    if hint:
        bound.help_text = hint
    if label:
        bound.label = label
    return {"field": bound, "kind": _field_kind(bound), "control": _control(bound)}


def _field_kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, HiddenInput):
        return "hidden"
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "check"
    return "photos" if _takes_photos(bound) else "plain"


def _takes_photos(bound: BoundField) -> bool:
    widget = bound.field.widget
    images = str(widget.attrs.get("accept", "")).startswith("image/")
    return isinstance(widget, FileInput) and images


def _control(bound: BoundField) -> SafeString:
    attrs: dict[str, str | bool] = {"data-photos": True} if _takes_photos(bound) else {}
    if isinstance(bound.field.widget, Textarea):
        # with it a browser cuts off what is pasted without a word; the form says what is too much
        bound.field.widget.attrs.pop("maxlength", None)
    return bound.as_widget(attrs=attrs)


AUDIENCE_KEYS = {"public": "r", "internal": "i"}


@register.inclusion_tag("ui/components/audience.html")
def audience(bound: BoundField, then: str = "") -> dict[str, Any]:
    """Who will read what is written: R for a reply, I for an internal note, then the cursor.

    `then` is the id of the field to write in.
    """
    options = [
        {
            "tag": option.tag(),
            "label": option.choice_label,
            "key": AUDIENCE_KEYS.get(str(option.data["value"]), ""),
        }
        for option in bound
    ]
    return {"field": bound, "options": options, "then": then}


@register.inclusion_tag("ui/components/stars.html")
def stars(bound: BoundField) -> dict[str, Any]:
    """A choice of one to five drawn as stars: radio buttons, so keys and no script suffice."""
    return {"field": bound, "options": list(bound)}


@register.inclusion_tag("ui/components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What must be put right, with a link to each field. Empty when nothing is wrong."""
    faulty = [bound for bound in form if bound.errors]
    general = form.non_field_errors()
    return {"general": general, "faulty": faulty, "count": len(faulty) + len(general)}


@register.simple_tag
def idempotency_key() -> SafeString:
    """One key per rendering: sending the same form twice creates one thing."""
    html = '<input type="hidden" name="idempotency_key" value="{}" data-draft-keep>'
    return format_html(html, uuid4())


@register.simple_tag
def draft_done(name: str) -> SafeString:
    """Tells `drafts.js` that what the draft held has arrived."""
    return format_html('<span hidden data-draft-done="{}"></span>', name)


# --- lists and lines ----------------------------------------------------------------------------


@register.inclusion_tag("ui/components/timeline.html")
def timeline(entries: Iterable[Thing]) -> dict[str, Any]:
    return {"entries": entries}


@register.inclusion_tag("ui/components/parcel.html")
def parcel(entries: Iterable[Thing]) -> dict[str, Any]:
    return {"entries": entries}


@register.inclusion_tag("ui/components/ladder.html")
def ladder(steps: Iterable[Thing]) -> dict[str, Any]:
    return {"steps": steps}


@register.inclusion_tag("ui/components/stepper.html")
def stepper(labels: Iterable[str], current: int) -> dict[str, Any]:
    """`current` counts from one; beyond the last, all are done."""
    named = list(labels)
    steps = [{"number": n, "label": label} for n, label in enumerate(named, start=1)]
    total = len(named)
    return {
        "steps": steps,
        "current": int(current),
        "total": total,
        "at": min(int(current), total),
    }


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Iterable[Thing], label: str = "") -> dict[str, Any]:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/pager.html")
def pager(previous: str = "", following: str = "", summary: str = "") -> dict[str, Any]:
    return {"previous": previous, "following": following, "summary": summary}


@register.inclusion_tag("ui/components/empty.html")
def empty(
    title: str, hint: str = "", icon: str = "inbox", url: str = "", action: str = ""
) -> dict[str, Any]:
    return {"title": title, "hint": hint, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("ui/components/progress.html")
def progress(done: int, total: int, label: str = "") -> dict[str, Any]:
    percent = 100 * done // total if total else 0
    return {"done": done, "total": total, "label": label, "percent": percent}


@register.inclusion_tag("ui/components/interval_chart.html")
def interval_chart(
    rows: Iterable[Thing], reference: float | None = None, confidence: str = "95%"
) -> dict[str, Any]:
    """Shares with their intervals, one row each; `reference` draws one line through all."""
    listed = list(rows)
    ends = [_get(row, end) for row in listed for end in ("low", "high")]
    scale = charts.scale_for([*ends, *([] if reference is None else [reference])])
    return {
        "rows": [_interval(row, scale) for row in listed],
        "ticks": [{"said": f"{tick:.0%}", "x": _across(scale, tick)} for tick in scale.ticks()],
        "reference": None if reference is None else _across(scale, reference),
        "confidence": confidence,
    }


def _interval(row: Thing, scale: charts.Scale) -> dict[str, Any]:
    ends = {name: _get(row, name) for name in ("share", "low", "high")}
    return {
        **{name: f"{100 * value:.1f}%" for name, value in ends.items()},
        **{f"{name}_x": _across(scale, value) for name, value in ends.items()},
        **{name: _get(row, name) for name in ("label", "n", "url")},
    }


def _across(scale: charts.Scale, share: float) -> str:
    return f"{scale.place(share)}%"


# --- boxes --------------------------------------------------------------------------------------


def _box(name: str, content: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/components/{name}.html", {"content": content, **context})


@register.simple_block_tag
def panel(content: str, title: str, icon: str = "", count: int | None = None) -> SafeString:
    ident = f"panel-{uuid4().hex[:8]}"
    return _box("panel", content, title=title, icon=icon, count=count, ident=ident)


@register.simple_block_tag
def banner(content: str, title: str, tone: str = "info", icon: str = "info") -> SafeString:
    return _box("banner", content, title=title, tone=tone, icon=icon)


@register.simple_block_tag
def dialog(content: str, ident: str, title: str) -> SafeString:
    return _box("dialog", content, title=title, ident=ident)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    html = '<div class="facts__row"><dt>{}</dt><dd>{}</dd></div>'
    return format_html(html, label, content)
