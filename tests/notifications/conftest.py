"""Notices about nothing in particular, and a mail server that does not always want them."""

from __future__ import annotations

import email
import email.policy
import ipaddress
import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from notifications import registry
from notifications.channels import http
from notifications.registry import Address, Rendered
from notifications.services import subscriptions
from notifications.services.notices import Telling, tell
from tests.factories import A_MORNING, make_person

_sources = itertools.count(1)


class Mailbox:
    """A running mail server and what it kept."""

    def __init__(self, process, port, folder):
        self.process, self.port, self.folder = process, port, folder

    @property
    def letters(self):
        files = sorted(self.folder.glob("*.eml"), key=lambda file: int(file.stem))
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]

    @property
    def deeds(self):
        kept = self.folder / "deeds"
        return [line.split()[0] for line in kept.read_text().splitlines()] if kept.exists() else []


@pytest.fixture
def mail_server(tmp_path, settings):
    """Start one with a plan; Django sends to it."""
    processes = []

    def start(*plan):
        folder = tmp_path / "mail"
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "smtp_server.py"), str(folder), *plan],
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        port = int(process.stdout.readline())
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 1
        return Mailbox(process, port, folder)

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class Receiver:
    """A running HTTP server and what it was asked."""

    port: int
    folder: Path

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/in?key=robot"

    @property
    def requests(self):
        kept = self.folder / "requests"
        lines = kept.read_text().splitlines() if kept.exists() else []
        return [json.loads(line) for line in lines]

    @property
    def deeds(self):
        return [request["deed"] for request in self.requests]

    def ids(self, header):
        return {request["headers"][header] for request in self.requests}


@pytest.fixture
def receiver(tmp_path, settings, monkeypatch):
    """Start somebody else's server with a plan; the company counts this machine to its network."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    monkeypatch.setattr(http, "PHASE_SECONDS", 0.7)
    monkeypatch.setattr(http, "WHOLE_SECONDS", 1.5)
    processes = []

    def start(kind, *plan):
        folder = tmp_path / f"receiver{len(processes)}"
        folder.mkdir()
        server = Path(__file__).parent / "http_server.py"
        process = subprocess.Popen(
            [sys.executable, str(server), kind, str(folder), *plan],
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return Receiver(int(process.stdout.readline()), folder)

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def template(monkeypatch):
    """Register a template that lasts for the test."""
    monkeypatch.setattr(registry, "_templates", dict(registry._templates))

    def register(code="test", *, urgent=False, confidential=False, render=None, **kinds):
        def sentence(notice):
            from django.utils.translation import get_language

            return Rendered(
                f"通知 {notice.source_id}",
                get_language() or "",
                urgent=urgent,
                confidential=confidential,
                values={"reference": str(notice.source_id)},
            )

        registry.register_template(code, render or sentence, **kinds)
        return code

    return register


@pytest.fixture
def address(monkeypatch):
    """Residents' addresses, which an app above registers."""
    found, numbers = {}, {}
    monkeypatch.setattr(registry, "_addresses", {"email": found.get, "sms": numbers.get})

    def give(subject_id, value="zhangsan@home.example", language="zh-hans"):
        found[subject_id] = Address(value, language)

    def phone(subject_id, value="+8613812345678", language="zh-hans"):
        numbers[subject_id] = Address(value, language)

    give.forget, give.phone = found.clear, phone
    return give


@pytest.fixture
def subject(company):
    return make_person(dwelling=company.dwelling).subject_id


def notify(*posts, template="test", subject=None, at=A_MORNING, source=None):
    """One event told to these posts, or to the subject. Returns the event's id."""
    source = source or next(_sources)
    tellings = [Telling("tests", source, template, "thing", source, post.pk) for post in posts]
    if subject is not None:
        tellings.append(Telling("tests", source, template, "thing", source, None, subject))
    tell(tellings, at=at)
    return source


@pytest.fixture
def fresh_subscriptions():
    """What a process remembers of endpoints does not outlive the test that made them."""
    subscriptions.forget()
    yield
    subscriptions.forget()
