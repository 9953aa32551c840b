"""What the desk says of itself to a load balancer, and to nobody else."""

import pytest

from core import health

pytestmark = pytest.mark.django_db

TOKEN = {"Authorization": "Bearer t0ken"}


@pytest.fixture
def asked(monkeypatch):
    """How often the desk was asked; one part of it is wrong."""
    times = []

    def broken():
        times.append(1)
        return "is off by 2"

    monkeypatch.setattr(health, "_questions", {"sweep": (broken, False)})
    monkeypatch.setattr(health, "_last", None)
    return times


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}])
def test_anybody_hears_one_word(client, asked, settings, headers):
    settings.METRICS_TOKEN = "t0ken"
    answer = client.get("/readyz", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})


def test_without_a_token_nobody_hears_more(client, asked, settings):
    settings.METRICS_TOKEN = ""
    assert "parts" not in client.get("/readyz", headers={"Authorization": "Bearer "}).json()


def test_who_bears_the_token_hears_what_is_wrong(client, asked, settings):
    settings.METRICS_TOKEN = "t0ken"
    assert client.get("/readyz", headers=TOKEN).json()["parts"] == {"sweep": "is off by 2"}


def test_however_often_it_is_asked_the_database_is_asked_once_in_a_while(client, asked, settings):
    settings.READINESS_KEPT_SECONDS = 3600
    for _ in range(3):
        client.get("/readyz")
    assert len(asked) == 1
    settings.READINESS_KEPT_SECONDS = 0
    client.get("/readyz")
    assert len(asked) == 2
