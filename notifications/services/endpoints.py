"""Robots and webhooks: set up, stopped; secrets that overlap, deliveries sent once more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import tags
from core.actors import Actor
from core.errors import InvalidInput, NotFound, Text
from notifications import backoff, registry, wordings
from notifications.channels import standard_webhooks
from notifications.channels.addresses import pin
from notifications.channels.outgoing import NotDelivered
from notifications.enums import Audience, Channel, MessageState
from notifications.models import Endpoint, Message
from notifications.services import queue, sealed, subscriptions
from organisation import access
from organisation.models import Post, Unit
from organisation.querysets import PostQuerySet
from privacy.vault.enums import LedgerKind
from privacy.vault.key_provider import key_provider
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"
#: how long the former secret signs beside the new one
OVERLAP: Final = timedelta(hours=24)
#: what a webhook may be sent again; older messages are gone
REPLAYED: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """`secret` is a robot's, given by its maker; a webhook's is made here. `event_kinds` are events
    for a webhook and codes of messages to posts for a robot, which repeats escalations when it has
    none. A robot hears of its unit and, with `below`, of all units under it; a webhook always does.
    """

    channel: Channel
    name: str
    address: str
    unit: Unit
    post: Post | None = None
    secret: str = ""
    event_kinds: Collection[str] = field(default_factory=tuple)
    below: bool = False


def kinds_of(channel: Channel) -> dict[str, Text]:
    """What an endpoint may be told of, with its label."""
    if channel is Channel.WEBHOOK:
        return registry.announced_kinds()
    known = set(registry.template_codes())
    return {
        each.code: each.label
        for each in wordings.all_wordings()
        if each.audience == Audience.POST and each.code in known
    }


def posts_of(unit: Unit, at: datetime) -> PostQuerySet:
    """Those of a unit to which a robot may belong."""
    today = timezone.localdate(at)
    return Post.objects.filter(unit=unit).valid_on(today).with_people().order_by("role", "pk")


@transaction.atomic
def create(new: NewEndpoint, *, actor: Actor, at: datetime) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once. Raises NotAllowed or InvalidInput."""
    access.require(actor, MANAGE, new.unit)
    if not new.address.strip():
        raise InvalidInput(fields={"address": [_ADDRESS_FAULTS["bad_address"]]})
    _check(new)
    webhook = new.channel is Channel.WEBHOOK
    secret = standard_webhooks.new_secret() if webhook else new.secret.strip()
    public_id = uuid4()
    endpoint = Endpoint.objects.create(
        public_id=public_id,
        channel=new.channel,
        name=new.name.strip(),
        host=urlsplit(new.address).hostname or "",
        unit=new.unit,
        post=None if webhook else new.post,
        below=new.below and not webhook,
        event_kinds=sorted(new.event_kinds),
        key_id=key_provider().current_id,
        address_sealed=sealed.seal(public_id, sealed.ADDRESS, new.address.strip()),
        secret_sealed=sealed.seal(public_id, sealed.SECRET, secret) if secret else None,
        created_at=at,
    )
    _record(LedgerKind.ENDPOINT_CREATED, actor, at)
    subscriptions.forget()
    return endpoint, secret


def tag(endpoint: Endpoint) -> str:
    """Of all that can be changed, and of whether the address or the secret is another one."""
    sealed_parts = (endpoint.address_sealed, endpoint.secret_sealed or b"")
    kept = [bytes(part).hex() for part in sealed_parts]
    heard = (endpoint.post_id, endpoint.below, endpoint.event_kinds)
    return tags.tag_of([endpoint.name, *heard, kept])


@transaction.atomic
def change(
    public_id: UUID, new: NewEndpoint, *, actor: Actor, at: datetime, seen: str | None = None
) -> Endpoint:
    """Everything but its type and unit; an empty address or secret stays what it is, for neither is
    ever shown. Raises NotFound, ChangedMeanwhile or InvalidInput."""
    endpoint = _locked(public_id, actor)
    tags.require_unchanged(seen, tag(endpoint))
    _check(new)
    sealed.reseal(endpoint)
    endpoint.name, endpoint.event_kinds = new.name.strip(), sorted(new.event_kinds)
    if endpoint.channel != Channel.WEBHOOK:
        endpoint.post, endpoint.below = new.post, new.below
        if secret := new.secret.strip():
            endpoint.secret_sealed = sealed.seal(public_id, sealed.SECRET, secret)
    if address := new.address.strip():
        endpoint.host = urlsplit(address).hostname or ""
        endpoint.address_sealed = sealed.seal(public_id, sealed.ADDRESS, address)
        endpoint.held_until, endpoint.failures = None, 0
    endpoint.save()
    _record(LedgerKind.ENDPOINT_CHANGED, actor, at)
    subscriptions.forget()
    return endpoint


@transaction.atomic
def rotate(public_id: UUID, *, actor: Actor, at: datetime) -> tuple[Endpoint, str]:
    """A new secret for a webhook; the one before signs beside it for a day."""
    endpoint = _locked(public_id, actor)
    if endpoint.channel != Channel.WEBHOOK:
        raise InvalidInput(_("机器人的密钥由其平台管理，请停用后重新添加。"))
    sealed.reseal(endpoint)
    secret = standard_webhooks.new_secret()
    endpoint.former_secret_sealed, endpoint.former_until = endpoint.secret_sealed, at + OVERLAP
    endpoint.secret_sealed = sealed.seal(public_id, sealed.SECRET, secret)
    endpoint.save()
    _record(LedgerKind.ENDPOINT_CHANGED, actor, at)
    return endpoint, secret


@transaction.atomic
def stop(public_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    """Nothing more is queued for it, and what waits is dropped."""
    endpoint = _locked(public_id, actor)
    _stop(endpoint)
    _record(LedgerKind.ENDPOINT_CHANGED, actor, at)
    return endpoint


@transaction.atomic
def start(public_id: UUID, *, actor: Actor, at: datetime) -> Endpoint:
    endpoint = _locked(public_id, actor)
    endpoint.active, endpoint.held_until, endpoint.failures = True, None, 0
    endpoint.save(update_fields=["active", "held_until", "failures"])
    _record(LedgerKind.ENDPOINT_CHANGED, actor, at)
    subscriptions.forget()
    return endpoint


@transaction.atomic
def replay(public_id: UUID, *, since: datetime, actor: Actor, at: datetime) -> int:
    """Send what went since then once more, under the ids it had; returns how many."""
    endpoint = _locked(public_id, actor)
    if not endpoint.active:
        raise InvalidInput(_("已停用，请先启用。"))
    if not at - REPLAYED <= since <= at:
        raise InvalidInput(fields={"since": [_("只能重发最近 30 天内的消息。")]})
    again = Message.objects.filter(
        endpoint=endpoint, state=MessageState.SENT, sent_at__gte=since, sent_at__lte=at
    ).update(state=MessageState.QUEUED, attempts=0, due_at=at, error_code=queue.RESENT)
    _record(LedgerKind.ENDPOINT_CHANGED, actor, at, count=again)
    return again


def hold(endpoint: Endpoint, wait: timedelta | None, at: datetime) -> None:
    """It failed as a whole: nothing else is tried before `wait` is over, or the usual back-off."""
    failures = endpoint.failures + 1
    pause = wait or backoff.wait_after(failures, chance=0)
    Endpoint.objects.filter(pk=endpoint.pk).update(held_until=at + pause, failures=failures)


def worked(endpoint: Endpoint) -> None:
    if endpoint.failures:
        Endpoint.objects.filter(pk=endpoint.pk).update(held_until=None, failures=0)


@transaction.atomic
def gone(endpoint: Endpoint) -> None:
    """The receiver said that it is no more."""
    _stop(endpoint)


def reseal_all() -> int:
    """After a change of the key-encryption key; returns how many were sealed anew."""
    with transaction.atomic():
        return sum(sealed.reseal(each) for each in Endpoint.objects.select_for_update())


def _stop(endpoint: Endpoint) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(active=False)
    endpoint.active = False
    Message.objects.filter(endpoint=endpoint, state=MessageState.QUEUED).update(
        state=MessageState.DROPPED, error_code="endpoint_stopped", leased_until=None
    )
    subscriptions.forget()


def _check(new: NewEndpoint) -> None:
    wrong: dict[str, list[Text]] = {}
    if not new.name.strip():
        wrong["name"] = [_("请填写名称。")]
    if fault := _fault_of_address(new.address.strip()):
        wrong["address"] = [fault]
    if set(new.event_kinds) - set(kinds_of(new.channel)):
        wrong["event_kinds"] = [_("没有这种事件。")]
    elif not new.event_kinds and new.channel is Channel.WEBHOOK:
        wrong["event_kinds"] = [_("请选择要订阅的事件。")]
    if new.post is not None and new.post.unit_id != new.unit.pk:
        wrong["post"] = [_("岗位不属于所选范围。")]
    elif new.post is not None and new.below:
        wrong["below"] = [_("只转发一个岗位的通知时，不能包括下级单位。")]
    if wrong:
        raise InvalidInput(fields=wrong)


def _fault_of_address(address: str) -> Text:
    """Empty where it may be reached, and where it is to stay what it is."""
    try:
        if address:
            pin(address)
    except NotDelivered as error:
        return _ADDRESS_FAULTS.get(error.code, _ADDRESS_FAULTS["bad_address"])
    return ""


_ADDRESS_FAULTS: Final = {
    "bad_address": _("地址不正确。"),
    "name_unknown": _("找不到这个主机名。"),
    "address_refused": _("只能是公网的 https 地址，或 WEBHOOK_NETWORKS 中的公司网络。"),
}


def _locked(public_id: UUID, actor: Actor) -> Endpoint:
    visible = Endpoint.objects.visible_to(actor).filter(public_id=public_id)
    endpoint = visible.select_for_update(of=("self",)).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def _record(kind: LedgerKind, actor: Actor, at: datetime, count: int = 1) -> None:
    ledger.append(
        kind, actor=actor, at=at, object_kind="notifications.endpoint", object_count=count
    )
