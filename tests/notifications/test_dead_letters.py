"""Dead letters are listed, to those who run the desk, and can be sent again."""

import pytest
from django.contrib.admin.sites import site
from django.test import RequestFactory

from core.clock import database_now
from notifications.admin import MessageAdmin
from notifications.models import Message
from tests.factories import StaffFactory, make_post
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(company):
    staff = StaffFactory(is_staff=True)
    make_post("administrator", company.group, staff)
    return staff


@pytest.fixture
def dead(company):
    notify(company.manager)
    notify(company.steward)
    Message.objects.filter(staff=company.manager.holder).update(
        state="dead", attempts=20, error_code="smtp_550"
    )
    return Message.objects.get(state="dead")


def test_the_list_opens_on_the_dead_letters(client, administrator, dead):
    client.force_login(administrator, backend="organisation.auth.PostBackend")

    page = client.get("/admin/notifications/message/").content.decode()

    assert str(dead.delivery_id) in page
    assert "smtp_550" in page
    other = Message.objects.exclude(pk=dead.pk).get()
    assert str(other.delivery_id) not in page
    everything = client.get("/admin/notifications/message/?state=all").content.decode()
    assert str(other.delivery_id) in everything


def test_resending_queues_it_anew_under_its_id(client, administrator, dead):
    client.force_login(administrator, backend="organisation.auth.PostBackend")

    client.post(
        "/admin/notifications/message/", {"action": "resend", "_selected_action": [dead.pk]}
    )

    again = Message.objects.get(pk=dead.pk)
    assert (again.state, again.attempts, again.error_code) == ("queued", 0, "resent")
    assert again.delivery_id == dead.delivery_id
    assert again.due_at <= database_now()


def test_who_runs_one_community_sees_nobody_s_messages(client, company, dead):
    local = make_post("administrator", company.community).holder
    client.force_login(local, backend="organisation.auth.PostBackend")
    for page in ("/admin/notifications/message/?state=all", "/console/messages/"):
        assert company.manager.holder.name not in client.get(page).content.decode()
    client.post(
        "/admin/notifications/message/", {"action": "resend", "_selected_action": [dead.pk]}
    )
    client.post("/console/messages/", {"which": "all"})
    assert Message.objects.get(pk=dead.pk).state == "dead"


def test_others_do_not_see_the_list(client, company, dead):
    steward = company.steward.holder
    steward.is_staff = True
    steward.save()
    client.force_login(steward, backend="organisation.auth.PostBackend")

    answer = client.get("/admin/notifications/message/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_a_message_is_neither_added_changed_nor_deleted_by_hand(administrator):
    request = RequestFactory().get("/")
    request.user = administrator
    admin = MessageAdmin(Message, site)

    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
