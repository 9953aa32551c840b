"""The cases of a round, one at a time: read, press 1, 2 or 3 for each question, and the next."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import TicketEvent, TicketParty
from console import entries, words
from console.door import StaffRequest, staff_page
from console.forms.quality import NonResponseForm, ScoreForm
from console.views import rounds
from core import paging
from core.actors import Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from organisation import access
from quality.enums import CaseState, NonResponse, RoundState
from quality.material import material
from quality.models import Round, SampleCase
from quality.querysets import CaseQuerySet
from quality.services import inspection

SIZE: Final = 50
ORDER: Final = ("ordinal", "id")
SHOWN: Final = {
    "pending": (gettext_lazy("待检查"), CaseState.PENDING),
    "inspected": (gettext_lazy("已检查"), CaseState.INSPECTED),
    "absent": (gettext_lazy("无法检查"), CaseState.NON_RESPONSE),
}


@staff_page("quality.view")
@require_GET
def cases(request: StaffRequest, public_id: UUID) -> HttpResponse:
    round = rounds.find(public_id, request.actor)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in SHOWN else "pending"
    rows = _of(round, request.actor).filter(state=SHOWN[chosen][1])
    page = _page(rows, request.GET.get("after", ""))
    here = reverse("console:cases", args=[public_id])
    # what a case says is read by those who inspect it (docs/adr/0041); others see how far they are
    may_inspect = access.has(request.actor, rounds.INSPECT)
    context = {
        "round": round,
        "tabs": _tabs(round, chosen, here),
        "cases": page.rows,
        "following": _url(here, chosen, page.next_cursor),
        "previous": _url(here, chosen, page.previous_cursor),
        "may_inspect": may_inspect,
        "next_case": next_case(round, request.actor) if may_inspect else None,
    }
    return render(request, "console/cases.html", context)


@staff_page("quality.inspect")
@require_http_methods(["GET", "POST"])
def inspect(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find(public_id, request.actor)
    items = list(case.round.checklist.items.all())
    form = ScoreForm(request.POST or None, items=items)
    if request.method == "GET":
        return _show(request, case, form)
    status = refusals.INVALID
    if form.is_valid():
        try:
            inspection.score(case, form.cleaned_data, actor=request.actor, at=database_now())
        except DeskError as error:
            _reraise(error)
            refusals.show(form, error)
            status = refusals.status_of(error)
        else:
            return _on(request, case)
    return _show(request, find(public_id, request.actor), form, status=status)


@staff_page("quality.inspect")
@require_POST
def absent(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The case cannot be inspected; it counts as such and is not replaced."""
    case = find(public_id, request.actor)
    form = NonResponseForm(request.POST)
    status = refusals.INVALID
    if form.is_valid():
        reason = NonResponse(form.cleaned_data["reason"])
        try:
            inspection.mark_non_response(case, reason, actor=request.actor, at=database_now())
        except DeskError as error:
            _reraise(error)
            refusals.show(form, error)
            status = refusals.status_of(error)
        else:
            return _on(request, case)
    empty = ScoreForm(items=list(case.round.checklist.items.all()))
    now = find(public_id, request.actor)
    return _show(request, now, empty, absent_form=form, status=status)


@staff_page("quality.inspect")
@require_GET
def following(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The next case that waits for somebody like this inspector."""
    round = rounds.find(public_id, request.actor)
    case = next_case(round, request.actor)
    if case is None:
        return redirect("console:round", public_id)
    return redirect("console:inspect", case.public_id)


def find(public_id: UUID, actor: Actor) -> SampleCase:
    rows = SampleCase.objects.visible_to(actor).select_related(
        "round__checklist", "member__stratum", "inspector"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def next_case(round: Round, actor: Actor) -> SampleCase | None:
    """In the order of the draw, so that stopping early leaves a random sample."""
    if round.state != RoundState.DRAWN:
        return None
    of_case = {"ticket__public_id": OuterRef("member__ticket_public_id"), "staff": actor.staff_id}
    mine = Exists(TicketEvent.objects.filter(**of_case))
    about_me = Exists(TicketParty.objects.filter(**of_case))
    waiting = _of(round, actor).filter(state=CaseState.PENDING).exclude(mine | about_me)
    return waiting.order_by("ordinal").first()


def _of(round: Round, actor: Actor) -> CaseQuerySet:
    rows = SampleCase.objects.visible_to(actor).filter(round=round)
    return rows.select_related("member__stratum", "inspector")


def _show(
    request: StaffRequest,
    case: SampleCase,
    form: ScoreForm,
    *,
    absent_form: NonResponseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = material(case, actor=request.actor)
    context: dict[str, Any] = {
        "case": case,
        "round": case.round,
        "form": form,
        "absent_form": absent_form or NonResponseForm(),
        "open": case.state == CaseState.PENDING and case.round.state == RoundState.DRAWN,
        "scores": case.scores.select_related("item").order_by("item__position"),
        "material": found,
        "total": case.round.cases.count(),
    }
    if found is not None:
        channel = found.ticket.get_channel_display()
        context["entries"] = entries.rows(found.entries, channel=channel, with_photos=False)
        context["category"] = words.category_name(found.ticket.category)
    return render(request, "console/inspect.html", context, status=status)


def _on(request: StaffRequest, case: SampleCase) -> HttpResponse:
    """To the next case, or back to the round after the last."""
    messages.success(request, _("第 %(ordinal)d 件已记下") % {"ordinal": case.ordinal})
    return redirect("console:next_case", case.round.public_id)


def _reraise(error: DeskError) -> None:
    if error.code in ("not_allowed", "not_found"):
        raise error


def _page(rows: CaseQuerySet, cursor: str) -> paging.Page[SampleCase]:
    return paging.page_or_first(rows, order=ORDER, size=SIZE, cursor=cursor)


def _tabs(round: Round, chosen: str, here: str) -> list[dict[str, Any]]:
    counts = {
        "pending": round.pending,  # type: ignore[attr-defined]  # annotated by rounds.find
        "inspected": round.inspected,  # type: ignore[attr-defined]  # as above
        "absent": round.absent,  # type: ignore[attr-defined]  # as above
    }
    return [
        {
            "label": label,
            "count": counts[code],
            "url": f"{here}?show={code}",
            "current": code == chosen,
        }
        for code, (label, _) in SHOWN.items()
    ]


def _url(here: str, chosen: str, cursor: str | None) -> str:
    return f"{here}?show={chosen}&after={cursor}" if cursor else ""
