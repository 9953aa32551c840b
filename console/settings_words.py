"""Policies, rules and calendars in words, as the settings pages and the dry run show them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from complaints.enums import Basis, ClockKind, StepEffect
from complaints.models import LadderStep, Policy
from complaints.services.policy_preview import Preview
from core.business_time import OFFICE_HOURS
from core.templatetags.ui import minutes

WORKING_DAY: Final = sum(end - start for start, end in OFFICE_HOURS)

#: by group of `Preview.shifts`, from much earlier to much later
SHIFTS: Final[dict[int, Promise]] = {
    -4: gettext_lazy("提前一天以上"),
    -3: gettext_lazy("提前 4 小时至一天"),
    -2: gettext_lazy("提前 1 至 4 小时"),
    -1: gettext_lazy("提前 1 小时以内"),
    0: gettext_lazy("不变"),
    1: gettext_lazy("推后 1 小时以内"),
    2: gettext_lazy("推后 1 至 4 小时"),
    3: gettext_lazy("推后 4 小时至一天"),
    4: gettext_lazy("推后一天以上"),
}


def clocks_of(policy: Policy) -> list[dict[str, Any]]:
    """Each promise with its ladder, in the order of the clocks."""
    steps: dict[str, list[LadderStep]] = {}
    for step in sorted(policy.ladder.all(), key=lambda step: step.level):
        steps.setdefault(step.clock_kind, []).append(step)
    durations = {each.clock_kind: each for each in policy.durations.all()}
    return [
        {
            "label": kind.label,
            "duration": duration_said(durations[kind].duration_minutes, durations[kind].basis),
            "steps": [_step(step) for step in steps.get(kind, ())],
        }
        for kind in ClockKind
        if kind in durations
    ]


def duration_said(count: int, basis: str) -> str:
    """Whole working days as days, what is less than one as hours of working time."""
    if basis != Basis.WORKING:
        return minutes(count)
    days, left = divmod(count, WORKING_DAY)
    parts = [
        ngettext("%(n)d 个工作日", "%(n)d 个工作日", days) % {"n": days} if days else "",
        _("工作时间 %(span)s") % {"span": minutes(left)} if left or not days else "",
    ]
    return " ".join(filter(None, parts))


def _step(step: LadderStep) -> dict[str, Any]:
    if step.percent is not None:
        when = _("已过 %(percent)d%%") % {"percent": step.percent}
    elif step.after_minutes:
        when = _("到期后 %(span)s") % {"span": minutes(step.after_minutes)}
    else:
        when = _("到期时")
    return {
        "level": step.level,
        "when": when,
        "who": str(step.role) if step.role else _("经办岗位"),
        "effect": StepEffect(step.effect).label,
    }


def shifts_of(preview: Preview) -> list[dict[str, Any]]:
    """The histogram: each group with its share of the longest bar."""
    most = max(preview.shifts.values(), default=0)
    return [
        {
            "label": label,
            "count": preview.shifts[group],
            "share": 100 * preview.shifts[group] // most if most else 0,
        }
        for group, label in SHIFTS.items()
    ]


def calls_of(preview: Preview, most: int = 20) -> dict[str, Any]:
    told = preview.posts()
    shown = [{"post": post, "holder": post.holder, "count": count} for post, count in told[:most]]
    return {
        "levels": sorted(preview.at_once.items()),
        "told": shown,
        "more": max(0, len(told) - most),
    }


def clock_label(kind: str) -> str:
    return str(ClockKind(kind).label)
