"""How people want to be told. Asked when a message is about to go: a change counts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from notifications import digest
from notifications.enums import Channel, Pace, Topic
from notifications.models import Message, Preference
from organisation.services import calendars

#: what each kind of person is told of, and how they may choose
OF_STAFF = ((Topic.WORK, Channel.EMAIL), (Topic.ESCALATION, Channel.EMAIL))
OF_RESIDENTS = ((Topic.PROGRESS, Channel.EMAIL), (Topic.PROGRESS, Channel.SMS))
STAFF_PACES = tuple(Pace)
RESIDENT_PACES = (Pace.AT_ONCE, Pace.NEVER)

Choices = Mapping[tuple[str, str], Pace]


def of_staff(staff_id: int) -> dict[tuple[str, str], Pace]:
    return _read(Preference.objects.filter(staff_id=staff_id))


def of_subject(subject_id: UUID) -> dict[tuple[str, str], Pace]:
    return _read(Preference.objects.filter(subject_id=subject_id))


def choose_for_staff(staff_id: int, choices: Choices) -> None:
    """Raises InvalidInput for what nobody can choose."""
    _check(choices, OF_STAFF, STAFF_PACES)
    for (topic, channel), pace in choices.items():
        Preference.objects.update_or_create(
            staff_id=staff_id, topic=topic, channel=channel, defaults={"pace": pace}
        )


def choose_for_subject(subject_id: UUID, choices: Choices) -> None:
    _check(choices, OF_RESIDENTS, RESIDENT_PACES)
    for (topic, channel), pace in choices.items():
        Preference.objects.update_or_create(
            subject_id=subject_id, topic=topic, channel=channel, defaults={"pace": pace}
        )


def of_recipient(message: Message) -> dict[str, Pace]:
    """The pace of each topic over the message's channel; a system has no wishes."""
    if message.staff_id is not None:
        kept = of_staff(message.staff_id)
    elif message.subject_id is not None:
        kept = of_subject(message.subject_id)
    else:
        return {}
    return {topic: pace for (topic, channel), pace in kept.items() if channel == message.channel}


def wanting_digests(channel: Channel) -> QuerySet[Preference, int | None]:
    """Staff who want some topic in a digest over this channel."""
    chosen = Preference.objects.filter(
        channel=channel, pace__in=(Pace.DAILY, Pace.WEEKLY), staff__isnull=False
    )
    return chosen.values_list("staff_id", flat=True)


def of_many(
    staff_ids: Collection[int | None], channel: Channel
) -> dict[int | None, dict[str, Pace]]:
    """The pace of each topic over a channel, by staff; without an entry, at once."""
    found: dict[int | None, dict[str, Pace]] = {}
    rows = Preference.objects.filter(staff__in=staff_ids, channel=channel)
    for staff_id, topic, pace in rows.values_list("staff_id", "topic", "pace"):
        found.setdefault(staff_id, {})[topic] = Pace(pace)
    return found


def next_digest(at: datetime, pace: Pace) -> datetime:
    calendar = calendars.calendar_for()
    return digest.next_digest(
        at,
        pace,
        when=settings.DIGEST_TIME,
        zone=ZoneInfo(settings.TIME_ZONE),
        works=lambda day: bool(calendar.intervals_on(day)),
    )


def _read(rows: QuerySet[Preference]) -> dict[tuple[str, str], Pace]:
    found = rows.values_list("topic", "channel", "pace")
    return {(topic, channel): Pace(pace) for topic, channel, pace in found}


def _check(
    choices: Choices, known: tuple[tuple[Topic, Channel], ...], paces: tuple[Pace, ...]
) -> None:
    if not set(choices) <= set(known) or not set(choices.values()) <= set(paces):
        raise InvalidInput(_("没有这样的选择。"))
