"""What a resident sees of a report that was merged into somebody else's."""

import datetime as dt

import pytest
from django.urls import reverse

from complaints.services import lifecycle, merging, timeline
from core.actors import SYSTEM, Actor
from tests.factories import A_MORNING, make_person, make_post, make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db

LATER = A_MORNING + dt.timedelta(minutes=30)


@pytest.fixture
def main(company):
    somebody = make_person("钱先生", "13700002222").subject_id
    return make_ticket(company, reporter_subject=somebody, body="钱先生家里漏水")


@pytest.fixture
def merged(company, main, person):
    mine = make_ticket(
        company, reporter_subject=person.subject_id, dwelling=None, building=company.building
    )
    return merging.merge(mine, other=main, actor=Actor.staff(company.manager.holder_id), at=LATER)


def test_tells_how_the_matter_goes_and_nothing_of_the_other(company, main, merged, resident):
    timeline.reply(main, actor=SYSTEM, text="钱先生您好，301 室已查", at=LATER)
    address = reverse("portal:ticket", args=[merged.public_id])
    page = resident.get(address).content.decode()
    assert "与同一事项合并处理" in page
    assert "合并处理的事项：有新进展" in page
    for secret in ("钱先生", "301", main.reference, str(main.public_id)):
        assert not says(page.replace(" ", ""), secret)
    assert "重新打开" in page


def test_stays_among_what_goes_on_until_the_matter_ends(company, main, merged, resident):
    def titles(**query):
        return resident.get(reverse("portal:tickets"), query).content.decode()

    assert str(merged.public_id) in titles()
    assert str(merged.public_id) not in titles(show="ended")
    for verb in (lifecycle.accept, lifecycle.start):
        verb(main, actor=SYSTEM, at=LATER)
    lifecycle.resolve(main, actor=SYSTEM, reply="好了", at=LATER)
    closer = make_post("hotline_supervisor", company.group)
    lifecycle.close(main, actor=Actor.staff(closer.holder_id), at=LATER)
    assert str(merged.public_id) not in titles()
    assert str(merged.public_id) in titles(show="ended")
