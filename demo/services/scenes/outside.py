"""Systems that are told: a robot, two webhooks of which one is down, and how the outbox stands.

The demo tells itself (`demo.views.system`): everything arrives and nothing leaves the house.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import translation

from demo.services.stage import Stage
from notifications import placeholders
from notifications import wordings as texts
from notifications.enums import Audience, Channel, MessageState, Part
from notifications.models import Endpoint, Message, Notice
from notifications.services import endpoints, wordings
from notifications.services.endpoints import NewEndpoint
from organisation.enums import Language
from organisation.models import Unit

CHINESE: Final = Language.CHINESE
REPORTER: Final = Audience.REPORTER
GOING_UP: Final = ("ticket.taken_over", "ticket.given_back")
WORK: Final = ("ticket.received", "ticket.resolved", "ticket.closed", "ticket.escalated")
DOWN: Final = "合作方维保平台"
#: how many of the system that is down are still tried; those before were given up
TRIED: Final = 4
GIVEN_UP_AFTER: Final = 20
JUST_NOW: Final = timedelta(minutes=15)
READ_UNTIL: Final = timedelta(hours=20)


def set_up(stage: Stage) -> None:
    """Before anything happens that they are to hear of."""
    group = Unit.objects.get(depth=1)
    region = Unit.objects.get(code="CQ")
    for channel, name, path, unit, kinds in (
        (Channel.WEBHOOK, "集团数据平台", "data", group, WORK),
        (Channel.WEBHOOK, DOWN, "down", region, GOING_UP),
        (Channel.WECOM, "重庆区域客服群", "robot", region, ()),
    ):
        new = NewEndpoint(
            channel=channel,
            name=name,
            address=f"{settings.PUBLIC_URL.rstrip('/')}/demo/systems/{path}/",
            unit=unit,
            post=stage.post("region_service_head") if channel is Channel.WECOM else None,
            event_kinds=kinds,
        )
        endpoints.create(new, actor=stage.staff("administrator"), at=stage.ago(days=40))


def word(stage: Stage) -> None:
    """The company's own sentences, one of them put back."""
    admin = stage.staff("administrator")
    for code, text in (
        ("ticket_resolved", "报事 {单号} 我们已处理完成，请您确认；如未解决，一键即可重新打开。"),
        ("ticket_received", "您好，您的报事已受理，编号 {单号}，我们会及时告知进展。"),
    ):
        written = {**_as_it_is(code), Part.SENTENCE: text}
        wordings.change(code, REPORTER, CHINESE, written, actor=admin, at=stage.ago(days=9))
    wordings.revert(
        "ticket_received", REPORTER, CHINESE, Part.SENTENCE, 0, actor=admin, at=stage.ago(days=8)
    )


def _as_it_is(code: str) -> dict[Part, str]:
    """Every part in the words of whoever edits it."""
    asked = (code, REPORTER)
    wording = next(each for each in texts.all_wordings() if (each.code, each.audience) == asked)
    with translation.override(CHINESE):
        words = wording.words()
    kept = texts.in_force(wording, CHINESE, wordings.in_force())
    return {part: placeholders.show(text, words) for part, text in kept.items()}


def settle(stage: Stage) -> None:
    """What was to be said before now has been said, but for what the broken system was to hear.
    What is due just now leaves when the desk runs."""
    before = Message.objects.filter(state=MessageState.QUEUED, due_at__lt=stage.at - JUST_NOW)
    broken = Endpoint.objects.get(name=DOWN)
    _give_up(before.filter(endpoint=broken), stage)
    resting = {"held_until": stage.at + timedelta(hours=1), "failures": TRIED}
    Endpoint.objects.filter(pk=broken.pk).update(**resting)
    rest = before.exclude(endpoint=broken)
    rest.filter(subject__isnull=False).update(state=MessageState.DROPPED, error_code="no_address")
    rest.filter(subject__isnull=True).update(
        state=MessageState.SENT, attempts=1, sent_at=F("due_at") + timedelta(seconds=20)
    )
    Notice.objects.filter(created_at__lt=stage.at - READ_UNTIL).update(
        read_at=F("created_at") + timedelta(minutes=50)
    )


def _give_up(waiting: QuerySet[Message], stage: Stage) -> None:
    ids = list(waiting.order_by("-due_at").values_list("pk", flat=True))
    Message.objects.filter(pk__in=ids[TRIED:]).update(
        state=MessageState.DEAD, attempts=GIVEN_UP_AFTER, error_code="http_503"
    )
    Message.objects.filter(pk__in=ids[:TRIED]).update(
        attempts=TRIED, error_code="http_503", due_at=stage.at + timedelta(hours=1)
    )
