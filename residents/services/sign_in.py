"""One-time codes. A known and an unknown number get the same answer for the same work, so that
nobody learns who lives here; limits and tries are counted in PostgreSQL."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInput
from core.services import limits
from privacy.vault.models import DataSubject
from privacy.vault.services.blind_index import blind_index
from privacy.vault.services.sealing import KeyRing
from residents.enums import CodePurpose, ContactKind
from residents.models import ContactPoint, SignInCode
from residents.services import code_carrier, contacts, devices
from residents.services.devices import Issued

DIGITS = 6
HOUR = 60


class CodeRefused(InvalidInput):
    """Wrong, used, expired or tried too often; never said which, nor whether anybody is known."""

    code = "code_refused"
    message = gettext_lazy("验证码不正确或已失效，请重新获取。")


def request_code(phone: str, purpose: CodePurpose, *, address: str, at: datetime) -> UUID:
    """Send a code to a mobile number, if it signs somebody in; the id is answered either way.

    `address` is where the wish comes from, for its limit. Raises PhoneInvalid or LimitReached.
    Call it outside a transaction: limits count even when what follows fails.
    """
    asked = contacts.phone_address(phone)
    _limit(asked.text, address, at)
    return _send(contacts.login_contact(asked), asked.text, purpose, at)


def request_code_for(
    subject_id: UUID | None, purpose: CodePurpose, *, address: str, at: datetime
) -> UUID:
    """Send a code to the number on file, never to one named in a request. Without such a number,
    or without a person, the answer looks the same."""
    contact = ContactPoint.objects.filter(subject_id=subject_id, login=True).first()
    # a key is looked for in either case: the same work
    ring = KeyRing.open([contact.subject_id if contact else uuid4()])
    number = ring.reveal(contact.subject_id, contacts.SEALED, contact.sealed) if contact else ""
    _limit(number or f"nobody {address}", address, at)
    return _send(contact, number, purpose, at)


def request_code_to(contact: ContactPoint, *, address: str, at: datetime) -> UUID:
    """Send a code to a number that is on file and signs nobody in yet. Raises LimitReached."""
    ring = KeyRing.open([contact.subject_id])
    number = ring.reveal(contact.subject_id, contacts.SEALED, contact.sealed)
    _limit(number, address, at)
    return _send(contact, number, CodePurpose.NEW_NUMBER, at)


def check_code(public_id: UUID, code: str, *, purpose: CodePurpose, at: datetime) -> DataSubject:
    """The person whose number received this code; uses it up.

    Each call is one of CODE_TRIES. Raises CodeRefused.
    """
    row = _count_try(public_id, purpose, at)
    expected = bytes(row.code_hash) if row else bytes(32)
    matches = hmac.compare_digest(expected, code_hash(public_id, code))
    if row is None or not matches or row.subject is None or not _use_up(row, at):
        raise CodeRefused
    return row.subject


def redeem(public_id: UUID, code: str, *, at: datetime) -> tuple[DataSubject, Issued]:
    """Sign the person in on one more device. Raises CodeRefused."""
    subject = check_code(public_id, code, purpose=CodePurpose.SIGN_IN, at=at)
    return subject, devices.issue(subject.pk, at=at)


def delete_expired(*, before: datetime) -> int:
    return SignInCode.objects.filter(expires_at__lt=before).delete()[0]


def code_hash(public_id: UUID, code: str) -> bytes:
    """Keyed and bound to its row: the table alone gives no code away, nor does another row."""
    return blind_index("sign_in_code", f"{public_id}:{code.strip()}")


def _limit(number: str, address: str, at: datetime) -> None:
    per_address, per_number = settings.CODE_PER_ADDRESS_PER_HOUR, settings.CODE_PER_NUMBER_PER_HOUR
    limits.hit("code.address", address, at=at, window_minutes=HOUR, most=per_address)
    limits.hit("code.number", number, at=at, window_minutes=HOUR, most=per_number)


def _send(contact: ContactPoint | None, number: str, purpose: CodePurpose, at: datetime) -> UUID:
    public_id, code = uuid4(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    SignInCode.objects.create(
        public_id=public_id,
        purpose=purpose,
        subject_id=contact.subject_id if contact else None,
        contact=contact,
        code_hash=code_hash(public_id, code),
        created_at=at,
        expires_at=at + timedelta(minutes=settings.CODE_LIFETIME_MINUTES),
    )
    text = _words(purpose) % {"code": code, "minutes": settings.CODE_LIFETIME_MINUTES}
    if contact is not None:
        code_carrier.send_soon(number, text)
    return public_id


def _words(purpose: CodePurpose) -> str:
    if purpose is CodePurpose.PRIVACY:
        return _(
            "您的验证码是 %(code)s，%(minutes)s 分钟内有效，用于核验您的个人信息请求。"
            "如非本人操作，请勿告知他人。"
        )
    if purpose is CodePurpose.NEW_NUMBER:
        return _(
            "您的验证码是 %(code)s，%(minutes)s 分钟内有效，用于确认更正后的手机号码，"
            "确认后此号码改为登录提出更正的账号。"
            "如非本人操作，请勿告知他人。"
        )
    return _("您的验证码是 %(code)s，%(minutes)s 分钟内有效。如非本人操作，请勿告知他人。")


def _count_try(public_id: UUID, purpose: CodePurpose, at: datetime) -> SignInCode | None:
    """Take one try of a code that still has one. The conditional UPDATE decides between two calls
    at once, and it is committed before the code is looked at."""
    live = SignInCode.objects.filter(
        public_id=public_id,
        purpose=purpose,
        used_at__isnull=True,
        expires_at__gt=at,
        tries__lt=settings.CODE_TRIES,
    )
    with transaction.atomic(durable=True):  # refuses to be part of what may be rolled back
        counted = live.update(tries=F("tries") + 1)
    if not counted:
        return None
    return SignInCode.objects.select_related("subject", "contact").get(public_id=public_id)


@transaction.atomic
def _use_up(row: SignInCode, at: datetime) -> bool:
    """False when another call was first, or the number signs in somebody else by now."""
    contact = row.contact
    if contact is None or not (contact.login or row.purpose == CodePurpose.NEW_NUMBER):
        return False
    unused = SignInCode.objects.filter(pk=row.pk, used_at__isnull=True)
    if not unused.update(used_at=at):
        return False
    ContactPoint.objects.filter(
        pk=contact.pk, kind=ContactKind.PHONE, verified_at__isnull=True
    ).update(verified_at=at)
    return True
