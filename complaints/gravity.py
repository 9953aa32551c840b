"""How grave a new matter is: what a person says, else what its category says, else what the words
say. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from complaints.danger import Danger, recognise
from complaints.enums import Kind, Severity
from complaints.reasons import GradeReason
from core.actors import ActorKind

#: kinds with a clock of their own, or that thank for what is over
NOT_READ: Final = frozenset({Kind.PRAISE, Kind.INTEGRITY, Kind.IP_NOTICE, Kind.PRIVACY})
#: who cannot decide how grave it is: the words do, until somebody of staff looks
UNDECIDED: Final = frozenset({ActorKind.REPORTER, ActorKind.MACHINE})


class Gravity(NamedTuple):
    """The severity a ticket begins with; `reason` where words had a part in it."""

    severity: str
    reason: GradeReason | None = None


def danger_in(kind: str, texts: Iterable[str]) -> Danger | None:
    """Danger to life in what was said about a matter of this kind."""
    return None if kind in NOT_READ else recognise("\n".join(texts))


def first(
    danger: Danger | None, *, stated: str | None, usual: str, proposed: bool, by: ActorKind
) -> Gravity:
    """`stated` is what a person chose, `usual` the category's, `proposed` whether safety was
    proposed to that person (docs/adr/0103)."""
    severity = stated or usual
    if danger is None:
        return Gravity(severity)
    if proposed:
        accepted = severity == Severity.SAFETY
        return Gravity(severity, GradeReason.ACCEPTED if accepted else GradeReason.DECLINED)
    raises = stated is None and by in UNDECIDED and danger.acute and usual != Severity.SAFETY
    return Gravity(Severity.SAFETY, GradeReason.WORDS) if raises else Gravity(severity)
