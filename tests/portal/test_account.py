"""My home, who lives there, my language and what I was told."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from complaints.services import timeline
from core.actors import SYSTEM
from core.clock import database_now
from notifications.models import Notice
from notifications.services import preferences
from residents.enums import OccupancyRole
from residents.services import devices, people
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

ACCOUNT, NOTICES = reverse("portal:account"), reverse("portal:notices")


def test_my_home_and_who_lives_there_masked(resident, company, neighbour):
    page = resident.get(ACCOUNT).content.decode()
    assert "1-101" in page
    assert "李*（业主）" in page
    assert "李四" not in page
    assert company.community.legal_entity.name in page


def test_people_of_another_home_are_not_shown(resident, company):
    from organisation.models import Dwelling

    other = Dwelling.objects.create(building=company.building, room="2-202")
    make_person("王五", "13700001111", other)
    assert "王*" not in resident.get(ACCOUNT).content.decode()


def test_who_moved_out_is_no_housemate(resident, company):
    gone = make_person("王五", "13700001111", company.dwelling, role=OccupancyRole.TENANT)
    home = str(company.dwelling.public_id)
    people.move_out(gone.subject_id, home, actor=SYSTEM, at=A_MORNING)
    assert "王*" not in resident.get(ACCOUNT).content.decode()


def test_the_household_costs_the_same_however_many_they_are(
    resident, company, django_assert_num_queries
):
    make_person("王五", "13700001111", company.dwelling)
    resident.get(ACCOUNT)
    # device; now; homes; closure; household; its people; language; the tab's count
    with django_assert_num_queries(9):
        resident.get(ACCOUNT)
    make_person("赵六", "13700002222", company.dwelling)
    make_person("钱七", "13700003333", company.dwelling)
    with django_assert_num_queries(9):
        assert resident.get(ACCOUNT).content.decode().count("（业主）") == 3


def test_who_wants_no_calls_says_so_by_page_and_by_api(resident, person, company):
    page = resident.post(reverse("portal:choose_channels"), {"do_not_call": "on"}, follow=True)
    assert 'name="do_not_call" checked' in page.content.decode()
    person.refresh_from_db()
    assert person.do_not_call
    caller = APIClient()
    token = devices.issue(person.subject_id, at=database_now()).token
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert caller.get("/api/v1/me/").json()["do_not_call"] is True
    assert caller.patch("/api/v1/me/", {"do_not_call": False}, format="json").status_code == 200
    person.refresh_from_db()
    assert not person.do_not_call


def test_the_language_is_kept_for_messages_and_for_this_device(resident, person):
    address = reverse("portal:choose_language")
    response = resident.post(address, {"language": "en"})
    assert response["Location"] == ACCOUNT
    assert response.cookies["django_language"].value == "en"
    person.refresh_from_db()
    assert person.preferred_language == "en"


def test_a_language_that_is_none_changes_nothing(resident, person):
    resident.post(reverse("portal:choose_language"), {"language": "xx"})
    person.refresh_from_db()
    assert person.preferred_language == "zh-hans"


class TestNotices:
    def test_they_lead_to_the_ticket_and_are_new_once(self, resident, my_ticket):
        page = resident.get(NOTICES).content.decode()
        assert "您的报事已受理" in page
        assert f"/tickets/{my_ticket.public_id}/" in page
        assert "badge--accent" in page
        assert "badge--accent" not in resident.get(NOTICES).content.decode()

    def test_the_list_of_tickets_says_that_there_are_new_ones(self, resident, my_ticket):
        timeline.reply(my_ticket, actor=SYSTEM, text="好的", at=database_now())
        assert "2 条新通知" in resident.get(reverse("portal:tickets")).content.decode()
        resident.get(NOTICES)
        assert "条新通知" not in resident.get(reverse("portal:tickets")).content.decode()

    def test_those_of_others_are_not_shown_and_stay_unread(self, neighbour, my_ticket):
        assert "还没有通知" in neighbour.get(NOTICES).content.decode()
        assert Notice.objects.get(subject__isnull=False).read_at is None

    def test_a_request_about_data_is_not_called_a_report(self, resident, codes):
        said = {"field": "email", "value": "a@desk.example"}
        resident.post(reverse("portal:correct"), said)
        page = resident.get(NOTICES).content.decode()
        assert "您的个人信息请求已收到" in page
        assert "报事已受理" not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_however_long(
        self, resident, my_ticket, count, django_assert_num_queries
    ):
        for _ in range(count - 1):
            timeline.reply(my_ticket, actor=SYSTEM, text="好的", at=database_now())
        resident.get(NOTICES)
        # device; closure; notices; tickets; events; now; marked as read; the tab's count
        with django_assert_num_queries(9):
            page = resident.get(NOTICES).content.decode()
        assert len(re.findall(r'class="row"', page)) == count

    def test_older_ones_are_on_the_next_page(self, resident, company, person, actor, monkeypatch):
        monkeypatch.setattr("portal.views.account.PAGE", 2)
        for _ in range(3):
            make_ticket(company, reporter_subject=person.subject_id, actor=actor)
        first = resident.get(NOTICES).content.decode()
        following = re.search(r'href="(\?before=\d+)"', first).group(1)
        second = resident.get(NOTICES + following).content.decode()
        assert [page.count('class="row"') for page in (first, second)] == [2, 1]
        assert 'href="?before=' not in second


class TestChannels:
    """A resident says how the desk may tell them how a report goes."""

    def test_what_is_not_ticked_is_not_used(self, resident, person):
        assert 'value="email" checked' in resident.get(reverse("portal:account")).content.decode()

        resident.post(reverse("portal:choose_channels"), {"channel": ["sms"]})

        kept = preferences.of_subject(person.subject_id)
        assert kept == {("progress", "email"): "never", ("progress", "sms"): "at_once"}
        page = resident.get(reverse("portal:account")).content.decode()
        assert 'value="email" checked' not in page
        assert 'value="sms" checked' in page
