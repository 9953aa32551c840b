"""Robots of chat groups: what they repeat, and how they are sent to."""

import datetime as dt
import json

import pytest

from core.actors import SYSTEM
from core.errors import InvalidInput
from notifications.channels.robots import A_MINUTE
from notifications.enums import Channel, Topic
from notifications.models import Message
from notifications.services import endpoints, queue, trials
from notifications.services.delivery import DeliveryResult, deliver_due
from notifications.services.endpoints import NewEndpoint
from tests.factories import A_MORNING, make_post
from tests.notifications.conftest import notify
from tests.notifications.http_server import DINGTALK_SECRET
from tests.notifications.test_endpoints import HOUR, MINUTE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_subscriptions")]

SECOND = dt.timedelta(seconds=1)


def robot(company, server, channel, unit=None, **fields):
    secret = DINGTALK_SECRET if channel is Channel.DINGTALK else ""
    where = unit or company.community
    new = NewEndpoint(channel, "值班群", server.url, where, secret=secret, **fields)
    return endpoints.create(new, actor=SYSTEM, at=A_MORNING)[0]


@pytest.mark.parametrize("channel", [Channel.WECOM, Channel.DINGTALK])
def test_a_robot_repeats_escalations_of_its_unit_to_its_group(company, receiver, template, channel):
    template("escalation", topic=Topic.ESCALATION)
    template("work")
    server = receiver(channel.value)
    robot(company, server, channel)
    source = notify(company.manager, template="escalation")
    notify(company.manager, template="work")
    notify(company.other_manager, template="escalation")

    assert deliver_due(A_MORNING, lanes=[channel]) == DeliveryResult(sent=1)

    (request,) = server.requests
    body = json.loads(request["body"])
    assert body["msgtype"] == "text"
    assert body["text"]["content"] == f"通知 {source}\nzh-hans"


def test_a_robot_of_a_post_hears_of_that_post_alone(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    robot(company, receiver("wecom"), Channel.WECOM, post=company.steward)
    notify(company.manager, template="escalation")
    assert not Message.objects.filter(channel="wecom").exists()
    notify(company.steward, template="escalation")
    assert Message.objects.filter(channel="wecom").count() == 1


def test_a_robot_hears_what_is_below_its_unit_when_it_is_to(company, receiver, template):
    """Its unit, everything under it, nothing beside it and nothing above."""
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    narrow = robot(company, server, Channel.WECOM, company.region)
    wide = robot(company, server, Channel.WECOM, company.region, below=True)
    top = make_post("group_executive", company.group)
    here = [
        notify(post, template="escalation")
        for post in (company.region_head, company.manager, company.steward)
    ]
    notify(company.far_steward, top, template="escalation")

    def heard(endpoint):
        found = Message.objects.filter(endpoint=endpoint)
        return sorted(found.values_list("notices__source_id", flat=True))

    assert heard(wide) == here
    assert heard(narrow) == here[:1]


def test_a_robot_says_once_what_several_posts_are_told(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM, company.region, below=True)
    source = notify(company.manager, company.region_head, company.steward, template="escalation")

    deliver_due(A_MORNING, lanes=[Channel.WECOM])

    (request,) = server.requests
    assert json.loads(request["body"])["text"]["content"] == f"通知 {source}\nzh-hans"


def test_a_robot_of_one_post_cannot_hear_what_is_below(company, receiver):
    with pytest.raises(InvalidInput) as refused:
        robot(company, receiver("wecom"), Channel.WECOM, post=company.manager, below=True)
    assert "below" in refused.value.fields


def test_a_robot_repeats_what_was_chosen_for_it_and_nothing_else(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM, event_kinds=["ticket_urged"])
    notify(company.manager, template="escalation")
    assert not Message.objects.filter(channel="wecom").exists()
    notify(company.manager, template="ticket_urged")
    assert Message.objects.filter(channel="wecom").count() == 1


def test_a_robot_has_no_events_of_webhooks_and_no_messages_to_residents(company, receiver):
    for kind in ("ticket.closed", "ticket_received", "nothing"):
        with pytest.raises(InvalidInput) as refused:
            robot(company, receiver("wecom"), Channel.WECOM, event_kinds=[kind])
        assert "event_kinds" in refused.value.fields


def test_the_text_counts_what_it_does_not_read(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM)
    for _ in range(205):
        notify(company.manager, template="escalation")

    deliver_due(A_MORNING, lanes=[Channel.WECOM])
    assert "205 条通知" in json.loads(server.requests[0]["body"])["text"]["content"]


def test_a_storm_is_one_text_to_the_group_and_secrets_are_none(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    template("secret", topic=Topic.ESCALATION, confidential=True)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM)
    for _ in range(30):
        notify(company.manager, template="escalation")
    hidden = notify(company.manager, template="secret")

    assert deliver_due(A_MORNING, lanes=[Channel.WECOM]).sent == 1
    (request,) = server.requests
    assert "30 条通知" in json.loads(request["body"])["text"]["content"]
    assert f"通知 {hidden}" not in request["body"]
    assert len(json.loads(request["body"])["text"]["content"].encode()) <= 2048

    notify(company.manager, template="secret")
    assert deliver_due(A_MORNING, lanes=[Channel.WECOM]) == DeliveryResult(dropped=1)


@pytest.mark.parametrize(
    ("channel", "deed", "code", "rest"),
    [
        (Channel.WECOM, "error", "wecom_40058", None),
        (Channel.WECOM, "fast", "wecom_45009", MINUTE),
        (Channel.DINGTALK, "error", "dingtalk_310000", None),
        (Channel.DINGTALK, "fast", "dingtalk_130101", 10 * MINUTE),
    ],
)
def test_a_robot_says_no_with_a_200(company, receiver, template, channel, deed, code, rest):
    template("escalation", topic=Topic.ESCALATION)
    endpoint = robot(company, receiver(channel.value, deed), channel)
    notify(company.manager, template="escalation")

    assert deliver_due(A_MORNING, lanes=[channel]).failed == 1

    message = Message.objects.get(channel=channel)
    endpoint.refresh_from_db()
    assert message.error_code == code
    assert endpoint.held_until == (A_MORNING + rest if rest else None)
    assert deliver_due(A_MORNING + HOUR, lanes=[channel]).sent == 1


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (Channel.WECOM, "93000"),  # no such robot, or taken out of its group
        (Channel.DINGTALK, "400013"),  # the group is dissolved
        (Channel.DINGTALK, "400101"),  # no such token
        (Channel.DINGTALK, "400102"),  # stopped
        (Channel.DINGTALK, "400106"),  # no such robot
    ],
)
def test_a_robot_that_is_no_more_is_told_nothing_more(company, receiver, template, channel, code):
    template("escalation", topic=Topic.ESCALATION)
    endpoint = robot(company, receiver(channel.value, code), channel)
    notify(company.manager, template="escalation")
    deliver_due(A_MORNING, lanes=[channel])

    endpoint.refresh_from_db()
    assert not endpoint.active
    notify(company.manager, template="escalation")
    assert not Message.objects.filter(channel=channel, state="queued").exists()


@pytest.mark.parametrize("channel", [Channel.WECOM, Channel.DINGTALK])
def test_a_robot_s_maker_that_is_overloaded_is_left_alone(company, receiver, template, channel):
    template("escalation", topic=Topic.ESCALATION)
    endpoint = robot(company, receiver(channel.value, "-1"), channel)
    notify(company.manager, template="escalation")
    deliver_due(A_MORNING, lanes=[channel])

    endpoint.refresh_from_db()
    assert endpoint.held_until == A_MORNING + 10 * SECOND
    assert deliver_due(A_MORNING + MINUTE, lanes=[channel]).sent == 1


def test_a_wrong_secret_is_noticed_by_the_robot(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("dingtalk")
    new = NewEndpoint(Channel.DINGTALK, "群", server.url, company.community, secret="SECwrong")
    endpoints.create(new, actor=SYSTEM, at=A_MORNING)
    notify(company.manager, template="escalation")

    deliver_due(A_MORNING, lanes=[Channel.DINGTALK])
    assert Message.objects.get(channel="dingtalk").error_code == "dingtalk_310000"


def test_as_many_a_minute_as_its_maker_takes_and_no_more(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM)
    for _ in range(A_MINUTE + 2):
        notify(company.manager, template="escalation")
        deliver_due(A_MORNING, lanes=[Channel.WECOM])

    assert len(server.requests) == A_MINUTE
    deliver_due(A_MORNING + MINUTE + SECOND, lanes=[Channel.WECOM])
    assert len(server.requests) == A_MINUTE  # what is noted at a moment went up to a minute later
    deliver_due(A_MORNING + 2 * MINUTE + SECOND, lanes=[Channel.WECOM])
    assert len(server.requests) == A_MINUTE + 1  # the two that waited are one text
    assert A_MINUTE + trials.A_MINUTE < 20


def test_dead_letters_of_a_robot_keep_their_ids_and_its_pace(company, receiver, template):
    """Each was tried: its id means its own text, and nothing is merged into it."""
    template("escalation", topic=Topic.ESCALATION)
    server = receiver("wecom")
    robot(company, server, Channel.WECOM)
    for _ in range(A_MINUTE + 2):
        notify(company.manager, template="escalation")
    to_robot = Message.objects.filter(channel="wecom")
    to_robot.update(state="dead", attempts=20, error_code="timeout")
    notify(company.manager, template="escalation")

    assert queue.resend(to_robot.dead(), at=A_MORNING) == A_MINUTE + 2
    for minutes in range(6):
        deliver_due(A_MORNING + minutes * MINUTE, lanes=[Channel.WECOM])

    assert set(to_robot.values_list("state", flat=True)) == {"sent"}
    assert len(server.requests) == A_MINUTE + 3
    for message in to_robot:
        assert message.notices.count() == 1
