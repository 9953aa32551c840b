"""What somebody sees by a question whose SQL was made for others of the same shape of scope."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from complaints import opened, reading, repeats
from complaints.models import Ticket, TicketReporter
from complaints.scoped import KEPT, Scoped
from console import bench, shell
from core.actors import SYSTEM, Actor
from organisation import access, shapes
from organisation.models import Staff
from tests.factories import Company, StaffFactory, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db


def everything(model: type) -> Callable[..., QuerySet]:
    return lambda seen: seen(model.objects.all()).order_by("pk")


@pytest.fixture
def question() -> Scoped:
    return Scoped(everything(Ticket))


@pytest.fixture
def tickets(company: Company) -> None:
    """One that is confidential and one that is not in each unit."""
    units = (
        *("group", "region", "other_region", "city"),
        *("community", "other_community", "far_community"),
    )
    caller = make_person("周敏", "13812345678", company.dwelling).subject_id
    for unit in units:
        for kind in ("complaint", "integrity"):
            make_ticket(
                company,
                kind=kind,
                category_code="other",
                dwelling=None,
                unit=getattr(company, unit),
                reporter_subject=caller,
                actor=SYSTEM,
            )


def somebody(*posts: tuple) -> Staff:
    person = StaffFactory()
    for role, unit in posts:
        make_post(role, unit, person)
    return person


def people(company: Company) -> dict[str, Staff]:
    x1, x2, x3 = company.community, company.other_community, company.far_community
    return {
        "one community": somebody(("steward", x1)),
        "another": somebody(("steward", x2)),
        "two": somebody(("steward", x1), ("steward", x2)),
        "two others": somebody(("steward", x2), ("steward", x3)),
        "a city and a community": somebody(("project_manager", company.city), ("steward", x3)),
        "a region": somebody(("region_service_head", company.region)),
        "another region": somebody(("region_service_head", company.other_region)),
        "the group": somebody(("hotline_agent", company.group)),
        "of law, and a community": somebody(("legal_counsel", company.region), ("steward", x1)),
        "reports of corruption": somebody(("discipline_inspector", company.region)),
        "nothing": somebody(),
    }


@pytest.mark.parametrize("model", [Ticket, TicketReporter])
def test_everybody_sees_what_is_theirs_whoever_asked_before(company, tickets, model):
    question = Scoped(everything(model))
    for _once_more in range(2):
        for who, person in people(company).items():
            actor = Actor.staff(person.pk)
            theirs = list(model.objects.visible_to(actor).order_by("pk"))
            assert question(actor) == theirs, who


def test_the_sql_is_made_once_for_all_communities(company, question, tickets):
    seen = [
        {ticket.unit_id for ticket in question(Actor.staff(post.holder_id))}
        for post in (company.steward, company.other_steward, company.far_steward)
    ]
    assert seen == [
        {company.community.pk},
        {company.other_community.pk},
        {company.far_community.pk},
    ]
    assert question._of.cache_info().misses == 1


def test_what_a_worker_keeps_of_all_shapes_leaves_it_below_its_goal(company):
    """Of memory (docs/performance.md): 200 MB."""
    questions = [
        *(opened._seen_by_staff, opened._answered_to_staff, opened._known, reading._events),
        *(repeats._marked, repeats._beside),
        *bench._LISTED.values(),
        *bench._SIZED.values(),
        *shell.COUNTED.values(),
    ]
    manager = Actor.staff(company.manager.holder_id)
    kept = [each._compiled(shapes.of(access.scopes(manager, each._by))) for each in questions]
    gc.collect()
    tracemalloc.start(1)
    for each in kept:
        assert each._kept.sql
    gc.collect()
    weight, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert KEPT * weight < 200_000_000
