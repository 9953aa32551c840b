"""What makes the promises of a policy ones that can be kept track of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Protocol

from django.utils.translation import gettext as _

from complaints.enums import ClockKind, StepEffect
from core.errors import InvalidInput, Text

#: what every policy promises; a holder's own time and the call-back may be absent
REQUIRED: Final = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
LONGEST: Final = 527_040  # minutes of a leap year
#: the level of the warning before due; those above report upwards, and are counted as late
WARNING: Final = 0


class Promise(Protocol):
    clock_kind: str
    duration_minutes: int


class Rung(Protocol):
    clock_kind: str
    level: int
    percent: int | None
    after_minutes: int | None
    effect: str


def check(durations: Sequence[Promise], ladder: Iterable[Rung]) -> None:
    """Raises InvalidInput that names `<kind>` or `<kind>.<level>` for each mistake."""
    found: dict[str, list[Text]] = {}
    known = {each.clock_kind for each in durations}
    for required in REQUIRED:
        if required not in known:
            found[required] = [_("请填写时长。")]
    for promise in durations:
        if not 0 < promise.duration_minutes <= LONGEST:
            found[promise.clock_kind] = [_("时长应为 1 分钟至 366 天。")]
    for kind, rungs in _by_kind(ladder).items():
        if kind not in known:
            found[f"{kind}.0"] = [_("没有时长的时限不能有升级阶梯。")]
        found |= _mistakes(kind, rungs)
    if found:
        raise InvalidInput(fields=found)


def _by_kind(ladder: Iterable[Rung]) -> dict[str, list[Rung]]:
    found: dict[str, list[Rung]] = {}
    for rung in sorted(ladder, key=lambda rung: (rung.clock_kind, rung.level)):
        found.setdefault(rung.clock_kind, []).append(rung)
    return found


def _mistakes(kind: str, rungs: Sequence[Rung]) -> dict[str, list[Text]]:
    """Level 0 warns before due, the others follow it, and none comes before the one below it. What
    a call-back is late with is not the handler's: nobody takes the ticket over for it."""
    found: dict[str, list[Text]] = {}
    for rung in rungs:
        if problem := problem_of(rung):
            found[f"{kind}.{rung.level}"] = [problem]
    for lower, upper in pairwise(rungs):
        if _place(upper) < _place(lower):
            found[f"{kind}.{upper.level}"] = [_("后一级不能早于前一级。")]
        elif upper.level == lower.level:
            found[f"{kind}.{upper.level}"] = [_("同一级只能有一条。")]
    return found


def problem_of(rung: Rung) -> Text:
    """What is wrong with one level by itself; nothing where it can be climbed."""
    if (rung.percent is None) == (rung.after_minutes is None):
        return _("请填写到期前百分比或到期后分钟数，二者选一。")
    if rung.percent is not None and not 1 <= rung.percent <= 99:
        return _("百分比应在 1 至 99 之间。")
    if rung.after_minutes is not None and not 0 <= rung.after_minutes <= LONGEST:
        return _("到期后分钟数不能为负数或超过一年。")
    if (rung.level == WARNING) != (rung.percent is not None):
        return _("0 级是到期前的提醒，1 级起从到期时算起。")
    if rung.clock_kind == ClockKind.CALL_BACK and rung.effect != StepEffect.INFORM:
        return _("回访由没有经办的人做，超时只能告知。")
    return ""


def _place(rung: Rung) -> tuple[int, int]:
    """Where it lies on the way: before due by percent, from due on by minutes."""
    if rung.percent is not None:
        return 0, rung.percent
    return 1, rung.after_minutes or 0
