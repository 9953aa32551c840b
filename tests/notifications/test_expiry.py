from datetime import timedelta

import pytest

from notifications.models import Message, MessageNotice, Notice
from notifications.services import expiry
from tests.factories import A_MORNING
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


def test_old_messages_that_are_done_with_go_and_notices_stay(company, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    for post in (company.manager, company.steward, company.engineer, company.duty, company.agent):
        notify(post)
    states = ["sent", "dropped", "sent", "queued", "dead"]
    for message, state in zip(Message.objects.order_by("pk"), states, strict=True):
        Message.objects.filter(pk=message.pk).update(state=state)

    assert expiry.delete_old(A_MORNING + timedelta(days=30)) == 0
    assert expiry.delete_old(A_MORNING + timedelta(days=30, seconds=1)) == 3

    assert set(Message.objects.values_list("state", flat=True)) == {"queued", "dead"}
    assert MessageNotice.objects.count() == 2
    assert Notice.objects.count() == 5
