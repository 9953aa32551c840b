from __future__ import annotations

import json

import pytest

from jinke_desk.launcher.readable import readable


def line(**fields: object) -> str:
    return json.dumps({"level": "info", "timestamp": "2026-11-22T16:12:31Z", **fields})


@pytest.mark.parametrize(
    "text",
    [
        line(event="Scheduler: Sending due task sweep", logger="celery.beat"),
        line(event="Task complaints.sweep_due received", logger="celery.worker.strategy"),
        line(event="request_started", request="GET /console/"),
        line(event="request_finished", request="GET /livez", code=200),
    ],
)
def test_the_pulse_of_a_healthy_desk_is_not_shown(text: str) -> None:
    assert readable(text) is None


def test_a_pulse_that_stumbles_is_shown() -> None:
    text = line(event="Task raised", logger="celery.app.trace", level="error", exception="Boom\n x")
    assert readable(text) == "ERROR Task raised \nBoom\n x"


def test_a_request_is_one_short_line() -> None:
    text = line(event="request_finished", request="POST /console/", code=302, request_id="775a")
    assert readable(text) == "302 POST /console/"


def test_what_happened_keeps_its_details() -> None:
    assert readable(line(event="swept", fired=3, level="warning")) == "WARNING swept fired=3"


@pytest.mark.parametrize("text", ["[INFO] Booting worker", "{not json", "[1, 2]", "{}x", ""])
def test_anything_else_is_shown_as_it_is(text: str) -> None:
    assert readable(text) == text
