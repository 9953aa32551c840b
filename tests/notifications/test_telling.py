"""One event, one notice for each recipient, one message for each person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Installation
from notifications.models import Message, Notice
from notifications.services import notices
from tests.factories import A_MORNING, StaffFactory, make_post
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


def test_telling_a_post_writes_notice_message_and_link(company):
    notify(company.manager)

    notice, message = Notice.objects.get(), Message.objects.get()
    assert (notice.post, notice.staff) == (company.manager, company.manager.holder)
    assert (message.staff, message.state, message.due_at) == (notice.staff, "queued", A_MORNING)
    assert list(message.notices.all()) == [notice]


def test_telling_twice_is_telling_once(company, subject):
    source = notify(company.manager, subject=subject)
    notify(company.manager, subject=subject, source=source)

    assert Notice.objects.count() == 2
    assert Message.objects.count() == 2


def test_one_person_in_two_posts_gets_one_message(company):
    second = make_post("region_service_head", company.city, company.manager.holder)
    notify(company.manager, second)

    assert Notice.objects.count() == 2
    assert Message.objects.get().notices.count() == 2


def test_a_vacant_post_has_a_notice_and_nobody_a_message(company):
    notify(make_post("steward", company.city, vacant=True))

    assert Notice.objects.get().staff is None
    assert not Message.objects.exists()


def test_the_stand_in_hears_while_the_holder_is_away(company):
    stand_in = StaffFactory()
    company.manager.stand_in = stand_in
    company.manager.holder_absent_until = A_MORNING.replace(hour=23)
    company.manager.save()
    notify(company.manager)

    assert Notice.objects.get().staff == stand_in


def test_an_absent_holder_without_stand_in_still_has_the_notice(company):
    company.manager.holder_absent_until = A_MORNING.replace(hour=23)
    company.manager.save()
    notify(company.manager)

    assert Notice.objects.get().staff == company.manager.holder


def test_staff_without_an_address_have_the_notice_alone(company):
    company.manager.holder.email = ""
    company.manager.holder.save()
    notify(company.manager)

    assert Notice.objects.exists()
    assert not Message.objects.exists()


def test_nothing_is_told_of_nothing():
    assert notices.tell([], at=A_MORNING) == 0
    assert (
        notices.tell_posts_alike([], source_kind="x", template="t", object_kind="o", at=A_MORNING)
        == 0
    )


def test_the_sweep_tells_as_the_general_form_does(company):
    values = {"source_kind": "tests", "template": "t", "object_kind": "thing", "at": A_MORNING}
    notices.tell_posts_alike([(2, company.manager.pk, 9), (3, company.steward.pk, 8)], **values)

    rows = Notice.objects.order_by("pk").values_list("source_id", "post", "subject", "object_id")
    assert list(rows) == [
        (2, company.manager.pk, None, 9),
        (3, company.steward.pk, None, 8),
    ]


@pytest.mark.parametrize("count", [1, 200])
def test_any_number_of_notices_is_one_statement(company, count):
    rows = [(source, company.manager.pk, 1) for source in range(count)]
    with CaptureQueriesContext(connection) as captured:
        notices.tell_posts_alike(
            rows, source_kind="tests", template="t", object_kind="thing", at=A_MORNING
        )

    assert len(captured) == 1
    assert Message.objects.get().notices.count() == count


def test_messages_of_a_virtual_database_are_born_dropped(company):
    Installation.objects.update(virtual=True)
    notify(company.manager)

    message = Message.objects.get()
    assert (message.state, message.error_code) == ("dropped", "virtual")
    assert Notice.objects.exists()
