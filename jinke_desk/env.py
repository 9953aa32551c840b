"""Strict readers of the environment: a missing or malformed setting stops the start in words."""

from __future__ import annotations

import base64
import binascii
import os
from datetime import time
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


class Mode(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


def refuse(name: str, need: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is not usable: {need} See .env.example for every setting.")


def mode() -> Mode:
    """How the desk runs. Production unless said otherwise, so that a slip is strict."""
    value = os.environ.get("DESK_MODE", Mode.PRODUCTION.value)
    try:
        return Mode(value)
    except ValueError:
        raise refuse("DESK_MODE", f"{value!r} is none of production, demo, test.") from None


def required(name: str, need: str = "it must be set.") -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise refuse(name, need)
    return value


def text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def whole(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise refuse(name, f"{value!r} is not a whole number.") from None


def switch(name: str, default: bool) -> bool:
    value = text(name, "true" if default else "false").lower()
    if value not in ("true", "false"):
        raise refuse(name, f"{value!r} is neither true nor false.")
    return value == "true"


def hours(name: str, default: str) -> tuple[time, time] | None:
    """Read `21:30-08:00`, across midnight if need be; `none` for no such hours."""
    value = text(name, default)
    if value == "none":
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError:
        raise refuse(name, f"{value!r} is neither HH:MM-HH:MM nor none.") from None
    return start, end


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read `10.1.0.0/16,fd00::/8`."""
    try:
        return [ip_network(part) for part in names(name)]
    except ValueError as error:
        raise refuse(name, f"{error}.") from None


def texts(name: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Read `ticket_received=1001:reference;sign_in_code=1002:code,minutes`: by our name, the
    number of a text and the placeholders it takes in order."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for part in filter(None, (each.strip() for each in text(name, "").split(";"))):
        ours, _, theirs = part.partition("=")
        number, _, values = theirs.partition(":")
        if not ours or not number:
            raise refuse(name, f"{part!r} is not NAME=NUMBER:PLACEHOLDERS.")
        found[ours] = (number, tuple(value.strip() for value in values.split(",") if value))
    return found


def moment_of_day(name: str, default: str) -> time:
    value = text(name, default)
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise refuse(name, f"{value!r} is not HH:MM.") from None


def folder(name: str, default: Path | None = None) -> Path:
    value = os.environ.get(name, "").strip()
    if not value and default is None:
        raise refuse(name, "it must name a folder.")
    return Path(value) if value else Path(str(default))


def database(name: str, fallback: str | None = None) -> dict[str, Any]:
    """Read a PostgreSQL URL. Other engines are refused: the sweep and the ledgers rest on it."""
    if fallback is not None and not os.environ.get(name):
        name = fallback
    value = required(name, "it must be a postgres://user:password@host:port/name URL.")
    config: dict[str, Any] = dict(_env.db_url_config(value))
    if not config.get("ENGINE", "").endswith("postgresql"):
        raise refuse(name, "only PostgreSQL 15 or newer is supported.")
    return {**config, "ENGINE": "core.postgresql"}


def key_bytes(name: str, value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise refuse(name, "it is not base64.") from None
    if len(key) != 32:
        raise refuse(name, f"it must be 32 bytes in base64, not {len(key)}.")
    return key


def secret_key(name: str) -> bytes:
    return key_bytes(name, required(name, "it must be 32 random bytes in base64."))


def key_ring(name: str) -> dict[str, bytes]:
    """Read `id:base64,id:base64`; the first key wraps new data, the others still open old data."""
    ring: dict[str, bytes] = {}
    for part in required(name, "it must be id:base64 pairs, newest first.").split(","):
        key_id, _, value = part.strip().partition(":")
        if not key_id or not value or key_id in ring:
            raise refuse(name, "every entry must be id:base64 with an id of its own.")
        ring[key_id] = key_bytes(name, value)
    return ring


def email(name: str) -> dict[str, Any]:
    """Read an smtp://user:password@host:port URL (smtp+tls, smtp+ssl)."""
    value = required(name, "it must be an smtp:// URL (smtp+tls:// or smtp+ssl:// for encryption).")
    return dict(_env.email_url_config(value))
