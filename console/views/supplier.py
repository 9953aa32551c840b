"""One supplier: contracts, grade by two people, contacts under seal, follow-up by project leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import SupplierFollowUp
from complaints.services import suppliers as analysis
from console import places
from console.door import StaffRequest, staff_page
from console.forms import suppliers as written
from console.forms.reveal import RevealForm
from console.views.suppliers import (
    ANALYSE,
    MANAGE,
    VIEW,
    find,
    find_contract,
    follow_ups_of,
    named,
    period_of,
)
from core.clock import database_now
from core.errors import DeskError, InvalidInput
from core.pages import refusals
from core.pages.once import done_once
from core.phone import display
from organisation import access
from organisation.enums import GradeDecision
from organisation.models import Supplier, SupplierContract
from organisation.services import suppliers
from organisation.services.posts import local_date
from privacy.vault.enums import RevealReason
from privacy.vault.services import disclosure

APPROVE: Final = "suppliers.approve"
NAMES: Final = {"unit": "community"}


@dataclass(frozen=True, slots=True)
class Step:
    """A form of the page and what it does."""

    form: type[forms.Form]
    act: Callable[..., Any]


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    form = written.SupplierForm(request.POST or None)
    if request.method == "GET":
        return render(request, "console/supplier_new.html", {"form": form})
    if form.is_valid():
        try:
            made = suppliers.register(
                suppliers.NewSupplier(**form.cleaned_data), actor=request.actor, at=database_now()
            )
            return redirect("console:supplier", made.code)
        except InvalidInput as error:
            refusals.show(form, error)
    return render(request, "console/supplier_new.html", {"form": form}, status=refusals.INVALID)


@staff_page(VIEW)
@require_GET
def shown(request: StaffRequest, code: str) -> HttpResponse:
    return page(request, find(code, request.actor), at=database_now())


@staff_page(MANAGE)
@require_POST
def step(request: StaffRequest, code: str, name: str) -> HttpResponse:
    """Sign a contract, add a contact, or propose a grade."""
    if name not in STEPS:
        raise Http404
    found, at, wanted = find(code, request.actor), database_now(), STEPS[name]
    form = wanted.form(request.POST)
    if form.is_valid():
        try:
            wanted.act(found, form.cleaned_data, request, at)
            return redirect("console:supplier", code)
        except DeskError as error:
            refusals.show(form, error, NAMES)
    return page(request, found, at=at, filled={name: form}, status=refusals.INVALID)


@staff_page(APPROVE)
@require_POST
def decide(request: StaffRequest, code: str, change_id: int) -> HttpResponse:
    found, at = find(code, request.actor), database_now()
    change = found.grade_changes.filter(pk=change_id).first()
    if change is None:
        raise Http404
    try:
        suppliers.decide(change, request.POST.get("decision", ""), actor=request.actor, at=at)
    except DeskError as error:
        messages.error(request, str(error))
        return page(request, found, at=at, status=refusals.status_of(error))
    return redirect("console:supplier", code)


@staff_page(MANAGE)
@require_POST
def reveal(request: StaffRequest, code: str, contact_id: int) -> HttpResponse:
    """Show a contact's number in clear, on this one page, after the reason is logged."""
    found, at = find(code, request.actor), database_now()
    contact, form = found.contacts.filter(pk=contact_id).first(), RevealForm(request.POST)
    if contact is None:
        raise Http404
    if not form.is_valid():
        return page(request, found, at=at, status=refusals.INVALID)
    clear = disclosure.reveal_field(
        actor=request.actor,
        subject_id=contact.subject_id,
        field=suppliers.PHONE,
        sealed=contact.phone_sealed,
        reason=RevealReason(form.cleaned_data["reason"]),
        at=at,
    )
    return page(request, found, at=at, revealed={contact.pk: display(clear)})


@staff_page(ANALYSE)
@require_http_methods(["GET", "POST"])
def contract(request: StaffRequest, number: str) -> HttpResponse:
    """What is done about one contract; the form writes down another measure."""
    found, at = find_contract(number, request.actor), database_now()
    period = period_of(request, at)
    form = written.FollowUpForm(request.POST or None, owners=analysis.owners(found, at))
    status = 200
    if request.method == "POST":
        status = refusals.INVALID
        if form.is_valid():
            try:
                _follow_up_once(request, found, form, at)
                return redirect(f"{request.path}?period={period.code}")
            except DeskError as error:
                refusals.show(form, error)
                status = refusals.status_of(error)
    context = {
        "contract": found,
        "period": named(period),
        "entries": follow_ups_of(found),
        "form": form,
        "today": local_date(at),
    }
    return render(request, "console/supplier_contract.html", context, status=status)


@staff_page(ANALYSE)
@require_POST
def finish(request: StaffRequest, number: str, entry_id: int) -> HttpResponse:
    found = find_contract(number, request.actor)
    entry = SupplierFollowUp.objects.filter(contract=found, pk=entry_id).first()
    if entry is None:
        raise Http404
    try:
        analysis.finish(entry, actor=request.actor, at=database_now())
    except DeskError as error:
        messages.error(request, str(error))
    return redirect("console:supplier_contract", number)


def page(
    request: StaffRequest,
    found: Supplier,
    *,
    at: datetime,
    filled: dict[str, forms.Form] | None = None,
    revealed: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    contracts = SupplierContract.objects.visible_to(request.actor).filter(supplier=found)
    changes = found.grade_changes.select_related("proposed_by", "decided_by").order_by("-pk")
    may_manage = access.has(request.actor, MANAGE)
    context = {
        "supplier": found,
        "today": local_date(at),
        "barred": found.barred_until is not None and local_date(at) < found.barred_until,
        "contracts": contracts.select_related("unit").order_by("-until_on", "number"),
        "changes": changes,
        "pending": changes.filter(decision=GradeDecision.PENDING).first(),
        "contacts": _contacts(found, revealed or {}) if may_manage else [],
        "reveal_form": RevealForm(),
        "may_manage": may_manage,
        "may_analyse": access.has(request.actor, ANALYSE),
        "may_approve": access.has(request.actor, APPROVE),
        "forms": {name: (filled or {}).get(name) or one.form() for name, one in STEPS.items()},
    }
    return render(request, "console/supplier.html", context, status=status)


def _sign(found: Supplier, said: dict[str, Any], request: StaffRequest, at: datetime) -> None:
    unit = places.community(said.pop("community"), actor=request.actor, permission=MANAGE)
    if unit is None:
        raise InvalidInput(fields={"unit": [_("请选择小区。")]})
    suppliers.sign(found, unit, **said, actor=request.actor, at=at)


def _add_contact(
    found: Supplier, said: dict[str, Any], request: StaffRequest, at: datetime
) -> None:
    suppliers.add_contact(found, **said, actor=request.actor, at=at)


def _propose(found: Supplier, said: dict[str, Any], request: StaffRequest, at: datetime) -> None:
    suppliers.propose(found, **said, actor=request.actor, at=at)


STEPS: Final = {
    "contract": Step(written.ContractForm, _sign),
    "contact": Step(written.ContactForm, _add_contact),
    "grade": Step(written.GradeForm, _propose),
}


def _follow_up_once(
    request: StaffRequest, found: SupplierContract, form: written.FollowUpForm, at: datetime
) -> None:
    def write() -> str:
        entry = analysis.follow_up(
            found, period_of(request, at), **form.cleaned_data, actor=request.actor, at=at
        )
        return str(entry.pk)

    done_once(request, f"supplier:{found.pk}", write, actor=request.actor, at=at)


def _contacts(found: Supplier, revealed: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "name": each.name or "—",
            "phone": revealed.get(each.id) or each.phone or "—",
            "revealed": each.id in revealed,
        }
        for each in suppliers.contacts(found)
    ]
