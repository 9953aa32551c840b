"""What the robots of WeCom and DingTalk share: a text, and answers whose status says nothing."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx

from notifications.channels import http
from notifications.channels.addresses import pin
from notifications.channels.outgoing import NotDelivered, Outgoing, Target

#: Both allow twenty messages a minute to one robot: what the desk has to say, less what people may
#: try by hand, and one for two senders that count at once.
A_MINUTE: Final = 14


def target_of(outgoing: Outgoing) -> Target:
    if outgoing.target is None:
        raise NotDelivered("no_address")
    return outgoing.target


def text_of(outgoing: Outgoing, most_bytes: int) -> str:
    """Cut at whole characters; the desk has the rest."""
    text = f"{outgoing.subject}\n\n{outgoing.body}".strip()
    raw = text.encode()
    if len(raw) <= most_bytes:
        return text
    return raw[: most_bytes - 3].decode(errors="ignore") + "…"


def ask(client: httpx.Client, url: str, message: dict[str, Any]) -> dict[str, Any]:
    pinned = pin(url)
    answer = http.post(
        client,
        http.Post(
            url=pinned.url,
            content=json.dumps(message, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8", "Host": pinned.host},
            server_name=pinned.server_name,
        ),
    )
    said = http.json_of(answer)
    if not isinstance(said, dict) or not isinstance(said.get("errcode"), int):
        raise NotDelivered("answer_unreadable")
    return said
