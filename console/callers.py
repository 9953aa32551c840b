"""People as the pages show them: masked where they must be, with what is open for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.crypto import salted_hmac

from complaints.models import Ticket, TicketReporter
from complaints.querysets import TicketQuerySet
from console import words
from core.actors import Actor
from core.masking import mask_email, mask_phone
from organisation.models import Post
from privacy.vault.enums import ConsentState
from privacy.vault.models import DataSubject, Purpose
from privacy.vault.purposes import COMMUNITY_NEWS, MARKETING, SATISFACTION_SURVEY
from privacy.vault.services import consent, sealing
from residents.enums import ContactKind
from residents.models import ContactPoint
from residents.services import handles, people
from residents.services.contacts import SEALED
from residents.services.people import CallerMatch

#: the consents that decide what may be said or sent to a caller
SHOWN_CONSENTS: Final = (SATISFACTION_SURVEY, COMMUNITY_NEWS, MARKETING)
MOST_OTHERS: Final = 5
NOBODYS_DRAFT: Final = "intake-new"
#: the field in which a form says under which name it is kept
TYPED_AS: Final = "typed_as"
_DRAFT: Final = re.compile(r"intake-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Card:
    """One person for the side of a page. `contacts` are masked, in the order of `contacts_of`;
    `handle` names the person in forms, `draft` what is typed for them in this browser. `may_edit`
    and `may_leave`, the homes by public id, say what the reader may write down about them."""

    match: CallerMatch
    handle: str
    draft: str
    homes: list[dict[str, str]]
    contacts: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    #: each key account they speak for, by name, and who looks after it
    managers: Sequence[tuple[str, Post | None]] = ()
    may_edit: bool = False
    may_leave: frozenset[str] = frozenset()


def card(match: CallerMatch) -> Card:
    """The person alone, as in a list of matches. No statement."""
    homes = [
        {
            "unit": home.unit,
            "where": words.home_name(home),
            "role": str(home.role.label),
            "public_id": home.public_id,
        }
        for home in match.homes
    ]
    return Card(match, handles.handle_of(match.subject_id), draft_name(match), homes)


def full_card(match: CallerMatch, *, at: datetime) -> Card:
    """The person with masked numbers, consents and, for a key account, who looks after it."""
    short = card(match)
    wanted = [account.manager_post_id for account in match.accounts]
    known = Post.objects.with_people().in_bulk(wanted) if wanted else {}
    return Card(
        match,
        short.handle,
        short.draft,
        short.homes,
        contacts=_masked(match.subject_id),
        consents=_consents(match.subject_id, at),
        managers=[(each.name, known.get(each.manager_post_id)) for each in match.accounts],
    )


def editable_card(match: CallerMatch, *, actor: Actor, at: datetime) -> Card:
    """`full_card` for who takes in what the person says about themselves, as far as they may."""
    return replace(
        full_card(match, at=at),
        may_edit=people.may_edit(match, actor),
        may_leave=frozenset(
            home.public_id for home in match.homes if people.may_move_out(home, actor)
        ),
    )


def draft_name(match: CallerMatch | None) -> str:
    """Under which name the browser keeps an unfinished intake: one for each caller, so that the
    words of one never appear in the form of another. Says nothing about who it is."""
    if match is None:
        return NOBODYS_DRAFT
    digest = salted_hmac("console.draft", match.subject_id.hex, algorithm="sha256")
    return f"intake-{digest.hexdigest()[:16]}"


def draft_typed(sent: Mapping[str, str]) -> str:
    """The name under which the browser keeps a form that was sent."""
    name = sent.get(TYPED_AS, "")
    return name if _DRAFT.fullmatch(name) else NOBODYS_DRAFT


def known(subject_id: UUID, *, actor: Actor) -> CallerMatch | None:
    """A person by id as far as this actor may see them; None when they are gone."""
    found = people.describe([subject_id])
    return people.as_seen(found[0], actor) if found else None


def reporter_of(ticket: Ticket, *, actor: Actor) -> TicketReporter | None:
    """Seeing the ticket is not seeing who reported it."""
    return TicketReporter.objects.visible_to(actor).filter(ticket=ticket).first()


def tickets_of(subject_ids: Collection[UUID], *, actor: Actor) -> TicketQuerySet:
    """What these people reported, as far as the actor may know that it was they."""
    rows = Ticket.objects.visible_to(actor).known_to_be_of(subject_ids, actor)
    return rows.order_by("-received_at", "-id")


def open_tickets_of(matches: Iterable[CallerMatch], *, actor: Actor) -> list[Ticket]:
    ids = [match.subject_id for match in matches]
    return list(tickets_of(ids, actor=actor).open().for_list()[:MOST_OTHERS]) if ids else []


def contacts_of(subject_id: UUID) -> list[ContactPoint]:
    """Of the person and whoever was merged with them, what signs in first."""
    kin = DataSubject.objects.closure_of([subject_id])
    rows = ContactPoint.objects.filter(subject__in=kin).order_by("-kind", "-login", "pk")
    return list(rows)


def _masked(subject_id: UUID) -> list[dict[str, Any]]:
    rows = contacts_of(subject_id)
    texts = sealing.reveal_many((row.subject_id, SEALED, row.sealed) for row in rows)
    return [
        {
            "kind": str(row.get_kind_display()),
            "icon": "phone" if row.kind == ContactKind.PHONE else "send",
            "masked": (masked := _mask(row.kind, text) if text else "—"),
            "shown": masked,
        }
        for row, text in zip(rows, texts, strict=True)
    ]


def _mask(kind: str, text: str) -> str:
    return mask_phone(text) if kind == ContactKind.PHONE else mask_email(text)


def _consents(subject_id: UUID, at: datetime) -> list[dict[str, Any]]:
    shown = Purpose.objects.filter(pk__in=SHOWN_CONSENTS, needs_consent=True)
    purposes = sorted(shown, key=lambda purpose: SHOWN_CONSENTS.index(purpose.code))
    states = consent.states_towards(purposes, subject_id, at=at)
    return [
        {"label": str(purpose), "given": state == ConsentState.GRANTED, "state": state}
        for purpose in purposes
        for state in [states[purpose.code]]
    ]
