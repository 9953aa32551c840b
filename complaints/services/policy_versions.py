"""Versions of policies. One in force is never edited; what changes is a new version, prepared,
looked at (`policy_preview`) and then applied, to new tickets alone or to open ones as well. Whoever
changes what is prepared has read it, and its tag says so (docs/adr/0106)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import policy_rules
from complaints.models import LadderStep, Policy, PolicyDuration
from complaints.querysets import GATED
from complaints.services import recomputation
from core import tags
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, NotFound, Text
from organisation import access
from organisation.models import Staff, WorkCalendar
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"
#: a role with any of these can open what has come up to it
HEARS: Final = frozenset({"escalations.receive", *GATED.values()})


class AlreadyApplied(InvalidTransition):
    code = "already_applied"
    message = gettext_lazy("这个版本已经生效或已被放弃。")


@transaction.atomic
def create(
    policy: Policy, durations: Iterable[PolicyDuration], ladder: Iterable[LadderStep]
) -> Policy:
    """Save an unsaved version with its unsaved durations and levels."""
    policy.save()
    for duration in durations:
        duration.policy = policy
        duration.save()
    for step in ladder:
        step.policy = policy
        step.save()
    return policy


def newest() -> list[Policy]:
    """The newest version of each policy that is more than prepared, with its parts."""
    return list(_with_parts().order_by("code", "-version").distinct("code"))


def held(at: datetime) -> list[Policy]:
    """The version of each policy that is in force at that moment, with its parts."""
    rows = _with_parts().filter(effective_from__lte=at)
    return list(rows.order_by("code", "-effective_from", "-version").distinct("code"))


def _with_parts() -> QuerySet[Policy]:
    rows = Policy.objects.filter(effective_from__isnull=False)
    return rows.select_related("calendar").prefetch_related("durations", "ladder")


def follow_calendars(at: datetime) -> int:
    """Give each policy whose calendar has a newer version a version that counts by it; returns how
    many. One that comes into force later, as it was made to, counts by it then. What becomes of
    clocks that run is `recomputation`'s."""
    newest_of = WorkCalendar.objects.filter(base__isnull=True).order_by("code", "version")
    latest = {calendar.code: calendar for calendar in newest_of}
    for code in sorted(policy.code for policy in newest()):
        _lock(code, None)
    for policy in Policy.objects.filter(effective_from__gt=at).select_related("calendar"):
        if latest[policy.calendar.code] != policy.calendar:
            policy.calendar = latest[policy.calendar.code]
            policy.save(update_fields=["calendar"])
    behind = [policy for policy in held(at) if latest[policy.calendar.code] != policy.calendar]
    for policy in behind:
        renew(policy, effective_from=at, calendar=latest[policy.calendar.code])
    return len(behind)


def draft_of(code: str) -> Policy | None:
    """The version that is prepared and not yet applied."""
    drafts = Policy.objects.filter(code=code, effective_from__isnull=True)
    return drafts.select_related("calendar").prefetch_related("durations", "ladder").first()


def tag(code: str) -> str:
    """Of all versions of a policy, and of every promise in them."""
    rows = Policy.objects.filter(code=code).prefetch_related("durations", "ladder")
    return tags.tag_of([_said(row) for row in rows.order_by("version")])


def in_force(code: str, at: datetime) -> Policy:
    """Raises NotFound for a code without any version in force."""
    found = Policy.objects.filter(code=code, effective_from__lte=at)
    policy = found.select_related("calendar").order_by("-effective_from", "-version").first()
    if policy is None:
        raise NotFound
    return policy


@transaction.atomic
def prepare(
    code: str,
    durations: Sequence[PolicyDuration],
    ladder: Sequence[LadderStep],
    *,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Policy:
    """Keep these promises as the next version, which binds nobody yet; one that was prepared before
    gives way. Raises NotAllowed, NotFound, ChangedMeanwhile, or InvalidInput for a ladder out of
    order or one that leads to a role that could not open what reaches it."""
    require_keeper(actor)
    check(durations, ladder)
    before = in_force(code, at)
    _lock(code, seen)
    draft = draft_of(code)
    if draft is None:
        draft = _next_after(before, calendar=before.calendar, effective_from=None)
    else:
        draft.durations.all().delete()
        draft.ladder.all().delete()
    draft._history_user = _doer(actor)  # type: ignore[attr-defined]
    record("prepared", actor=actor, at=at)
    return create(draft, durations, ladder)


@transaction.atomic
def apply(
    draft: Policy,
    *,
    moves_open_clocks: bool,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Policy:
    """Put a prepared version in force from now on, by the newest calendar; running clocks follow it
    where that is wanted. Raises NotAllowed, ChangedMeanwhile, or InvalidTransition when somebody
    was faster."""
    require_keeper(actor)
    _lock(draft.code, seen)
    policy = Policy.objects.filter(pk=draft.pk, effective_from__isnull=True).first()
    if policy is None:
        raise AlreadyApplied
    last = Policy.objects.filter(code=policy.code).latest("version")
    if last.pk != policy.pk:  # what takes effect last is the newest: a calendar's year came between
        policy.version = last.version + 1
    policy.effective_from, policy.moves_open_clocks = at, moves_open_clocks
    policy.calendar = WorkCalendar.objects.filter(code=policy.calendar.code).latest("version")
    policy._history_user = _doer(actor)  # type: ignore[attr-defined]
    policy.save()
    record("applied", actor=actor, at=at)
    if moves_open_clocks:
        recomputation.order(f"policy:{policy.code}:{policy.version}", at=at)
    return policy


@transaction.atomic
def discard(draft: Policy, *, actor: Actor, at: datetime, seen: str | None = None) -> None:
    """Forget what was prepared; nothing ever pointed at it. Raises NotAllowed or
    ChangedMeanwhile."""
    require_keeper(actor)
    _lock(draft.code, seen)
    for prepared in Policy.objects.filter(pk=draft.pk, effective_from__isnull=True):
        prepared.durations.all().delete()
        prepared.ladder.all().delete()
        prepared._history_user = _doer(actor)  # type: ignore[attr-defined]
        prepared.delete()
        record("discarded", actor=actor, at=at)


def check(durations: Sequence[PolicyDuration], ladder: Sequence[LadderStep]) -> None:
    """Raises InvalidInput that names `<kind>` or `<kind>.<level>` for what could not be kept, a
    ladder out of order, or one that leads to a role that could not open what reaches it."""
    policy_rules.check(durations, ladder)
    _check_roles(ladder)


def require_keeper(actor: Actor) -> None:
    """Promises concern everybody: only who keeps the whole organisation may change them."""
    if not access.scope(actor, MANAGE).everything:
        raise NotAllowed


def _check_roles(ladder: Iterable[LadderStep]) -> None:
    found: dict[str, list[Text]] = {
        f"{step.clock_kind}.{step.level}": [_("此岗位不能接收升级上报。")]
        for step in ladder
        if step.role is not None and HEARS.isdisjoint(step.role.permissions)
    }
    if found:
        raise InvalidInput(fields=found)


def is_in_use(policy: Policy, at: datetime) -> bool:
    """Whether it has come into force; then it stays as it is for good."""
    return policy.effective_from is not None and policy.effective_from <= at


def renew(
    policy: Policy, *, effective_from: datetime, calendar: WorkCalendar | None = None
) -> Policy:
    """The next version after the newest, with the same promises, to be changed or not; by the
    newest calendar, whichever version it is made from."""
    newest_calendar = calendar or WorkCalendar.objects.filter(code=policy.calendar.code).latest(
        "version"
    )
    renewed = _next_after(policy, calendar=newest_calendar, effective_from=effective_from)
    durations = [
        PolicyDuration(
            clock_kind=each.clock_kind, duration_minutes=each.duration_minutes, basis=each.basis
        )
        for each in policy.durations.all()
    ]
    ladder = [
        LadderStep(
            clock_kind=step.clock_kind,
            level=step.level,
            percent=step.percent,
            after_minutes=step.after_minutes,
            role_id=step.role_id,
            effect=step.effect,
        )
        for step in policy.ladder.all()
    ]
    return create(renewed, durations, ladder)


def _lock(code: str, seen: str | None) -> None:
    """All versions, one editor after another; a ticket that comes meanwhile refers to them and does
    not wait. Raises ChangedMeanwhile."""
    rows = Policy.objects.select_for_update(no_key=True).filter(code=code)
    list(rows.order_by("pk").values_list("pk"))
    tags.require_unchanged(seen, tag(code))


def _said(policy: Policy) -> tuple[object, ...]:
    durations = [
        (row.clock_kind, row.duration_minutes, row.basis) for row in policy.durations.all()
    ]
    ladder = [
        (row.clock_kind, row.level, row.percent, row.after_minutes, row.role_id, row.effect)
        for row in policy.ladder.all()
    ]
    ladder.sort(key=lambda rung: rung[:2])
    return policy.version, policy.effective_from, sorted(durations), ladder


def record(what: str, *, actor: Actor, at: datetime) -> None:
    label = Policy._meta.label_lower
    kind = LedgerKind.POLICY_CHANGED
    ledger.append(kind, actor=actor, at=at, object_kind=label, object_count=1, reason_code=what)


def _next_after(
    policy: Policy, *, calendar: WorkCalendar, effective_from: datetime | None
) -> Policy:
    last = Policy.objects.filter(code=policy.code).order_by("-version").values_list("version")[0]
    return Policy(
        code=policy.code,
        version=last[0] + 1,
        name=policy.name,
        name_en=policy.name_en,
        calendar=calendar,
        effective_from=effective_from,
    )


def _doer(actor: Actor) -> Staff | None:
    """The library reads it from here when there is no request."""
    return Staff.objects.filter(pk=actor.staff_id).first() if actor.staff_id else None
