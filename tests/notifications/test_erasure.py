"""What was to be said to somebody erased goes unsaid; that they were told is forgotten."""

from types import SimpleNamespace

import pytest

from notifications.models import Message, MessageNotice, Notice
from privacy.vault.registry import holdings
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def holding():
    (found,) = [each for each in holdings() if each.name == "notifications.messages"]
    return found


def test_erasing_takes_notices_and_unsent_messages_of_that_person_alone(company, subject, holding):
    notify(company.manager, subject=subject)
    assert holding.locate((subject,)).count() == 1
    assert holding.verify((subject,), ("张三",)) == 2

    plan = SimpleNamespace(request_ref="1", at=None, holds=lambda model, pk: False)
    assert holding.erase((subject,), plan) == 2

    assert holding.verify((subject,), ("张三",)) == 0
    assert Notice.objects.get().post == company.manager
    assert Message.objects.get().staff == company.manager.holder
    assert MessageNotice.objects.count() == 1
    assert holding.erase((subject,), plan) == 0


def test_the_copy_names_what_the_person_was_told(company, subject, holding):
    source = notify(subject=subject)

    (row,) = holding.export((subject,))
    assert (row["object_id"], row["template"], row["read_at"]) == (source, "test", None)
