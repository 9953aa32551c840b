"""The left pane of the workbench: which list, how it is narrowed, and the rows. The address says
all of it, so that a link shares the view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import BigIntegerField, DateTimeField, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import queues, repeats
from complaints.enums import Kind, Severity
from complaints.models import Category, Ticket
from complaints.querysets import TicketQuerySet
from complaints.queues import BESIDE, QUEUES, AnyAsker, Asker, Queue
from complaints.repeats import Mark
from complaints.scoped import Scoped, Seen
from complaints.services import catalogue
from complaints.services.catalogue import Catalogue
from console import chips, filter_fields, ladders, places, words
from console.context import counted
from console.counting import MOST, Counted, said, to_count
from console.door import StaffRequest
from core import paging
from core.errors import InvalidInput
from core.paging import CursorInvalid, Cut, Page
from organisation import access

SIZE: Final = 30
NO_MARKS: Final[Mapping[int, Mark]] = {}
#: parts of the address that belong to the list, and the page one came from
KEPT: Final = ("from", "show", "q", "kind", "severity", "category", "community", "after")


#: of these, what makes it another list than the first page of all
NARROWING: Final = frozenset(KEPT) - {"from", "show"}


class FilterForm(forms.Form):
    #: every field may be left out, so that none says so
    asks_nothing = True

    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("级别"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    community = forms.CharField(
        label=gettext_lazy("小区"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "filter-communities", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, categories: Sequence[Category] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", "label_suffix": "", **kwargs})
        anything = ("", _("不限"))
        branches = [one for one in categories if "." not in one.code]
        self.fields["kind"].choices = [anything, *Kind.choices]  # type: ignore[attr-defined]
        self.fields["severity"].choices = [anything, *Severity.choices]  # type: ignore[attr-defined]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            anything,
            *((one.code, words.category_name(one)) for one in branches),
        ]


@dataclass(frozen=True, slots=True)
class Bench:
    """What the left pane shows."""

    queue: Queue
    rows: list[dict[str, Any]]
    chips: list[dict[str, Any]]
    filters: SafeString
    filtered: int
    #: of the rows, and of the ticket that is open
    marks: Mapping[int, Mark]
    q: str
    problem: str
    query: str
    previous: str
    following: str
    summary: str


def bench(request: StaffRequest, *, at: datetime, current: Ticket | None = None) -> Bench:
    wanted = _wanted(request.GET)
    queue, offered = _chosen(wanted, request), _offered(request)
    offered = offered if queue in offered else [queue, *offered]
    asker = Asker(request.actor, tuple(post.pk for post in request.user.posts_in_force), at)
    known = catalogue.current() if current is None else catalogue.seen_with(current)
    filters = FilterForm(wanted, categories=categories_of(known))
    rows, problem = _narrowed(Ticket.objects.visible_to(request.actor), filters, wanted, request)
    counts = _counts(_sizes(rows, offered, asker, wanted), request)
    page, problem = _page(rows, queue, asker, wanted, problem)
    marks = repeats.marks([*page.rows, *([current] if current else ())], request.actor)
    return Bench(
        queue=queue,
        rows=[
            {
                **_row(ticket, at, known.rungs, _query(wanted), current),
                "mark": marks.get(ticket.pk),
            }
            for ticket in page.rows
        ],
        chips=[
            _chip(one, queue, counts, wanted)
            for one in offered
            if counts.get(one.code) or one is queue or not one.quiet
        ],
        filters=filter_fields.drawn(filters, wanted, known.stamp),
        marks=marks,
        filtered=sum(bool(wanted.get(name)) for name in filters.fields),
        q=wanted.get("q", ""),
        problem=problem,
        query=_query(wanted),
        previous=_page_url(wanted, page.previous_cursor),
        following=_page_url(wanted, page.next_cursor),
        summary=_("共 %(count)s 件") % {"count": said(counts.get(queue.code, len(page.rows)))},
    )


def categories_of(known: Catalogue) -> list[Category]:
    return [category for category in known.categories.values() if category.active]


def default_queue(request: StaffRequest) -> str:
    """Who answers callers looks at all that is open, who handles at what is theirs."""
    held = access.permissions_of(request.actor)
    return "mine" if "tickets.handle" in held and "callers.lookup" not in held else "open"


def _chosen(wanted: Mapping[str, str], request: StaffRequest) -> Queue:
    """The list that is asked for; else that of the page one came from; else one's own."""
    asked = wanted.get("show", "")
    found = QUEUES.get(asked) or BESIDE.get(asked) or BESIDE.get(wanted.get("from", ""))
    return found or QUEUES[default_queue(request)]


def query_of(request: StaffRequest) -> str:
    """The part of the address that belongs to the list, to be carried from page to page."""
    return _query(_wanted(request.GET))


def list_rows(
    tickets: Sequence[Ticket],
    *,
    at: datetime,
    query: str = "",
    current: Ticket | None = None,
    marks: Mapping[int, Mark] = NO_MARKS,
) -> list[dict[str, Any]]:
    """Rows of a list of tickets read `for_list`; one statement for what ladders say."""
    rungs = ladders.rungs_of({ticket.policy_id for ticket in tickets if ticket.policy_id})
    return [
        {**_row(ticket, at, rungs, query, current), "mark": marks.get(ticket.pk)}
        for ticket in tickets
    ]


def side_rows(tickets: Iterable[Ticket], query: str) -> list[dict[str, Any]]:
    """Rows beside a person or another ticket, read `for_side`. No statement of its own."""
    return [
        {"ticket": ticket, "url": page_of(ticket, query), "title": title_of(ticket)}
        for ticket in tickets
    ]


def page_of(ticket: Ticket, query: str) -> str:
    url = reverse("console:ticket", args=[ticket.public_id])
    return f"{url}?{query}" if query else url


def title_of(ticket: Ticket) -> str:
    """What was said first; where that is gone, what it was about."""
    said = ticket.summary_text
    return said or f"{ticket.get_kind_display()} · {words.category_name(ticket.category)}"


def _row(
    ticket: Ticket, at: datetime, rungs: ladders.Rungs, query: str, current: Ticket | None
) -> dict[str, Any]:
    live = ticket.live_clocks
    return {
        "ticket": ticket,
        "url": page_of(ticket, query),
        "title": title_of(ticket),
        "category": words.category_name(ticket.category),
        "clock": chips.first(live, at=at, rungs=rungs),
        "current": current is not None and ticket.pk == current.pk,
    }


def _wanted(address: QueryDict) -> dict[str, str]:
    return {name: value for name in KEPT if (value := address.get(name, "").strip()[:200])}


def _query(wanted: Mapping[str, str], **changes: str) -> str:
    parts = {**wanted, **changes}
    return urlencode({name: parts[name] for name in KEPT if parts.get(name)})


def _offered(request: StaffRequest) -> list[Queue]:
    """ "Mine" for who handles, "to dispatch" for who assigns, and so on; the rest for everybody."""
    held = access.permissions_of(request.actor)
    needs = {
        "mine": {"tickets.handle"},
        "logged": {"tickets.create"},
        "dispatch": {"tickets.assign"},
        "extensions": {"tickets.extend", "integrity.view"},
    }
    return [queue for code, queue in QUEUES.items() if code not in needs or needs[code] & held]


def _narrowed(
    rows: TicketQuerySet, filters: FilterForm, wanted: Mapping[str, str], request: StaffRequest
) -> tuple[TicketQuerySet, str]:
    """The rows that fit, and in words what of the address could not be used."""
    if not filters.is_valid():
        return rows, _("有的筛选条件无效，已忽略。")
    data = filters.cleaned_data
    for name in ("kind", "severity"):
        if data[name]:
            rows = rows.filter(**{name: data[name]})
    if data["category"]:
        rows = rows.in_category(data["category"])
    if wanted.get("q"):
        rows = rows.matching(wanted["q"], request.actor)
    return _in_community(rows, data["community"], request)


def _in_community(
    rows: TicketQuerySet, typed: str, request: StaffRequest
) -> tuple[TicketQuerySet, str]:
    try:
        unit = places.community(typed, actor=request.actor, permission="tickets.view")
    except InvalidInput as error:
        return rows.none(), str(error.fields["community"][0])
    return (rows.in_unit(unit.code) if unit else rows), ""


def _page(
    rows: TicketQuerySet, queue: Queue, asker: Asker, wanted: Mapping[str, str], problem: str
) -> tuple[Page[Ticket], str]:
    """An old or broken position is the first page, and says so."""
    if queue.code in QUEUES and not NARROWING.intersection(wanted):
        return _first_page(queue, asker), problem
    listed, cursor = queue.pick(rows, asker).for_queue(), wanted.get("after", "")
    try:
        return paging.page(listed, order=queue.order, size=SIZE, cursor=cursor or None), problem
    except CursorInvalid as error:
        return paging.page(listed, order=queue.order, size=SIZE), str(error)


def _sizes(
    rows: TicketQuerySet, offered: Sequence[Queue], asker: Asker, wanted: Mapping[str, str]
) -> dict[str, Counted]:
    kept = {} if (NARROWING - {"after"}).intersection(wanted) else _SIZED
    return {
        one.code: _size(kept[one.code], asker) if one.code in kept else one.pick(rows, asker)
        for one in offered
    }


def _size(question: Scoped[Ticket], asker: Asker) -> Counted:
    return lambda: question.asked(asker.actor, **_asking(asker))


def _asking(asker: Asker) -> dict[str, Any]:
    return {"who": asker.staff, "posts": list(asker.post_ids), "at": asker.at}


def _first_page(queue: Queue, asker: Asker) -> Page[Ticket]:
    """What nearly everybody looks at, its SQL made once for each list and scope."""
    found = _LISTED[queue.code](asker.actor, **_asking(asker))
    return Cut(queue.order, SIZE).page(found)


def _once(queue: Queue, then: Callable[[TicketQuerySet], QuerySet[Ticket, Any]]) -> Scoped[Ticket]:
    """A question about a list, not narrowed by anything; its SQL is made once for each scope."""

    def build(seen: Seen, who: Any, posts: Any, at: Any) -> QuerySet[Ticket, Any]:
        return then(queue.pick(seen(Ticket.objects.all()), AnyAsker(who, posts, at)))

    return Scoped(build, who=BigIntegerField(), posts=queues.POST_IDS, at=DateTimeField())


def _beginning(queue: Queue) -> Scoped[Ticket]:
    return _once(queue, lambda rows: Cut(queue.order, SIZE).of(rows.for_queue(), ()))


_LISTED: Final = {code: _beginning(queue) for code, queue in QUEUES.items()}
_SIZED: Final = {code: _once(queue, to_count) for code, queue in QUEUES.items()}


def _counts(rows: Mapping[str, Counted], request: StaffRequest) -> Mapping[str, int]:
    """How many are in each list, asked together with what the shell counts."""
    found = counted(request, request.user, {f"queue.{code}": one for code, one in rows.items()})
    return {code: found[f"queue.{code}"] for code in rows}


def _page_url(wanted: Mapping[str, str], cursor: str | None) -> str:
    return f"{reverse('console:workbench')}?{_query(wanted, after=cursor)}" if cursor else ""


def _chip(
    queue: Queue, chosen: Queue, counts: Mapping[str, int], wanted: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "label": queue.label,
        "count": said(counts.get(queue.code, 0), most=MOST),
        "url": f"{reverse('console:workbench')}?{_query(wanted, show=queue.code, after='')}",
        "current": queue is chosen,
    }
