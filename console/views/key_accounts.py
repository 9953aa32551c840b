"""Key accounts: the list, one of them, and the quarter's line with the list behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints import queues
from complaints.account_quarter import AccountQuarter
from complaints.enums import Kind
from complaints.models import Ticket
from console import bench, callers, key_accounts
from console.callers import Card
from console.door import StaffRequest, staff_page
from console.forms.key_accounts import ContactForm
from core import paging
from core.clock import database_now, is_plausible
from core.errors import DeskError
from core.pages import refusals
from core.quarters import Quarter
from organisation import access
from residents.models import KeyAccount
from residents.querysets import VIEW_ACCOUNTS
from residents.services import account_changes, handles, people
from residents.services import accounts as service

SIZE: Final = 30
ORDER: Final = ("id",)


@staff_page(VIEW_ACCOUNTS)
@require_GET
def accounts(request: StaffRequest) -> HttpResponse:
    at = database_now()
    page = _page(request)
    current = Quarter.of(timezone.localdate(at))
    context = {
        "rows": page.rows,
        "quarter": current,
        "last_quarter": current.shifted(-1),
        "following": _url(page.next_cursor),
        "previous": _url(page.previous_cursor),
    }
    return render(request, "console/accounts.html", context)


@staff_page(VIEW_ACCOUNTS)
@require_GET
def account(request: StaffRequest, pk: int) -> HttpResponse:
    return _shown(request, _find(request, pk))


@staff_page(service.EDIT)
@require_POST
def contacts(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Who speaks for it: looked for by a number, which stands in no address, then added."""
    found = _find(request, pk)
    match verb:
        case "find":
            return _people_at(request, found)
        case "add":
            service.add_contact(found, _named(request), actor=request.actor, at=database_now())
            messages.success(request, _("已设为联系人。"))
        case "remove":
            service.remove_contact(found, _named(request), actor=request.actor, at=database_now())
            messages.success(request, _("已不再是联系人。"))
        case _:
            raise Http404
    return redirect("console:account", pk)


def _people_at(request: StaffRequest, found: KeyAccount) -> HttpResponse:
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form=form, status=refusals.INVALID)
    try:
        matches = people.look_up(form.cleaned_data["phone"], actor=request.actor)
    except DeskError as error:
        refusals.show(form, error, at="phone")
        return _shown(request, found, form=form, status=refusals.status_of(error))
    return _shown(request, found, form=form, matches=[callers.card(each) for each in matches])


def _named(request: StaffRequest) -> UUID:
    """Raises NotFound for an old handle."""
    return handles.subject_of(request.POST.get("caller", ""))


def _find(request: StaffRequest, pk: int) -> KeyAccount:
    found = key_accounts.listed(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(
    request: StaffRequest,
    found: KeyAccount,
    *,
    form: ContactForm | None = None,
    matches: list[Card] | None = None,
    status: int = 200,
) -> HttpResponse:
    at = database_now()
    context = {
        "account": found,
        "contacts": key_accounts.contacts(found, request.actor),
        "rows": key_accounts.tickets_of(found, request.actor, at=at, most=SIZE),
        "calls": key_accounts.call_backs_of(found, request.actor),
        "changes": account_changes.latest(found),
        "may_edit": service.EDIT in access.permissions_of(request.actor),
        "form": form or ContactForm(),
        "matches": matches,
        "at": at,
    }
    return render(request, "console/account.html", context, status=status)


@staff_page(VIEW_ACCOUNTS)
@require_GET
def quarter(request: StaffRequest, code: str) -> HttpResponse:
    """The figures up to the moments in the address, which are always shown and can be kept."""
    at = database_now()
    try:
        asked = Quarter.parse(code)
    except ValueError:
        raise Http404 from None
    figures = AccountQuarter.ask(
        asked,
        request.actor,
        at=at,
        cut_off_at=_moment(request, "cut_off"),
        recorded_by=_moment(request, "recorded_by"),
    )
    counts = figures.by_kind()
    page = _tickets(figures, request.GET.get("after", ""))
    kept = {
        "cut_off": figures.cut_off_at.isoformat(),
        "recorded_by": figures.recorded_by.isoformat(),
    }
    context = {
        "figures": figures,
        "complaints": counts[Kind.COMPLAINT],
        "kinds": [(kind, kind.label, count) for kind, count in counts.items()],
        "total": sum(counts.values()),
        "rows": bench.list_rows(page.rows, at=at, query="from=accounts"),
        "kept_url": key_accounts.quarter_url(code, **kept),
        "earlier": None if asked.is_first else asked.shifted(-1),
        "later": asked.shifted(1) if asked.ends_at <= at else None,
        "following": _further(code, kept, page.next_cursor),
        "previous": _further(code, kept, page.previous_cursor),
    }
    return render(request, "console/account_quarter.html", context)


def _page(request: StaffRequest) -> paging.Page[KeyAccount]:
    rows = key_accounts.listed(request.actor)
    return paging.page_or_first(rows, order=ORDER, size=SIZE, cursor=request.GET.get("after"))


def _tickets(figures: AccountQuarter, cursor: str) -> paging.Page[Ticket]:
    rows = figures.tickets().for_list()
    return paging.page_or_first(rows, order=queues.NEWEST, size=SIZE, cursor=cursor)


def _moment(request: StaffRequest, name: str) -> datetime | None:
    """An aware moment of the address; anything else is as if it were not there."""
    try:
        moment = parse_datetime(request.GET.get(name, "").replace(" ", "+"))
    except ValueError:
        return None
    if moment is None or not timezone.is_aware(moment) or not is_plausible(moment):
        return None
    return moment


def _url(cursor: str | None) -> str:
    return f"{reverse('console:accounts')}?after={cursor}" if cursor else ""


def _further(code: str, kept: dict[str, Any], cursor: str | None) -> str:
    return key_accounts.quarter_url(code, **kept, after=cursor) if cursor else ""
