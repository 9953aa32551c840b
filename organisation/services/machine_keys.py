"""Keys of outside systems: issued, exchanged, revoked. What they open is asked of `access`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from core.machine_secrets import MachineSecret
from core.models import MachineKey
from organisation import access
from organisation.enums import Permission
from organisation.models import Unit

MANAGE: Final = "organisation.manage"
LONGEST_DAYS: Final = 3 * 366
LONGEST_OVERLAP: Final = timedelta(days=30)

#: what a person decides and answers for
NOT_FOR_MACHINES: Final = frozenset(
    {
        Permission.ORGANISATION_MANAGE,
        Permission.ESCALATIONS_RECEIVE,
        Permission.ESCALATIONS_DECIDE,
        Permission.DUTY_QUEUE,
        Permission.TICKETS_CLOSE,
        Permission.TICKETS_REVEAL_REPORTER,
        Permission.PRIVACY_VERIFY,
        Permission.PRIVACY_PLAN,
        Permission.PRIVACY_APPROVE,
        Permission.QUALITY_INSPECT,
    }
)
FOR_MACHINES: Final = tuple(one for one in Permission if one not in NOT_FOR_MACHINES)


class KeyRevoked(InvalidTransition):
    code = "machine_key_revoked"
    message = _("此密钥已吊销，请签发新的密钥。")


@dataclass(frozen=True, slots=True)
class NewKey:
    """`scopes` are permissions, `unit_codes` the units below which they hold."""

    name: str
    scopes: Collection[str]
    unit_codes: Collection[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A key with its secret in clear, which is shown this once and kept nowhere."""

    key: MachineKey
    text: str


def issue(new: NewKey, *, actor: Actor, at: datetime) -> Issued:
    """Raises NotAllowed for whoever does not manage the whole group, or InvalidInput."""
    _require_manager(actor)
    check(new, at=at)
    secret = MachineSecret.new()
    key = MachineKey.objects.create(
        key_id=secret.key_id,
        name=new.name.strip(),
        secret_sha256=secret.sha256,
        scopes=sorted(set(new.scopes)),
        unit_codes=sorted(set(new.unit_codes)),
        created_at=at,
        expires_at=new.expires_at,
    )
    return Issued(key, secret.text)


@transaction.atomic
def rotate(
    key: MachineKey, *, expires_at: datetime, overlap: timedelta, actor: Actor, at: datetime
) -> Issued:
    """A new secret; the one so far stays good for `overlap`, so that the system can change over.

    A secret older than that one ends at once: two are good at most. Raises NotAllowed, KeyRevoked
    or InvalidInput.
    """
    _require_manager(actor)
    key = MachineKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is not None:
        raise KeyRevoked
    _check_end(expires_at, at)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(fields={"overlap": [_("交替期最长三十天。")]})
    secret = MachineSecret.new(key.key_id)
    key.previous_sha256 = key.secret_sha256
    key.previous_expires_at = min(at + overlap, key.expires_at, expires_at)
    key.secret_sha256, key.expires_at = secret.sha256, expires_at
    key.save(
        update_fields=["previous_sha256", "previous_expires_at", "secret_sha256", "expires_at"]
    )
    return Issued(key, secret.text)


def revoke(key: MachineKey, *, actor: Actor, at: datetime) -> bool:
    """End the key with both its secrets; False when it had ended so before."""
    _require_manager(actor)
    live = MachineKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    return bool(live.update(revoked_at=at))


def _require_manager(actor: Actor) -> None:
    """A key may reach any unit, and is the whole group's to give."""
    if not access.scope(actor, MANAGE).everything:
        raise NotAllowed


def check(new: NewKey, *, at: datetime) -> None:
    """Raises InvalidInput for a key that cannot be issued so."""
    if not new.name.strip():
        raise InvalidInput(fields={"name": [_("请填写系统名称。")]})
    unknown = set(new.scopes) - set(FOR_MACHINES)
    if unknown or not new.scopes:
        raise InvalidInput(fields={"scopes": [_("请选择列出的权限，至少一项。")]})
    known = Unit.objects.filter(code__in=new.unit_codes).count()
    if not new.unit_codes or known != len(set(new.unit_codes)):
        raise InvalidInput(fields={"unit_codes": [_("请填写已有的单位编码，至少一个。")]})
    _check_end(new.expires_at, at)


def _check_end(expires_at: datetime, at: datetime) -> None:
    if not at < expires_at <= at + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(fields={"expires_at": [_("有效期应在将来，且不超过三年。")]})
