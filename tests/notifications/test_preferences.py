"""Who wants to be told how; what waits for a digest; one digest a period."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from notifications.digest import next_digest
from notifications.enums import Channel, Pace, Topic
from notifications.models import Message, MessageNotice, Notice
from notifications.services import digests, preferences, queue
from notifications.services.delivery import DeliveryResult, deliver_due
from notifications.services.queue import PutOff
from tests.factories import A_MORNING, make_post
from tests.notifications.conftest import notify

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
#: A_MORNING is Wednesday 10:00; the next working day begins then
THURSDAY = dt.datetime(2026, 3, 5, 8, 30, tzinfo=SHANGHAI)
MONDAY = dt.datetime(2026, 3, 9, 8, 30, tzinfo=SHANGHAI)
WORK, MAIL = Topic.WORK, Channel.EMAIL


def wants(post, pace, topic=WORK):
    preferences.choose_for_staff(post.holder_id, {(topic, MAIL): pace})


@pytest.mark.django_db
def test_a_day_of_notices_is_one_letter_the_next_morning(company, template, mail_server):
    template()
    mailbox = mail_server()
    wants(company.manager, Pace.DAILY)
    for hour in range(3):
        notify(company.manager, at=A_MORNING + hour * HOUR)
        assert deliver_due(A_MORNING + hour * HOUR) == DeliveryResult(postponed=1)

    assert Notice.objects.count() == 3
    digest = Message.objects.get(digest_at__isnull=False)
    assert digest.due_at == digest.digest_at == THURSDAY
    assert digest.notices.count() == 3
    assert deliver_due(THURSDAY) == DeliveryResult(sent=1)
    (letter,) = mailbox.letters
    assert letter["Subject"] == "汇总：3 条通知"
    assert letter["Message-ID"] == f"<{digest.delivery_id}@localhost>"


@pytest.mark.django_db
def test_a_week_of_notices_waits_for_the_first_working_day(company, template, mail_server):
    template()
    mailbox = mail_server()
    wants(company.manager, Pace.WEEKLY)
    for day in range(3):
        notify(company.manager, at=A_MORNING + day * DAY)
        deliver_due(A_MORNING + day * DAY)

    assert deliver_due(MONDAY - HOUR) == DeliveryResult()
    assert deliver_due(MONDAY) == DeliveryResult(sent=1)
    assert mailbox.letters[0]["Subject"] == "汇总：3 条通知"
    assert deliver_due(MONDAY + 7 * DAY) == DeliveryResult()


@pytest.mark.django_db
def test_one_topic_waits_and_another_goes(company, template, mail_server):
    template("work")
    template("escalation", topic=Topic.ESCALATION)
    mailbox = mail_server()
    wants(company.manager, Pace.DAILY)
    notify(company.manager, template="work")
    urgent = notify(company.manager, template="escalation")

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1, postponed=1)
    assert [letter["Subject"] for letter in mailbox.letters] == [f"通知 {urgent}"]
    assert Message.objects.get(digest_at=THURSDAY).notices.count() == 1


@pytest.mark.django_db
def test_safety_asks_nobody_for_their_wishes(company, template, mail_server):
    template(urgent=True)
    mailbox = mail_server()
    wants(company.manager, Pace.NEVER)
    notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1


@pytest.mark.django_db
def test_who_wants_no_letters_has_the_notice(company, template, mail_server):
    template()
    mailbox = mail_server()
    wants(company.manager, Pace.NEVER)
    notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert Message.objects.get().error_code == "not_wanted"
    assert Notice.objects.get().staff == company.manager.holder
    assert mailbox.letters == []


@pytest.mark.django_db
def test_a_period_has_one_digest_whoever_puts_off(company, template):
    """Two senders at once, or one that died half-way: the unique key decides."""
    template()
    for _ in range(2):
        notify(company.manager)
    first, second = waiting(company.manager)
    assert [queue.put_off([each], MAIL, A_MORNING) for each in (first, second, first)] == [1, 1, 0]

    digest = Message.objects.get()
    assert digest.notices.count() == 2


def waiting(post):
    """Each notice of a person's messages, to be put off until Thursday."""
    links = MessageNotice.objects.filter(message__staff=post.holder)
    return [
        PutOff(link.message_id, link.notice_id, post.holder_id, THURSDAY)
        for link in links.order_by("pk")
    ]


@pytest.mark.django_db
def test_a_digest_that_is_being_sent_takes_nothing_more(company, template, mail_server):
    """It would be marked as sent with what was never in it."""
    template()
    mail_server()
    notify(company.manager)
    queue.put_off(waiting(company.manager), MAIL, A_MORNING)
    assert queue.claim(THURSDAY).message.digest_at == THURSDAY
    notify(company.manager)
    (late,) = [each for each in waiting(company.manager) if not in_digest(each)]

    assert queue.put_off([late], MAIL, A_MORNING) == 0
    assert Message.objects.get(pk=late.message_id).notices.count() == 1


def in_digest(each):
    return Message.objects.get(pk=each.message_id).digest_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 300])
def test_any_number_of_messages_is_put_off_in_as_many_statements(
    company, template, mail_server, count
):
    """And is one letter, which shows twenty, counts the rest and says where they are."""
    template()
    mailbox = mail_server()
    wants(company.manager, Pace.DAILY)
    for _ in range(count):
        notify(company.manager)
    assert Message.objects.count() == count

    with CaptureQueriesContext(connection) as put_off:
        assert deliver_due(A_MORNING, lanes=[MAIL]) == DeliveryResult(postponed=count)
    with CaptureQueriesContext(connection) as sent:
        assert deliver_due(THURSDAY, lanes=[MAIL]) == DeliveryResult(sent=1)

    assert (len(put_off), len(sent)) == (12, 16)
    assert Message.objects.get().notices.count() == count
    (letter,) = mailbox.letters
    assert letter["Subject"] == f"汇总：{count} 条通知"
    content = letter.get_content().replace("\r\n", "\n")
    assert content.count("通知 ") == min(count, 20)
    assert len(content) < 2_000
    if count == 300:
        assert "另有 280 条通知，请登录查看。\nhttp" in content
        assert "/console/notices/\n" in content


@pytest.mark.django_db
def test_many_people_are_put_off_together_and_each_has_one_letter(company, template, mail_server):
    template()
    mailbox = mail_server()
    posts = (company.manager, company.steward, company.engineer)
    for post in posts:
        wants(post, Pace.DAILY)
    notify(*posts)
    notify(*posts)

    with CaptureQueriesContext(connection) as put_off:
        deliver_due(A_MORNING, lanes=[MAIL])

    assert len(put_off) == 12
    assert deliver_due(THURSDAY, lanes=[MAIL]) == DeliveryResult(sent=3)
    assert {letter["To"] for letter in mailbox.letters} == {post.holder.email for post in posts}


@pytest.mark.django_db
def test_nothing_is_left_behind_where_there_are_more_than_one_batch(
    company, template, mail_server, monkeypatch
):
    template("work")
    template("escalation", topic=Topic.ESCALATION)
    mail_server()
    monkeypatch.setattr(digests, "A_BATCH", 2)
    wants(company.manager, Pace.DAILY)
    for number in range(7):
        notify(company.manager, template="escalation" if number % 3 == 0 else "work")

    assert deliver_due(A_MORNING, lanes=[MAIL]) == DeliveryResult(sent=1, postponed=4)
    assert Message.objects.get(digest_at=THURSDAY).notices.count() == 4
    assert Message.objects.get(state="sent").notices.count() == 3


@pytest.mark.django_db
def test_a_wish_that_comes_while_a_lane_is_at_work_is_kept_too(
    company, template, mail_server, monkeypatch
):
    template()
    mailbox = mail_server()
    monkeypatch.setattr(digests, "put_off_due", lambda at, lane: 0)
    wants(company.manager, Pace.DAILY)
    for _ in range(3):
        notify(company.manager)

    assert deliver_due(A_MORNING, lanes=[MAIL]) == DeliveryResult(postponed=1)
    assert mailbox.letters == []
    assert Message.objects.get().digest_at == THURSDAY
    assert Message.objects.get().notices.count() == 3


@pytest.mark.django_db
def test_one_person_in_two_posts_has_two_notices_and_one_digest(company, template, mail_server):
    template()
    mailbox = mail_server()
    second = make_post("region_service_head", company.city, company.manager.holder)
    wants(company.manager, Pace.DAILY)
    notify(company.manager, second)
    deliver_due(A_MORNING)
    deliver_due(THURSDAY)

    assert Notice.objects.count() == 2
    assert [letter["Subject"] for letter in mailbox.letters] == ["汇总：2 条通知"]


@pytest.mark.django_db
def test_a_resident_says_no_to_a_channel(template, mail_server, address, subject):
    template()
    address(subject)
    mailbox = mail_server()
    preferences.choose_for_subject(subject, {(Topic.PROGRESS, MAIL): Pace.NEVER})
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert mailbox.letters == []
    preferences.choose_for_subject(subject, {(Topic.PROGRESS, MAIL): Pace.AT_ONCE})
    notify(subject=subject)
    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)


@pytest.mark.django_db
def test_what_nobody_can_choose_is_refused(company, subject):
    with pytest.raises(InvalidInput):
        preferences.choose_for_subject(subject, {(Topic.PROGRESS, MAIL): Pace.DAILY})
    with pytest.raises(InvalidInput):
        preferences.choose_for_staff(
            company.manager.holder_id, {(Topic.WORK, Channel.SMS): Pace.NEVER}
        )


# --- when a digest goes ---------------------------------------------------------------------------

MOMENTS = st.integers(0, 5_000_000).map(lambda each: A_MORNING + dt.timedelta(minutes=each))
WHEN = dt.time(8, 30)


def weekdays(day):
    return day.isoweekday() < 6


@given(MOMENTS, st.sampled_from([Pace.DAILY, Pace.WEEKLY]))
def test_a_digest_is_later_and_on_a_working_day(at, pace):
    found = next_digest(at, pace, when=WHEN, zone=SHANGHAI, works=weekdays)
    assert found > at
    assert weekdays(found.date())
    assert found.time() == WHEN
    assert found - at <= dt.timedelta(days=8 if pace is Pace.WEEKLY else 4)


@given(MOMENTS, st.sampled_from([Pace.DAILY, Pace.WEEKLY]))
def test_no_earlier_moment_would_have_served(at, pace):
    """Periods do not overlap: until a digest goes, everything waits for the same one."""
    found = next_digest(at, pace, when=WHEN, zone=SHANGHAI, works=weekdays)
    just_before = found - dt.timedelta(microseconds=1)
    assert next_digest(just_before, pace, when=WHEN, zone=SHANGHAI, works=weekdays) == found
    assert next_digest(found, pace, when=WHEN, zone=SHANGHAI, works=weekdays) > found


def test_after_a_holiday_the_week_begins_with_its_first_working_day():
    rests = {dt.date(2026, 3, 9), dt.date(2026, 3, 10)}

    def works(day):
        return weekdays(day) and day not in rests

    found = next_digest(A_MORNING, Pace.WEEKLY, when=WHEN, zone=SHANGHAI, works=works)
    assert found == dt.datetime(2026, 3, 11, 8, 30, tzinfo=SHANGHAI)


def test_a_calendar_without_end_does_not_loop():
    found = next_digest(A_MORNING, Pace.DAILY, when=WHEN, zone=SHANGHAI, works=lambda day: False)
    assert found > A_MORNING
