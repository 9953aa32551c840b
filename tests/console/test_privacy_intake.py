"""A caller's wish about their data is written down for exactly one person behind the number."""

from __future__ import annotations

import pytest
from django.urls import reverse

from privacy.rights.models import PrivacyRequest
from privacy.rights.services import requests
from residents.services import handles
from tests.console.conftest import Browser
from tests.console.test_privacy import NEW, PHONE, REGISTER, handle_in, page_of, wished
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people):
    return Browser(people.privacy_officer)


def test_a_caller_is_found_masked_and_their_wish_written_down(officer, caller):
    page = officer.send(NEW, phone=PHONE)
    assert "周*" in page
    assert "周敏" not in page
    assert str(caller.subject_id) not in page
    answer = officer.send(
        REGISTER, phone=PHONE, person=handle_in(page), what="name", value="周敏儿"
    )
    request = PrivacyRequest.objects.get()
    assert answer.url == page_of(request)
    assert request.ticket.channel == "hotline"
    assert requests.wished_value(request) == "周敏儿"


def test_a_wish_without_its_value_is_asked_again_with_everything_kept(officer, caller):
    page = officer.send(NEW, phone=PHONE)
    handle = handle_in(page)
    again = officer.send(REGISTER, phone=PHONE, person=handle, what="phone", value="12")
    assert again.status == 422
    assert 'value="12"' in again
    assert handle_in(again) == handle
    assert not PrivacyRequest.objects.exists()


def test_the_same_wish_twice_is_said_in_words(officer, caller):
    wished(caller)
    handle = handle_in(officer.send(NEW, phone=PHONE))
    page = officer.send(REGISTER, phone=PHONE, person=handle, what="delete")
    assert page.status == 422
    assert "同样的请求正在办理中" in page
    running = PrivacyRequest.objects.get()
    assert f'href="{reverse("console:privacy_request", args=[running.public_id])}"' in page


def test_somebody_who_is_not_behind_the_number_cannot_be_chosen(officer, caller):
    other = make_person("别人", "13811112222")
    page = officer.send(
        REGISTER, phone=PHONE, person=handles.handle_of(other.subject_id), what="delete"
    )
    assert page.status == 422
    assert not PrivacyRequest.objects.exists()


@pytest.mark.parametrize(("phone", "said"), [("12", "号码"), ("13899990000", "没有登记这个号码")])
def test_a_number_that_leads_to_nobody_is_said_beside_it(officer, phone, said):
    page = officer.send(NEW, phone=phone)
    assert page.status == 422
    assert said in page
    assert f'value="{phone}"' in page
