from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from django.db import models
from django.db.models import Case, Expression, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Now, TruncDate

from core.compiled import Slot
from organisation.enums import UnitLevel

if TYPE_CHECKING:
    from organisation.models import Post  # noqa: F401  # for the type argument below

Moment: TypeAlias = datetime | Expression
"""When it is asked about; as an expression, where a door reads the clock by the same statement."""

PATH_STEP: Final = 5  # characters of `Unit.path` a level takes


def paths_above(path: str) -> list[str]:
    """The unit's own path and those of all units above it, the highest first."""
    return [path[:end] for end in range(PATH_STEP, len(path) + 1, PATH_STEP)]


def served_path(prefix: str = "unit__") -> Case:
    """The path of the unit that a post serves: a department serves the unit it hangs under."""
    above = Func(F(f"{prefix}path"), Value(-PATH_STEP), function="left")
    return Case(
        When(**{f"{prefix}level": UnitLevel.DEPARTMENT}, then=above),
        default=F(f"{prefix}path"),
        output_field=models.CharField(),
    )


def leaf_unit(prefix: str = "unit__") -> Case:
    """The id of a post's unit where nothing hangs below it, so that the post serves it alone."""
    return Case(
        When(
            ~Q(**{f"{prefix}level": UnitLevel.DEPARTMENT}),
            **{f"{prefix}numchild": 0},
            then=F(f"{prefix}id"),
        ),
        output_field=models.BigIntegerField(),
    )


# The present holder of a post is its stand-in while the holder is away, has left or was never
# named, and the holder otherwise. `services.posts.current_holder` says the same of one row.
NOBODY_HOLDS: Final = Q(holder__isnull=True) | Q(holder__is_active=False)


class PostQuerySet(models.QuerySet["Post"]):
    def valid_on(self, day: date | Expression) -> PostQuerySet:
        return self.filter(valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day)
        )

    def filled(self) -> PostQuerySet:
        """Somebody who still works here holds the post or stands in for it."""
        return self.filter(Q(holder__is_active=True) | Q(stand_in__is_active=True))

    def answered_at(self, at: Moment) -> PostQuerySet:
        """Somebody answers for the post at that moment: who is away and left nobody in charge would
        hear of a matter too late."""
        there = Q(holder_absent_until__isnull=True) | Q(holder_absent_until__lte=at)
        return self.filter(Q(holder__is_active=True) & there | Q(stand_in__is_active=True))

    def acted_by(self, staff_id: int | OuterRef | Slot, at: Moment) -> PostQuerySet:
        """Posts whose work this person may do: their own, and those they stand in for just now."""
        standing_in = Q(stand_in=staff_id, stand_in__is_active=True) & (
            NOBODY_HOLDS | Q(holder_absent_until__gt=at)
        )
        return self.filter(Q(holder=staff_id, holder__is_active=True) | standing_in)

    def in_force_for(self, staff_id: int | OuterRef | Slot) -> PostQuerySet:
        """What this person may act for at this moment, by the database's clock and our date: what
        rights come from, which are those of the present (docs/adr/0147)."""
        return self.acted_by(staff_id, Now()).valid_on(TruncDate(Now()))

    def not_touching(self, staff_ids: Collection[int]) -> PostQuerySet:
        """Without the posts that any of these people hold or stand in for."""
        if not staff_ids:
            return self
        touched = Q(holder__in=staff_ids) | Q(stand_in__in=staff_ids)
        return self.exclude(touched)

    def with_people(self) -> PostQuerySet:
        return self.select_related("unit", "role", "holder", "stand_in")
