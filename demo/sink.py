"""Where the demo's messages go instead of the outside world: a folder that a page shows."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Kept:
    channel: str
    to: str
    subject: str
    text: str
    at: str


class SinkEmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            keep("email", ", ".join(message.to), str(message.subject), str(message.body))
        return len(email_messages)


def keep_code(number: str, text: str) -> None:
    """A carrier of sign-in codes (`settings.CODE_CARRIER`)."""
    keep("sms", number, "", text)


def keep(channel: str, to: str, subject: str, text: str) -> None:
    folder = Path(settings.MESSAGE_SINK_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    kept = Kept(channel, to, subject, text, datetime.now(UTC).isoformat())
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.json"
    unfinished = folder / f".{name}"
    unfinished.write_text(json.dumps(asdict(kept), ensure_ascii=False), encoding="utf-8")
    unfinished.rename(folder / name)


def shown() -> list[Kept]:
    """The newest messages first."""
    folder = Path(settings.MESSAGE_SINK_DIR)
    files = sorted(folder.glob("[0-9]*.json"), reverse=True) if folder.is_dir() else []
    return [Kept(**json.loads(file.read_text(encoding="utf-8"))) for file in files[:MOST_SHOWN]]
