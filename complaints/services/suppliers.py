"""Suppliers on a ticket, and what a project lead does about a contract's complaints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.enums import SupplierRole
from complaints.models import SupplierFollowUp, Ticket, TicketSupplier
from complaints.periods import Period
from complaints.services.act import Act
from core import detect
from core.actors import Actor, ActorKind
from core.errors import InvalidInput, InvalidTransition, NotAllowed, Text
from organisation import access
from organisation.models import Post, Supplier, SupplierContract
from organisation.querysets import paths_above
from organisation.services import suppliers
from organisation.services.posts import local_date
from organisation.supplier_querysets import SPOKEN_OF_FOR

ANALYSE: Final = "suppliers.analyse"
LONGEST_MEASURE: Final = 200
MOST_OWNERS: Final = 60


def about(supplier: Supplier | None, ticket: Ticket) -> list[TicketSupplier]:
    """The unsaved link of a new ticket to the supplier it is about, if any is named. A barred one
    may be complained about, and one whose contract has ended of late: the work was theirs.

    Raises InvalidInput for a supplier that neither works there nor did so lately.
    """
    if supplier is None:
        return []
    here = Supplier.objects.spoken_of_in(ticket.unit, local_date(ticket.received_at))
    if not here.filter(pk=supplier.pk).exists():
        message = _("该供应商在这里没有有效合同，也没有最近 %(days)d 天内结束的合同。")
        raise InvalidInput(fields={"supplier": [message % {"days": SPOKEN_OF_FOR.days}]})
    return [
        TicketSupplier(
            ticket=ticket,
            supplier=supplier,
            role=SupplierRole.ABOUT,
            noted_at=ticket.received_at,
        )
    ]


def await_one(now: Act, supplier: Supplier | None) -> None:
    """Note which supplier the act waits for. Who waits says so wherever suppliers are known.

    Raises InvalidInput.
    """
    on = local_date(now.at)
    here = Supplier.objects.under_contract(now.ticket.unit, on)
    if supplier is None:
        if now.actor.kind is ActorKind.STAFF and here.exists():
            raise InvalidInput(fields={"supplier": [_("请选择等哪一家供应商。")]})
        return
    if not here.filter(pk=supplier.pk).exists():
        raise InvalidInput(fields={"supplier": [_("该供应商在这里没有有效合同。")]})
    try:
        suppliers.require_free(supplier, on=on)
    except suppliers.SupplierBarred as barred:
        raise InvalidInput(fields={"supplier": [str(barred)]}) from None
    TicketSupplier.objects.get_or_create(
        ticket=now.ticket,
        supplier=supplier,
        role=SupplierRole.AWAITED,
        defaults={"noted_at": now.at},
    )


def owners(contract: SupplierContract, at: datetime) -> list[Post]:
    """Who may be made responsible: posts of the contract's unit, below it and above it."""
    path = contract.unit.path
    near = Q(unit__path__startswith=path) | Q(unit__path__in=paths_above(path))
    handling = Q(role__permissions__contains=["tickets.handle"])
    posts = Post.objects.valid_on(local_date(at)).filled().filter(near, handling)
    return list(posts.with_people().order_by("-unit__path", "role__code", "pk")[:MOST_OWNERS])


def follow_up(
    contract: SupplierContract,
    period: Period,
    *,
    measure: str,
    owner: Post,
    due_on: date,
    actor: Actor,
    at: datetime,
) -> SupplierFollowUp:
    """Write down who does what by when. Raises NotAllowed or InvalidInput."""
    access.require(actor, ANALYSE, contract.unit)
    if actor.staff_id is None:
        raise NotAllowed
    wrong = _faults(measure, owner, due_on, contract, at)
    if wrong:
        raise InvalidInput(fields=wrong)
    return SupplierFollowUp.objects.create(
        contract=contract,
        period=period.code,
        measure=detect.mask(measure.strip(), detect.find(measure.strip())),
        owner=owner,
        due_on=due_on,
        written_by_id=actor.staff_id,
        written_at=at,
    )


def finish(entry: SupplierFollowUp, *, actor: Actor, at: datetime) -> SupplierFollowUp:
    """Say that it is done. Raises NotAllowed, or InvalidTransition when it was."""
    access.require(actor, ANALYSE, entry.contract.unit)
    if actor.staff_id is None:
        raise NotAllowed
    won = SupplierFollowUp.objects.filter(pk=entry.pk, done_at=None).update(
        done_at=at, done_by=actor.staff_id
    )
    if not won:
        raise InvalidTransition
    entry.refresh_from_db()
    return entry


def _faults(
    measure: str, owner: Post, due_on: date, contract: SupplierContract, at: datetime
) -> dict[str, list[Text]]:
    wrong: dict[str, list[Text]] = {}
    if not 0 < len(measure.strip()) <= LONGEST_MEASURE:
        wrong["measure"] = [_("请写明措施，最多 200 个字。")]
    if due_on < local_date(at):
        wrong["due_on"] = [_("期限不能早于今天。")]
    filled = Post.objects.valid_on(local_date(at)).filled().filter(pk=owner.pk)
    if not filled.exists() or not _answers_for(owner, contract):
        wrong["owner"] = [_("请选择负责这个小区、有人在任的岗位。")]
    return wrong


def _answers_for(owner: Post, contract: SupplierContract) -> bool:
    above = contract.unit.path.startswith(owner.unit.path)
    return above or owner.unit.path.startswith(contract.unit.path)
