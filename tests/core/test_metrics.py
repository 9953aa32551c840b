"""Figures for those who bear the token."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_without_a_token_in_the_settings_there_is_no_such_page():
    assert Client().get("/metrics").status_code == 404


def test_whoever_bears_the_token_reads_how_the_desk_stands(settings):
    settings.METRICS_TOKEN = "t0ken"
    assert Client().get("/metrics").status_code == 404
    wrong = Client().get("/metrics", headers={"Authorization": "Bearer t0kem"})
    assert wrong.status_code == 404
    page = Client().get("/metrics", headers={"Authorization": "Bearer t0ken"})
    assert page.status_code == 200
    assert b"desk_sweep_backlog_seconds" in page.content
    assert b"desk_messages_dead" in page.content
