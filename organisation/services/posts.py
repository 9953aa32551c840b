"""Posts: who is to be told or asked, and who holds what. The ladder and the routing address posts;
a vacant one is passed over on the way up, and the duty queue is where the way ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, DateField, DateTimeField, F, Q
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.compiled import AnyOf, Compiled, Slot
from core.errors import DeskError, InvalidInput, NotAllowed
from organisation import access, role_ranks
from organisation.enums import Permission, UnitLevel
from organisation.models import Post, Role, Staff, Unit
from organisation.querysets import PostQuerySet, paths_above, served_path
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

DUTY_OFFICER = "duty_officer"
MANAGE = "organisation.manage"


class DutyQueueEmpty(DeskError):
    code = "duty_queue_empty"
    message = _("集团值班岗无人任职，超时工单将无人接收。")


class PostIsFixed(InvalidInput):
    """A post is this role in this unit; one of another kind is another post (docs/adr/0147)."""

    code = "post_is_fixed"
    message = _(
        "岗位设立后，单位和角色不能更改。请结束此岗位，另设新岗位；"
        "未办结的工单留在原岗位，请派单人员改派。"
    )


class RoleAbove(NotAllowed):
    code = "role_above"
    message = _("此角色高于您管理的层级，请由上级单位的管理员任命。")


def local_date(at: datetime) -> date:
    """The company's date at this moment; posts begin and end by date."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def nearest(
    unit: Unit, role_code: str, *, at: datetime, without_staff: Collection[int] = ()
) -> Post | None:
    """The post of this role closest above `unit`, the unit itself first, for which somebody answers
    now: vacant ones, and those whose holder is away and left nobody in charge, are passed over.

    So are posts that `without_staff` hold or stand in for: whoever is named in a complaint never
    gets it, and nobody who shares the post does either.
    """
    wanted = wanted_near(unit, role_code, at)
    if without_staff:
        return Compiled(lambda: _nearest(without_staff)).first(**wanted)
    return _nearest_post.first(**wanted)


def wanted_near(unit: Unit, role_code: str, at: datetime) -> dict[str, Any]:
    """What goes into the slots of `upward`."""
    return {
        "role": role_code,
        "at": at,
        "day": local_date(at),
        "paths": paths_above(unit.path),
    }


def upward(without_staff: Collection[int] = ()) -> PostQuerySet:
    """Posts of a role at and above a unit for which somebody answers, with the path each serves;
    for `Compiled`, with slots as `wanted_near` fills them. Whoever `without_staff` are, their posts
    are not among them."""
    paths = Slot("paths", ArrayField(CharField()))
    return (
        Post.objects.valid_on(Slot("day", DateField()))
        .answered_at(Slot("at", DateTimeField()))
        .not_touching(without_staff)
        .filter(role__code=Slot("role", CharField()))
        .annotate(served_path=served_path())
        .filter(AnyOf(F("served_path"), paths))
    )


def _nearest(without_staff: Collection[int] = ()) -> PostQuerySet:
    return upward(without_staff).with_people().order_by(F("served_path").desc(), "pk")[:1]


_nearest_post = Compiled(_nearest)


def current_holder(post: Post, *, at: datetime) -> Staff | None:
    """Who answers for the post now: the stand-in while the holder is away, has left or is unnamed.

    An absent holder without a stand-in still answers. None when the post is vacant.
    """
    holder, stand_in = _working(post.holder), _working(post.stand_in)
    away = post.holder_absent_until is not None and post.holder_absent_until > at
    if stand_in and (away or holder is None):
        return stand_in
    return holder


def has_ended(post: Post, *, at: datetime) -> bool:
    """Nobody answers for it any more, and nobody will."""
    return post.valid_until is not None and post.valid_until <= local_date(at)


def duty_queue(*, at: datetime, without_staff: Collection[int] = ()) -> Post:
    """The last resort of every ladder. Where only people who are to be kept out answer for it, who
    decides at the top of the company stands in, and then who keeps the company's posts; a vacant
    duty post still collects what nobody else took (docs/adr/0080).

    Raises DutyQueueEmpty when nobody else is left at all.
    """
    day = local_date(at)
    duty = _duty_posts(day).not_touching(without_staff)
    post = duty.filled().first() or _instead_of_duty(day, without_staff) or duty.first()
    if post is None:
        raise DutyQueueEmpty
    return post


def duty_queue_is_filled(*, at: datetime) -> bool:
    return _duty_posts(local_date(at)).filled().exists()


@dataclass(frozen=True, slots=True)
class NewPost:
    unit: Unit
    role_code: str
    valid_from: date
    holder: Staff | None = None
    stand_in: Staff | None = None
    valid_until: date | None = None


@transaction.atomic
def create(new: NewPost, *, actor: Actor, at: datetime) -> Post:
    """Raises NotAllowed, or InvalidInput for a role that does not exist or an end before begin."""
    role = Role.objects.filter(code=new.role_code).first()
    if role is None:
        raise InvalidInput(fields={"role": [_("没有这个角色。")]})
    post = Post(
        unit=new.unit,
        role=role,
        holder=new.holder,
        stand_in=new.stand_in,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
    )
    return put(post, actor=actor, at=at)


@transaction.atomic
def appoint(post: Post, holder: Staff | None, *, actor: Actor, at: datetime) -> Post:
    """Give the post to somebody, or to nobody; an absence of the one before ends with it.

    Raises DutyQueueEmpty when it would leave the duty queue without anybody.
    """
    post = _lock(post)
    post.holder, post.holder_absent_until = holder, None
    if holder is not None and post.stand_in_id == holder.pk:
        post.stand_in = None
    return put(post, actor=actor, at=at)


@transaction.atomic
def stand_in(
    post: Post, person: Staff | None, *, until: datetime | None, actor: Actor, at: datetime
) -> Post:
    """Note that the holder is away until then, and who answers meanwhile; None ends the absence."""
    post = _lock(post)
    post.stand_in, post.holder_absent_until = person, until
    return put(post, actor=actor, at=at)


@transaction.atomic
def end(post: Post, *, on: date, actor: Actor, at: datetime) -> Post:
    """The post is valid until the day before `on`. Its open work stays with it.

    Raises DutyQueueEmpty for the last duty post.
    """
    post = _lock(post)
    post.valid_until = on
    return put(post, actor=actor, at=at)


@transaction.atomic
def put(post: Post, *, actor: Actor, at: datetime) -> Post:
    """Save a post that was made or changed. Raises NotAllowed, RoleAbove, PostIsFixed, and as
    `check`."""
    access.require(actor, MANAGE, post.unit)
    check_rank(post, actor=actor)
    _check_fixed(post)
    check(post, at=at)
    # simple-history reads the doer from here when there is no request
    doer = Staff.objects.filter(pk=actor.staff_id).first() if actor.staff_id else None
    post._history_user = doer  # type: ignore[attr-defined]
    post.save()
    ledger.append(
        LedgerKind.PERMISSION_CHANGED, actor=actor, at=at, object_kind=Post._meta.label_lower
    )
    access.forget()
    return post


def check(post: Post, *, at: datetime) -> None:
    """Raises InvalidInput, or DutyQueueEmpty when nobody would be left at the end of the ladder."""
    if post.valid_until is not None and post.valid_until <= post.valid_from:
        raise InvalidInput(fields={"valid_until": [_("结束日期必须晚于开始日期。")]})
    if post.holder_id is not None and post.stand_in_id == post.holder_id:
        raise InvalidInput(fields={"stand_in": [_("代理人不能是任职者本人。")]})
    _check_duty(post, local_date(at))


def check_rank(post: Post, *, actor: Actor) -> None:
    """Raises RoleAbove for a role that is not the actor's to give there."""
    scope = access.scope(actor, MANAGE)
    if scope.everything:
        return
    above = [path for path in scope.paths if post.unit.path.startswith(path)]
    held = Unit.objects.filter(path__in=above).values_list("level", flat=True)
    needed = role_ranks.given_from(post.role.code, post.role.permissions)
    if not role_ranks.reaches(held, needed):
        raise RoleAbove(fields={"role": [RoleAbove.message]})


def check_leaving(staff: Staff, *, at: datetime) -> None:
    """Raises DutyQueueEmpty when there would be a day on which nobody else answers for the duty
    queue.

    Locks the duty posts until the transaction ends: two officers cannot both leave at once.
    """
    today = local_date(at)
    duty = _duty_from(today)
    # the form that takes their tick away has done so already
    before = [post for post in duty if _is_filled(post) or staff in (post.holder, post.stand_in)]
    after = [post for post in duty if _is_filled(post, without=staff)]
    if len(after) < len(before):  # whoever has no part in it may leave an empty queue behind
        _refuse_a_new_gap(today, before, after)


def _check_fixed(post: Post) -> None:
    """Nobody changes these columns, so that nothing needs to be locked."""
    for unit_id, role_id in Post.objects.filter(pk=post.pk).values_list("unit_id", "role_id"):
        if (unit_id, role_id) != (post.unit_id, post.role_id):
            field = "unit" if unit_id != post.unit_id else "role"
            raise PostIsFixed(fields={field: [PostIsFixed.message]})


def _working(staff: Staff | None) -> Staff | None:
    return staff if staff is not None and staff.is_active else None


def _instead_of_duty(day: date, without_staff: Collection[int]) -> Post | None:
    """Somebody at the top who is not to be kept out; nobody where the duty post is just vacant."""
    if not without_staff:
        return None
    free = _at_the_top().valid_on(day).filled().not_touching(without_staff)
    for permission in (Permission.ESCALATIONS_DECIDE, Permission.ORGANISATION_MANAGE):
        if post := free.filter(role__permissions__contains=[permission]).first():
            return post
    return None


def _duty_posts(day: date) -> PostQuerySet:
    return _at_the_top().valid_on(day).filter(role__code=DUTY_OFFICER)


def _at_the_top() -> PostQuerySet:
    """Posts that serve the whole company."""
    return (
        Post.objects.filter(Q(unit__depth=1) | Q(unit__depth=2, unit__level=UnitLevel.DEPARTMENT))
        .with_people()
        .order_by("pk")
    )


def _is_duty_post(post: Post) -> bool:
    in_department = post.unit.depth == 2 and post.unit.level == UnitLevel.DEPARTMENT
    return post.role.code == DUTY_OFFICER and (post.unit.depth == 1 or in_department)


def _check_duty(post: Post, today: date) -> None:
    """Whatever becomes of a duty post leaves somebody today, and makes no first day without anybody
    that is earlier than the one there was."""
    if not _is_duty_post(post):
        return
    duty = [each for each in _duty_from(today) if _is_filled(each)]
    others = [each for each in duty if each.pk != post.pk]
    after = [*others, post] if _is_filled(post) else others
    _refuse_a_new_gap(today, duty, after)


def _refuse_a_new_gap(today: date, before: Sequence[Post], after: Sequence[Post]) -> None:
    gap, known = _first_gap(today, after), _first_gap(today, before)
    if gap is not None and (gap == today or known is None or gap < known):
        raise DutyQueueEmpty


def _first_gap(day: date, duty: Sequence[Post]) -> date | None:
    """The first day from this one on for which none of these posts is in force."""
    for post in sorted(duty, key=lambda post: post.valid_from):
        if post.valid_from > day:
            break
        if post.valid_until is None:
            return None
        day = max(day, post.valid_until)
    return day


def _duty_from(today: date) -> list[Post]:
    """Duty posts that have not ended, locked: two officers cannot both leave at once. Read after
    the wait: whoever left meanwhile works here no longer."""
    _lock_duty_posts()
    not_ended = Q(valid_until__isnull=True) | Q(valid_until__gt=today)
    return list(_at_the_top().filter(not_ended, role__code=DUTY_OFFICER))


def _lock_duty_posts() -> None:
    """All of them in one order, whichever is to change: two who each had one of their own and
    waited for the other's would wait for ever."""
    rows = _at_the_top().filter(role__code=DUTY_OFFICER)
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def _is_filled(post: Post, *, without: Staff | None = None) -> bool:
    people = (_working(post.holder), _working(post.stand_in))
    return any(person is not None and person != without for person in people)


def _lock(post: Post) -> Post:
    if _is_duty_post(post):
        _lock_duty_posts()
    # not the key: whatever refers to the post goes on meanwhile (docs/adr/0132)
    return Post.objects.select_for_update(of=("self",), no_key=True).with_people().get(pk=post.pk)
