"""A moment near either end of the calendar is refused in words, whichever list it is asked of."""

import base64
import json

import pytest
from rest_framework import serializers

from core import paging
from core.api.serializers import MomentField, StrictSerializer
from tests.complaints.api.conftest import staff_caller
from tests.console.conftest import Browser
from tests.factories import make_post


class Asked(StrictSerializer):
    since = serializers.DateTimeField()


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00", "0001-01-02T00:00:00Z", "9999-12-30T23:59:59-12:00"]
)
def test_it_is_refused_beside_its_field(moment):
    asked = Asked(data={"since": moment})
    assert not asked.is_valid()
    assert asked.errors["since"][0].code == "overflow"


@pytest.mark.parametrize("said", ["2026-11-29", " 2026-11-29 "])
def test_a_day_is_no_moment(said):
    """All alarms of a device on that day would be one report, sent again."""

    class Happened(StrictSerializer):
        at = MomentField()

    asked = Happened(data={"at": said})
    assert not asked.is_valid()
    assert asked.errors["at"][0].code == "date"
    assert Happened(data={"at": "2026-11-29T08:00:00+08:00"}).is_valid()


def test_a_page_does_not_begin_there():
    asked = json.dumps([0, "0001-01-01T00:00:00+08:00"]).encode()
    with pytest.raises(paging.CursorInvalid):
        paging._read(base64.urlsafe_b64encode(asked).decode(), 1)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["cut_off", "recorded_by"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z"])
def test_a_quarter_is_not_counted_up_to_it(company, name, moment):
    staff = make_post("key_account_manager", company.group).holder
    address = "key-accounts/quarters/2026-1/"
    answer = staff_caller(staff).get(f"/api/v1/{address}", {name: moment})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name
    page = Browser(staff).get("/console/accounts/quarters/2026-1/", {name: moment})
    assert page.status_code == 200
