"""Robots and webhooks against servers that do not always want them."""

import datetime as dt
import json

import pytest

from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotAllowed, NotFound
from notifications import registry
from notifications.channels import standard_webhooks
from notifications.enums import Channel
from notifications.models import Endpoint, Message, Occurrence
from notifications.services import endpoints, sealed, subscriptions
from notifications.services.delivery import DeliveryResult, deliver_due
from notifications.services.endpoints import NewEndpoint
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_subscriptions")]
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def webhook(company, server, kinds=("ticket.received",), unit=None):
    new = NewEndpoint(Channel.WEBHOOK, "集成", server.url, unit or company.group, event_kinds=kinds)
    return endpoints.create(new, actor=SYSTEM, at=A_MORNING)


def sent_ids():
    return {str(each) for each in Message.objects.values_list("delivery_id", flat=True)}


# --- webhooks ---------------------------------------------------------------------------------


def test_a_webhook_hears_by_numbers_alone_and_can_check_who_speaks(company, receiver):
    server = receiver("webhook")
    endpoint, secret = webhook(company, server)
    ticket = make_ticket(company, body="李四 13912345678 家漏水")

    assert deliver_due(A_MORNING, lanes=[Channel.WEBHOOK]) == DeliveryResult(sent=1)

    (request,) = server.requests
    assert json.loads(request["body"]) == {
        "type": "ticket.received",
        "timestamp": A_MORNING.isoformat(),
        "data": {
            "ticket": str(ticket.public_id),
            "event": ticket.events.get(kind="received").pk,
            "unit": company.community.code,
        },
    }
    headers, body = request["headers"], request["body"].encode()
    standard_webhooks.verify(secret, headers, body, A_MORNING)
    assert headers["webhook-id"] == str(Message.objects.get(endpoint=endpoint).delivery_id)
    for forged in (body + b" ", body.replace(b"received", b"resolved")):
        with pytest.raises(standard_webhooks.SignatureInvalid):
            standard_webhooks.verify(secret, headers, forged, A_MORNING)
    with pytest.raises(standard_webhooks.SignatureInvalid):
        standard_webhooks.verify(secret, headers, body, A_MORNING + 6 * MINUTE)


def test_it_hears_of_its_own_units_and_kinds_and_of_nothing_confidential(company, receiver):
    server = receiver("webhook")
    webhook(company, server, unit=company.other_region)
    webhook(company, server, kinds=["ticket.closed"])
    make_ticket(company)
    assert not Occurrence.objects.exists()

    webhook(company, server)
    make_ticket(
        company,
        kind="integrity",
        category_code="staff_conduct",
        dwelling=None,
        unit=company.community,
    )
    assert not Occurrence.objects.exists()
    make_ticket(company)
    assert Occurrence.objects.count() == 1


def test_an_event_is_announced_once(company, receiver):
    webhook(company, receiver("webhook"))
    ticket = make_ticket(company)
    event = ticket.events.get(kind="received")
    again = subscriptions.Happening("ticket.received", event.pk, ticket.pk, ticket.unit_id)

    written = subscriptions.announce(
        [again], source_kind="complaints.event", object_kind="complaints.ticket", at=A_MORNING
    )

    assert written == 0
    assert Message.objects.filter(channel="webhook").count() == 1


def test_many_events_keep_their_ids_over_refusals_hangs_and_late_answers(company, receiver):
    server = receiver("webhook", "refuse", "hang", "late", "busy")
    webhook(company, server)
    for _ in range(3):
        make_ticket(company)
    at = A_MORNING
    for _ in range(12):
        deliver_due(at, lanes=[Channel.WEBHOOK])
        at += 3 * MINUTE

    assert set(Message.objects.filter(channel="webhook").values_list("state", flat=True)) == {
        "sent"
    }
    accepted = [r["headers"]["webhook-id"] for r in server.requests if r["deed"] == "accept"]
    ids = {str(m.delivery_id) for m in Message.objects.filter(channel="webhook")}
    assert sorted(accepted) == sorted(ids)
    assert server.ids("webhook-id") == ids


def test_an_answer_after_the_lease_does_not_undo_what_the_next_sender_did(company, receiver):
    from notifications.channels import webhook as adapter
    from notifications.services import composing, queue

    server = receiver("webhook")
    webhook(company, server)
    make_ticket(company)
    slow = queue.claim(A_MORNING, Channel.WEBHOOK)
    outgoing = composing.compose(slow.message, A_MORNING).outgoing
    with adapter.opened() as send:
        send(outgoing)
    Message.objects.filter(channel="webhook").update(leased_until=A_MORNING)

    assert deliver_due(A_MORNING, lanes=[Channel.WEBHOOK]) == DeliveryResult(sent=1)
    assert not queue.sent(slow, A_MORNING + HOUR)
    assert len(server.requests) == 2
    assert len(server.ids("webhook-id")) == 1
    assert Message.objects.get(channel="webhook").sent_at == A_MORNING


def test_one_that_hangs_does_not_hold_up_another(company, receiver):
    bad, good = receiver("webhook", "hang", "hang"), receiver("webhook")
    broken, _ = webhook(company, bad)
    webhook(company, good)
    for _ in range(3):
        make_ticket(company)

    assert deliver_due(A_MORNING, lanes=[Channel.WEBHOOK]) == DeliveryResult(sent=3, failed=1)

    assert bad.deeds == ["hang"]
    assert len(good.requests) == 3
    broken.refresh_from_db()
    assert broken.held_until > A_MORNING
    deliver_due(broken.held_until + HOUR, lanes=[Channel.WEBHOOK])
    broken.refresh_from_db()
    assert broken.failures == 2


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("redirect", "redirect_refused"),
        ("long", "answer_too_long"),
        ("busy", "http_429"),
        ("full", "http_429"),
        ("unknown", "http_404"),
        ("drip", "timeout"),
        ("dribble", "timeout"),
    ],
)
def test_what_a_receiver_may_not_do(company, receiver, deed, code):
    server = receiver("webhook", deed)
    webhook(company, server)
    make_ticket(company)

    assert deliver_due(A_MORNING, lanes=[Channel.WEBHOOK]).failed == 1
    message = Message.objects.get(channel="webhook")
    assert message.error_code == code
    if code == "http_429":
        assert message.due_at == A_MORNING + 2 * MINUTE


def test_patience_may_be_asked_for_until_a_moment_of_the_receiver_s_own_clock(company, receiver):
    webhook(company, receiver("webhook", "later"))
    make_ticket(company)

    deliver_due(A_MORNING, lanes=[Channel.WEBHOOK])

    until = Message.objects.get(channel="webhook").due_at
    assert A_MORNING + 9 * MINUTE < until <= A_MORNING + 10 * MINUTE


def test_a_receiver_that_is_gone_is_told_nothing_more(company, receiver):
    endpoint, _ = webhook(company, receiver("webhook", "gone"))
    make_ticket(company)
    make_ticket(company)

    deliver_due(A_MORNING, lanes=[Channel.WEBHOOK])

    endpoint.refresh_from_db()
    assert not endpoint.active
    states = Message.objects.filter(channel="webhook").values_list("state", "error_code")
    assert set(states) == {("dropped", "endpoint_stopped")}
    make_ticket(company)
    assert Occurrence.objects.count() == 2


def test_two_secrets_sign_for_a_day(company, receiver):
    server = receiver("webhook")
    endpoint, old = webhook(company, server)
    _, new = endpoints.rotate(endpoint.public_id, actor=SYSTEM, at=A_MORNING)
    assert old != new
    for at in (A_MORNING, A_MORNING + 25 * HOUR):
        make_ticket(company, at=at)
        deliver_due(at, lanes=[Channel.WEBHOOK])
    first, second = server.requests

    for secret in (old, new):
        standard_webhooks.verify(secret, first["headers"], first["body"].encode(), A_MORNING)
    later = A_MORNING + 25 * HOUR
    standard_webhooks.verify(new, second["headers"], second["body"].encode(), later)
    with pytest.raises(standard_webhooks.SignatureInvalid):
        standard_webhooks.verify(old, second["headers"], second["body"].encode(), later)


def test_what_was_delivered_can_be_sent_again_under_its_ids(company, receiver):
    server = receiver("webhook")
    endpoint, _ = webhook(company, server)
    make_ticket(company)
    make_ticket(company, at=A_MORNING + HOUR)
    deliver_due(A_MORNING, lanes=[Channel.WEBHOOK])
    deliver_due(A_MORNING + HOUR, lanes=[Channel.WEBHOOK])

    again = endpoints.replay(
        endpoint.public_id, since=A_MORNING + MINUTE, actor=SYSTEM, at=A_MORNING + 2 * HOUR
    )
    assert again == 1
    deliver_due(A_MORNING + 2 * HOUR, lanes=[Channel.WEBHOOK])
    assert len(server.requests) == 3
    assert len(server.ids("webhook-id")) == 2
    with pytest.raises(InvalidInput):
        endpoints.replay(
            endpoint.public_id,
            since=A_MORNING - 31 * 24 * HOUR,
            actor=SYSTEM,
            at=A_MORNING,
        )


def test_address_and_secret_are_sealed_and_move_to_a_new_key(company, receiver, settings):
    server = receiver("webhook")
    endpoint, secret = webhook(company, server)
    row = Endpoint.objects.filter(pk=endpoint.pk).values().get()
    assert secret not in str(row)
    assert "/in" not in str(row)
    target = sealed.target_of(endpoint, A_MORNING)
    assert (target.address, target.secrets) == (server.url, (secret,))

    settings.KEY_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.KEY_ENCRYPTION_KEYS}
    assert endpoints.reseal_all() == 1
    assert endpoints.reseal_all() == 0
    settings.KEY_ENCRYPTION_KEYS = {"new": b"n" * 32}
    endpoint.refresh_from_db()
    assert sealed.target_of(endpoint, A_MORNING).secrets == (secret,)


# --- who may, and what is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("ftp://example.org/x", "地址不正确。"),
        ("https://user:secret@example.org/", "地址不正确。"),
        ("http://127.0.0.1:9000/x", "只能是公网的 https 地址，或 WEBHOOK_NETWORKS 中的公司网络。"),
        ("https://[::1]/x", "只能是公网的 https 地址，或 WEBHOOK_NETWORKS 中的公司网络。"),
        ("http://8.8.8.8/x", "只能是公网的 https 地址，或 WEBHOOK_NETWORKS 中的公司网络。"),
    ],
)
def test_an_address_inside_the_house_is_refused(company, address, fault):
    new = NewEndpoint(Channel.WEBHOOK, "x", address, company.group, event_kinds=["ticket.received"])
    with pytest.raises(InvalidInput) as refused:
        endpoints.create(new, actor=SYSTEM, at=A_MORNING)
    assert [str(each) for each in refused.value.fields["address"]] == [fault]


def test_a_webhook_asks_for_known_events(company, receiver):
    with pytest.raises(InvalidInput) as refused:
        webhook(company, receiver("webhook"), kinds=["ticket.noted"])
    assert "event_kinds" in refused.value.fields
    assert "ticket.noted" not in registry.announced_kinds()


def test_only_who_runs_the_unit_may(company, receiver):
    server = receiver("webhook")
    with pytest.raises(NotAllowed):
        endpoints.create(
            NewEndpoint(
                Channel.WEBHOOK, "x", server.url, company.group, event_kinds=["ticket.closed"]
            ),
            actor=Actor.staff(company.manager.holder_id),
            at=A_MORNING,
        )
    endpoint, _ = webhook(company, server)
    below = make_post("administrator", company.community)
    with pytest.raises(NotFound):
        endpoints.stop(endpoint.public_id, actor=Actor.staff(below.holder_id), at=A_MORNING)
