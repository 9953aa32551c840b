"""The bell: one's own notices, newest first, read when one says so."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import inbox, registry
from notifications.models import Notice
from tests.factories import A_MORNING, make_person
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


def test_staff_see_their_own_newest_first(company, template):
    template()
    first, second = notify(company.manager), notify(company.manager)
    notify(company.steward)

    shown = inbox.of_staff(company.manager.holder_id)

    assert [each.rendered.subject for each in shown] == [f"通知 {second}", f"通知 {first}"]


def test_the_list_goes_on_where_the_page_ended(company, template):
    template()
    for _ in range(3):
        notify(company.manager)
    page = inbox.of_staff(company.manager.holder_id, limit=2)

    rest = inbox.of_staff(company.manager.holder_id, before_id=page[-1].notice.pk)

    assert len(page) == 2
    assert len(rest) == 1


def test_residents_see_theirs_alone(company, template, subject):
    template()
    mine = notify(company.manager, subject=subject)

    (shown,) = inbox.of_subjects([subject])
    assert shown.notice.source_id == mine


def test_the_count_falls_when_notices_are_read(company):
    for _ in range(3):
        notify(company.manager)
    staff_id = company.manager.holder_id
    assert inbox.unread(staff_id).count() == 3

    one = Notice.objects.first()
    assert inbox.mark_read(staff_id, [one.pk], at=A_MORNING) == 1
    assert inbox.unread(staff_id).count() == 2
    assert inbox.mark_read(staff_id, at=A_MORNING) == 2
    assert inbox.unread(staff_id).count() == 0


def test_nobody_marks_the_notices_of_others(company):
    notify(company.manager)

    notices = Notice.objects.values_list("pk", flat=True)
    assert inbox.mark_read(company.steward.holder_id, notices, at=A_MORNING) == 0


def test_counting_stops_at_a_hundred(company):
    subject = make_person().subject_id
    for _ in range(inbox.COUNTED + 5):
        notify(subject=subject)

    assert inbox.unread_count_of([subject]) == 100


def test_a_notice_that_cannot_be_shown_does_not_hide_the_others(company, template):
    template()
    template("broken", render=lambda notice: 1 / 0)
    notify(company.manager)
    notify(company.manager, template="broken")

    assert len(inbox.of_staff(company.manager.holder_id)) == 1


def test_what_notices_are_about_is_loaded_at_once(company, template, monkeypatch):
    monkeypatch.setattr(registry, "_loaders", {})
    asked = []

    def load(notices):
        asked.append(len(notices))
        return {notice.pk: "about" for notice in notices}

    registry.register_loader("thing", load)
    template(render=lambda notice: registry.Rendered(notice.about, ""))
    for _ in range(4):
        notify(company.manager)

    with CaptureQueriesContext(connection) as captured:
        shown = inbox.of_staff(company.manager.holder_id)

    assert [each.rendered.subject for each in shown] == ["about"] * 4
    assert asked == [4]
    assert len(captured) == 1
