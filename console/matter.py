"""From what the intake form says to a ticket to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from complaints.enums import Protection
from complaints.models import Category
from complaints.services.intake import NewTicket
from complaints.suggestions import Candidate, suggest
from console import places
from console.forms.intake import ELSEWHERE, IntakeForm
from console.intake_questions import NAMED_STAFF, PROTECTION, SUPPLIER
from core.actors import Actor
from core.errors import InvalidInput
from organisation.models import Dwelling, Post, Supplier, Unit
from organisation.querysets import paths_above
from organisation.services.posts import local_date
from residents.models import KeyAccount
from residents.services import accounts
from residents.services.people import CallerMatch

MOST_PEOPLE: Final = 60

Said = Mapping[str, Any]
"""Values of the form by field, cleaned or as they were typed."""


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a matter, as far as it is known."""

    unit: Unit | None = None
    dwelling: Dwelling | None = None


def where(said: Said, *, actor: Actor) -> Where:
    """One of the caller's homes, or what was typed. Raises InvalidInput for what is not there."""
    home = said.get("home", "")
    if home and home != ELSEWHERE:
        dwelling = places.dwelling_in_reach(home, actor=actor)
        return Where(dwelling.building.unit, dwelling)
    unit = places.community(said.get("community", ""), actor=actor)
    if unit is None:
        return Where()
    return Where(unit, places.dwelling(unit, said.get("building", ""), said.get("room", "")))


def where_so_far(said: Said, *, actor: Actor) -> Where:
    """The same while somebody types: what cannot be found yet is not known."""
    try:
        return where(said, actor=actor)
    except InvalidInput:
        return Where()


def people_near(unit: Unit | None, *, at: datetime) -> list[Post]:
    """Who works for this community or above it, one post each."""
    if unit is None:
        return []
    near = Q(unit__path__startswith=unit.path) | Q(unit__path__in=paths_above(unit.path))
    posts = Post.objects.valid_on(local_date(at)).filter(near, holder__is_active=True)
    found = posts.with_people().order_by("-unit__path", "role__code", "pk")[:MOST_PEOPLE]
    return list({post.holder_id: post for post in reversed(found)}.values())[::-1]


def suppliers_of(unit: Unit | None, *, at: datetime) -> QuerySet[Supplier]:
    """Who works for this community or did so lately, barred or not: it may be complained about all
    the same."""
    if unit is None:
        return Supplier.objects.none()
    return Supplier.objects.spoken_of_in(unit, local_date(at)).order_by("service", "code")


def suggested_category(said: Said) -> str:
    """What the words sound like; empty when they sound like nothing."""
    known = Category.objects.filter(active=True).values_list("code", "keywords")
    best = suggest(said.get("body", ""), [Candidate(*row) for row in known], most=1)
    return best[0] if best else ""


def _account(code: str, subject_id: UUID | None, unit: Unit | None) -> KeyAccount | None:
    return accounts.chosen(code, subject_id, unit) if code and unit is not None else None


def new_ticket(
    form: IntakeForm, caller: CallerMatch | None, draft: UUID | None, *, actor: Actor
) -> NewTicket:
    """Raises InvalidInput for a place that is not there, or an account that it is not in."""
    data, questions = form.cleaned_data, form.questions
    place = where(data, actor=actor)
    subject_id = caller.subject_id if caller else None
    return NewTicket(
        kind=data["kind"],
        category_code=data["category"],
        channel=data["channel"],
        body=data["body"],
        place=data["place"],
        unit=place.unit,
        dwelling=place.dwelling,
        severity=form.grade,
        safety_proposed=form.danger is not None,
        reporter_subject=subject_id,
        account=_account(data.get("account", ""), subject_id, place.unit),
        protection=data["protection"] if PROTECTION in questions else Protection.NONE,
        named_staff=[int(one) for one in data["named_staff"]] if NAMED_STAFF in questions else (),
        supplier=data["supplier"] if SUPPLIER in questions else None,
        draft_id=draft,
    )
