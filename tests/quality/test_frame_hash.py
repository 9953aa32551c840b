from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.frame_hash import FrameRow, FrameUnordered, frame_hash

QUARTER = {
    "starts_at": datetime(2019, 10, 1, tzinfo=UTC),
    "ends_at": datetime(2020, 1, 1, tzinfo=UTC),
    "cut_off_at": datetime(2020, 1, 5, 8, tzinfo=UTC),
}
MORNING = datetime(2019, 11, 4, 1, 30, 0, 250, tzinfo=UTC)


def row(number=1, **changes):
    made = FrameRow(UUID(int=number), "华东/投诉", "C01", MORNING, None, None, True, None)
    return made._replace(**changes)


def test_the_canonical_form_is_what_the_documentation_says():
    text = (
        "jinke-desk-frame/1\n"
        '["2019-10-01T00:00:00.000000Z","2020-01-01T00:00:00.000000Z",'
        '"2020-01-05T08:00:00.000000Z"]\n'
        '["00000000-0000-0000-0000-000000000001","\\u534e\\u4e1c/\\u6295\\u8bc9","C01",'
        '"2019-11-04T01:30:00.000250Z",null,null,true,null]\n'
    )
    assert frame_hash([row()], **QUARTER) == hashlib.sha256(text.encode()).hexdigest()


def test_the_zone_of_a_moment_does_not_matter():
    there = MORNING.astimezone(ZoneInfo("Asia/Shanghai"))
    assert frame_hash([row(received_at=there)], **QUARTER) == frame_hash([row()], **QUARTER)


@pytest.mark.parametrize(
    "change",
    [
        {"public_id": UUID(int=9)},
        {"stratum": "华东/报修"},
        {"unit_code": "C02"},
        {"received_at": MORNING + timedelta(microseconds=1)},
        {"answered_at": MORNING},
        {"resolved_at": MORNING},
        {"first_response_kept": False},
        {"first_response_kept": None},
        {"resolve_kept": True},
    ],
)
def test_any_change_of_a_row_changes_the_hash(change):
    assert frame_hash([row(**change)], **QUARTER) != frame_hash([row()], **QUARTER)


@pytest.mark.parametrize("moment", QUARTER)
def test_the_period_and_the_cut_off_are_part_of_the_frame(moment):
    other = QUARTER | {moment: QUARTER[moment] + timedelta(seconds=1)}
    assert frame_hash([row()], **other) != frame_hash([row()], **QUARTER)


def test_fields_do_not_run_into_each_other():
    one = row(stratum='a","b', unit_code="c")
    two = row(stratum="a", unit_code='b","c')
    assert frame_hash([one], **QUARTER) != frame_hash([two], **QUARTER)


def test_a_missing_row_changes_the_hash():
    assert frame_hash([row(1), row(2)], **QUARTER) != frame_hash([row(1)], **QUARTER)


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1), (1, 3, 2)])
def test_rows_out_of_order_or_twice_are_refused(numbers):
    with pytest.raises(FrameUnordered):
        frame_hash([row(number) for number in numbers], **QUARTER)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        frame_hash([row(received_at=datetime(2019, 11, 4))], **QUARTER)


@given(st.lists(st.uuids(), unique=True, max_size=30))
def test_ids_in_the_order_of_the_database_are_accepted(ids):
    """PostgreSQL orders uuids by their bytes."""
    rows = [row(public_id=public_id) for public_id in sorted(ids, key=lambda one: one.bytes)]
    assert len(frame_hash(rows, **QUARTER)) == 64
