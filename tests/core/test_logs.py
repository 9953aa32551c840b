"""What goes wrong is logged without what somebody typed."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client

from core.clock import database_now
from core.models import LimitWindow
from jinke_desk.logs import LOGGING

pytestmark = pytest.mark.django_db

TYPED = "鸾庚家漏水"


@pytest.fixture
def lines():
    """Everything that is logged, as it is written."""
    chosen = {key: value for key, value in LOGGING["formatters"]["json"].items() if key != "()"}
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**chosen))
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


def refused():
    with transaction.atomic():
        LimitWindow.objects.create(scope=TYPED, bucket=b"", window_start=database_now(), hits=None)


def misread():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::int", [TYPED])


@pytest.mark.parametrize(
    ("act", "error", "named"),
    [
        (refused, IntegrityError, "NotNullViolation: 23502"),
        (misread, DataError, "InvalidTextRepresentation: 22P02"),
    ],
)
def test_a_refused_row_is_named_by_its_kind_alone(lines, act, error, named):
    with pytest.raises(error) as caught:
        act()
    assert TYPED in str(caught.value)
    try:
        raise RuntimeError("the work failed") from caught.value
    except RuntimeError:
        logging.getLogger("celery.app.trace").exception("Task x raised: %r", caught.value)
    written = lines.getvalue()
    assert TYPED not in written
    said = json.loads(written)["exception"]
    assert named in said
    assert said.endswith("RuntimeError: the work failed")
    assert "test_logs.py" in said


def test_a_page_that_is_not_there_is_named_by_its_route(lines):
    caller = Client()
    assert caller.get(f"/{TYPED}/").status_code == 404
    number = "0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11"
    caller.get(f"/privacy/requests/{number}/certificate.json")
    caller.post(f"/photos/{TYPED}/")
    written = lines.getvalue()
    assert "404 GET (no such page)" in written
    assert TYPED not in written
    assert number not in written


def test_a_fault_of_the_desk_is_named_by_its_route(lines, monkeypatch):
    def fail(*arguments, **names):
        raise RuntimeError

    monkeypatch.setattr("portal.views.requests._reachable", fail)
    number = "0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11"
    Client(raise_request_exception=False).get(f"/privacy/requests/{number}/")
    assert "500 GET /privacy/requests/<uuid:public_id>/" in lines.getvalue()
    assert number not in lines.getvalue()
