"""Repeats of one home and group matters of one building by API: what the pages know, as far as the
caller may know of it."""

import datetime as dt

import pytest

from complaints.enums import Protection
from complaints.models import TicketLink, TicketParty
from core.clock import database_now
from organisation.models import Dwelling
from tests.complaints.api.conftest import staff_caller
from tests.factories import make_person, make_ticket

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def manager(company):
    return staff_caller(company.manager.holder)


@pytest.fixture
def homes(company):
    return [
        Dwelling.objects.create(building=company.building, room=f"1-{number}")
        for number in range(201, 211)
    ]


def report(company, home, hours=1, **fields):
    return make_ticket(company, dwelling=home, at=database_now() - hours * HOUR, **fields)


@pytest.fixture
def group(company, homes):
    """Three homes of one building these days, the oldest first."""
    return [report(company, home, 9 - n) for n, home in enumerate(homes[:3])]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def said(*tickets):
    return [str(ticket.public_id) for ticket in tickets]


class TestRepeats:
    def test_of_a_ticket_lie_before_and_after_it(self, company, steward):
        first, second, third = (report(company, company.dwelling, hours) for hours in (9, 6, 3))
        answer = steward.get(f"/api/v1/tickets/{second.public_id}/repeats/")
        assert ids(answer) == said(third, first)
        assert answer.json()["within_days"] == 30

    def test_as_a_list_say_how_often_before(self, company, steward, homes):
        first, second, third = (report(company, company.dwelling, hours) for hours in (9, 6, 3))
        report(company, homes[0], 2)
        rows = steward.get("/api/v1/repeats/").json()["results"]
        assert [(row["id"], row["earlier"]) for row in rows] == [
            (str(third.public_id), 2),
            (str(second.public_id), 1),
        ]
        assert (
            steward.get("/api/v1/repeats/", {"unit": company.far_community.code}).json()["results"]
            == []
        )
        assert str(first.public_id) not in str(rows)

    def test_as_a_list_go_back_so_many_days(self, company, steward):
        first, second = (report(company, company.dwelling, 24 * days) for days in (40, 35))
        assert ids(steward.get("/api/v1/repeats/")) == []
        assert ids(steward.get("/api/v1/repeats/", {"days": 60})) == said(second)
        assert first.received_at < second.received_at
        wrong = steward.get("/api/v1/repeats/", {"days": 91})
        assert [each["field"] for each in wrong.json()["errors"]] == ["days"]

    def test_a_protected_reporter_is_never_compared(self, company, steward, agent):
        """The row that would leak: a report of somebody whom the site may not know."""
        somebody = make_person(dwelling=company.dwelling).subject_id
        secret = report(
            company, company.dwelling, 9,
            reporter_subject=somebody, protection=Protection.PROTECTED,
        )  # fmt: skip
        plain = report(company, company.dwelling, 3, reporter_subject=somebody)
        for ticket in (secret, plain):
            assert ids(steward.get(f"/api/v1/tickets/{ticket.public_id}/repeats/")) == []
        assert ids(steward.get("/api/v1/repeats/")) == []
        # the hotline knows who it was
        assert ids(agent.get("/api/v1/repeats/")) == said(plain)

    def test_what_names_the_caller_does_not_count(self, company, steward):
        about = report(company, company.dwelling, 9)
        TicketParty.objects.create(ticket=about, staff=company.steward.holder, role="named")
        again = report(company, company.dwelling, 3)
        assert ids(steward.get("/api/v1/repeats/")) == []
        assert ids(steward.get(f"/api/v1/tickets/{again.public_id}/repeats/")) == []
        assert steward.get(f"/api/v1/tickets/{about.public_id}/repeats/").status_code == 404

    def test_out_of_scope_there_is_nothing(self, company):
        first = report(company, company.dwelling, 9)
        report(company, company.dwelling, 3)
        far = staff_caller(company.far_steward.holder)
        assert ids(far.get("/api/v1/repeats/")) == []
        for part in ("repeats", "group"):
            assert far.get(f"/api/v1/tickets/{first.public_id}/{part}/").status_code == 404

    def test_the_list_is_for_staff(self, resident):
        for address in ("repeats", "group-matters", "queues", "escalations", "callbacks"):
            assert resident.get(f"/api/v1/{address}/").status_code == 403, address

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_many(self, company, steward, homes, count,
                                     django_assert_num_queries):  # fmt: skip
        for home in homes[:count]:
            report(company, home, 9)
            report(company, home, 3)
        with django_assert_num_queries(5):
            answer = steward.get("/api/v1/repeats/")
        assert len(answer.json()["results"]) == count

    @pytest.mark.parametrize("count", [1, 3])
    def test_of_a_ticket_cost_the_same_for_many(self, company, steward, count,
                                                django_assert_num_queries):  # fmt: skip
        ticket = report(company, company.dwelling, 9)
        for hours in range(1, count + 1):
            report(company, company.dwelling, hours)
        with django_assert_num_queries(6):
            answer = steward.get(f"/api/v1/tickets/{ticket.public_id}/repeats/")
        assert len(answer.json()["results"]) == count


class TestGroups:
    def test_are_a_list_of_buildings_and_categories(self, company, manager, group):
        answer = manager.get("/api/v1/group-matters/").json()
        assert (answer["within_days"], answer["from_homes"]) == (7, 3)
        (row,) = answer["results"]
        assert (row["building"], row["category"], row["homes"], row["tickets"], row["open"]) == (
            company.building.pk, "noise", 3, 3, 3,
        )  # fmt: skip
        assert (row["building_name"], row["unit"]) == ("1 栋", company.community.name)

    def test_of_a_ticket_are_the_others_of_the_building(self, manager, group):
        answer = manager.get(f"/api/v1/tickets/{group[0].public_id}/group/")
        assert ids(answer) == said(group[2], group[1])

    def test_have_their_tickets_behind_them(self, company, manager, group):
        address = f"/api/v1/group-matters/{company.building.pk}/noise/"
        assert ids(manager.get(address)) == said(*group)
        page = manager.get(address, {"size": 2}).json()
        rest = manager.get(address, {"size": 2, "cursor": page["next"]})
        assert ids(rest) == said(group[2])

    def test_are_paged(self, company, manager, homes):
        for code in ("noise", "parking", "lifts"):
            for home in homes[: 4 if code == "lifts" else 3]:
                report(company, home, category_code=code)
        first = manager.get("/api/v1/group-matters/", {"size": 1}).json()
        second = manager.get("/api/v1/group-matters/", {"size": 1, "cursor": first["next"]}).json()
        third = manager.get("/api/v1/group-matters/", {"size": 1, "cursor": second["next"]}).json()
        pages = [page["results"][0]["category"] for page in (first, second, third)]
        assert pages[0] == "lifts"
        assert set(pages) == {"lifts", "noise", "parking"}
        assert third["next"] is None
        back = manager.get("/api/v1/group-matters/", {"size": 1, "cursor": third["previous"]})
        assert back.json()["results"] == second["results"]

    def test_are_made_of_what_is_in_scope_alone(self, company, manager, group):
        """With the ticket that names the manager, there would be three homes."""
        TicketParty.objects.create(ticket=group[0], staff=company.manager.holder, role="named")
        assert ids_of_groups(manager) == []
        address = f"/api/v1/group-matters/{company.building.pk}/noise/"
        assert manager.get(address).status_code == 404
        assert manager.post(f"{address}merge/").status_code == 404
        stranger = staff_caller(company.other_manager.holder)
        assert ids_of_groups(stranger) == []
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}merge/").status_code == 404
        assert not TicketLink.objects.exists()

    def test_are_merged_in_one_call_and_once(self, company, manager, group):
        address = f"/api/v1/group-matters/{company.building.pk}/noise/merge/"
        answer = manager.post(address).json()
        assert (answer["main"], answer["reference"]) == (
            str(group[0].public_id),
            group[0].reference,
        )
        assert (answer["merged"], answer["refused"]) == (said(*group[1:]), [])
        assert manager.post(address).json()["merged"] == []
        assert TicketLink.objects.merges().count() == 2

    def test_what_does_not_fit_stays_and_is_named(self, company, manager, homes, group):
        pressing = report(company, homes[3], severity="safety")
        answer = manager.post(f"/api/v1/group-matters/{company.building.pk}/noise/merge/").json()
        assert answer["merged"] == said(*group[1:])
        (refused,) = answer["refused"]
        assert (refused["ticket"], refused["code"]) == (str(pressing.public_id), "invalid_input")
        assert "对方级别较低" in refused["detail"]

    def test_who_may_not_dispatch_merges_nothing(self, company, steward, group):
        address = f"/api/v1/group-matters/{company.building.pk}/noise/merge/"
        assert steward.post(address).status_code == 403
        assert not TicketLink.objects.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_cost_the_same_for_many(self, company, manager, homes, count,
                                    django_assert_num_queries):  # fmt: skip
        for code in ("noise", "parking", "lifts")[:count]:
            for home in homes[:3]:
                report(company, home, category_code=code)
        with django_assert_num_queries(4):
            answer = manager.get("/api/v1/group-matters/")
        assert len(answer.json()["results"]) == count


def ids_of_groups(caller):
    return [(row["building"], row["category"]) for row in
            caller.get("/api/v1/group-matters/").json()["results"]]  # fmt: skip
