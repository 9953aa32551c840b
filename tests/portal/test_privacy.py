"""The privacy centre: switches that work in one tap, who looked, and other devices."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core.actors import Actor
from core.clock import database_now
from privacy.vault import purposes
from privacy.vault.enums import Application, ConsentOutcome, EvidenceKind, RevealReason
from privacy.vault.models import ConsentEvent, PolicyDocument
from privacy.vault.services import consent, disclosure, policies
from residents.models import DeviceToken, Person
from residents.services import people
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db

CENTRE = reverse("portal:privacy")


def switch(client, purpose, on):
    return client.post(reverse("portal:consent", args=[purpose]), {"on": "1" if on else "0"})


def switches(client):
    """Purpose to whether its switch is on, as a screen reader would say it."""
    page = client.get(CENTRE).content.decode()
    found = re.findall(r'consents/(\w+)/".*?aria-checked="(\w+)"', page, re.DOTALL)
    return {purpose: state == "true" for purpose, state in found}


def states(person):
    return consent.states(person.subject_id, at=database_now())


class TestConsents:
    def test_only_what_rests_on_consent_can_be_switched(self, resident):
        shown = switches(resident)
        assert purposes.SATISFACTION_SURVEY in shown
        assert purposes.TICKET_HANDLING not in shown
        assert purposes.VISITOR_REGISTRATION not in shown  # not named in this policy
        assert not any(shown.values())

    def test_one_tap_agrees_and_one_tap_withdraws(self, resident, person):
        switch(resident, purposes.COMMUNITY_NEWS, on=True)
        assert states(person)[purposes.COMMUNITY_NEWS] == "granted"
        assert switches(resident)[purposes.COMMUNITY_NEWS]
        switch(resident, purposes.COMMUNITY_NEWS, on=False)
        assert states(person)[purposes.COMMUNITY_NEWS] == "withdrawn"
        assert not switches(resident)[purposes.COMMUNITY_NEWS]

    def test_the_record_names_the_policy_shown_the_click_and_the_device(self, resident, person):
        resident.post(
            reverse("portal:consent", args=[purposes.MARKETING]),
            {"on": "1"},
            headers={"user-agent": "Firefox on a telephone"},
        )
        event = ConsentEvent.objects.get()
        assert event.outcome == ConsentOutcome.GRANTED
        assert event.policy.application == Application.RESIDENTS_APP
        assert event.evidence_kind == EvidenceKind.CLICK
        assert event.actor_kind == "reporter"
        assert b"Firefox" not in bytes(event.device_sealed)

    def test_a_tap_that_changes_nothing_writes_nothing(self, resident, person):
        switch(resident, purposes.MARKETING, on=False)
        assert not ConsentEvent.objects.exists()
        for _ in range(2):
            switch(resident, purposes.MARKETING, on=True)
        assert ConsentEvent.objects.count() == 1

    @pytest.mark.parametrize("purpose", [purposes.TICKET_HANDLING, purposes.VIDEO_ZONE, "nothing"])
    def test_what_the_policy_does_not_ask_about_cannot_be_agreed_to(self, resident, purpose):
        assert switch(resident, purpose, on=True).status_code == 404
        assert not ConsentEvent.objects.exists()

    def test_agreeing_is_no_link(self, resident):
        address = reverse("portal:consent", args=[purposes.MARKETING])
        assert resident.get(address).status_code == 405

    def test_a_changed_policy_ends_what_was_agreed_and_says_so(self, resident, person):
        switch(resident, purposes.MARKETING, on=True)
        draft = policies.Draft(
            application=Application.RESIDENTS_APP,
            language="zh-hans",
            version=2,
            text="# 新",
            purposes=[purposes.MARKETING],
            changed=[purposes.MARKETING],
        )
        at = database_now()
        policies.publish(draft, actor=Actor.staff(1), at=at)
        page = resident.get(CENTRE).content.decode()
        assert "政策有变化，原来的同意已失效" in page
        assert switches(resident) == {purposes.MARKETING: False}


class TestWhoLooked:
    def reveal(self, person, post, at):
        return disclosure.reveal_field(
            actor=Actor.staff(post.holder_id),
            subject_id=person.subject_id,
            field=people.NAME,
            sealed=Person.objects.get(pk=person.pk).name_sealed,
            reason=RevealReason.VERIFY_CALLER,
            at=at,
        )

    def test_a_role_a_date_and_a_reason_but_no_name(self, resident, person, company):
        self.reveal(person, company.agent, database_now())
        page = resident.get(reverse("portal:seen")).content.decode()
        assert company.agent.role.name in page
        assert "核对来电人身份" in page
        assert company.agent.holder.name not in page

    def test_who_held_no_post_on_that_day_is_a_member_of_staff(self, resident, person, company):
        at = database_now()
        company.agent.valid_from = at.date() + timedelta(days=2)
        company.agent.save(update_fields=["valid_from"])
        self.reveal(person, company.agent, at)
        assert "工作人员" in resident.get(CENTRE).content.decode()

    def test_others_are_not_told(self, neighbour, person, company):
        self.reveal(person, company.agent, database_now())
        assert "核对来电人身份" not in neighbour.get(reverse("portal:seen")).content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_however_long(
        self, resident, person, company, count, django_assert_num_queries
    ):
        for _ in range(count):
            self.reveal(person, company.agent, database_now())
        resident.get(reverse("portal:seen"))
        # device; closure; log; posts; the tab's count
        with django_assert_num_queries(5):
            page = resident.get(reverse("portal:seen")).content.decode()
        assert page.count("核对来电人身份") == count


def test_what_is_on_file_is_masked(resident):
    page = resident.get(CENTRE).content.decode()
    assert "张*" in page
    assert "138****5678" in page
    assert "张三丰" not in page
    assert "13812345678" not in page


class TestDevices:
    def test_the_others_are_signed_out_and_this_one_stays(self, person):
        here, there = client_of(person), client_of(person)
        assert "还有 1 台设备" in here.get(CENTRE).content.decode()
        here.post(reverse("portal:sign_out_others"))
        assert there.get(CENTRE).status_code == 302
        assert "只有这台设备登录着" in here.get(CENTRE).content.decode()

    def test_those_of_others_are_left_alone(self, person, neighbour, resident):
        resident.post(reverse("portal:sign_out_others"))
        assert neighbour.get(CENTRE).status_code == 200
        assert DeviceToken.objects.filter(revoked_at__isnull=True).count() == 2


class TestPolicy:
    def test_each_version_keeps_its_address(self, client, db):
        old = PolicyDocument.objects.get(language="zh-hans")
        draft = policies.Draft(
            application=Application.RESIDENTS_APP,
            language="zh-hans",
            version=2,
            text="# 第二版政策",
            purposes=[purposes.MARKETING],
        )
        policies.publish(draft, actor=Actor.staff(1), at=database_now())
        assert "第二版政策" in client.get("/policy/").content.decode()
        first = client.get("/policy/1/").content.decode()
        assert "住户服务隐私政策" in first
        assert old.sha256[:16] in first
        assert 'href="/policy/2/"' in first

    def test_a_version_nobody_wrote_is_not_there(self, client, db):
        assert client.get("/policy/7/").status_code == 404

    def test_it_is_read_in_english_too(self, client, db):
        page = client.get("/policy/", headers={"accept-language": "en"}).content.decode()
        assert "Privacy policy of the resident service" in page
