"""Personal data as it may be shown to those who need to recognise it but not to have it."""

from __future__ import annotations

STAR = "*"


def mask_phone(e164: str) -> str:
    """138****1234 for a Chinese mobile, the last four digits of any other number."""
    if e164.startswith("+861") and len(e164) == 14:
        return f"{e164[3:6]}****{e164[-4:]}"
    hidden = max(len(e164) - 4, 0)
    return STAR * hidden + e164[hidden:] if hidden > 2 else STAR * len(e164)


def mask_name(name: str) -> str:
    """The first character and one star, so that not even the length is told: 张*."""
    stripped = name.strip()
    return f"{stripped[0]}{STAR}" if len(stripped) > 1 else STAR * len(stripped)


def mask_email(address: str) -> str:
    """z***@example.com."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if local else STAR * 3


def keep_ends(text: str, first: int, last: int) -> str:
    """Hide all letters and digits but the first and last few; separators stay where they are."""
    counted = [place for place, character in enumerate(text) if character.isalnum()]
    hidden = set(counted[first : len(counted) - last])
    return "".join(STAR if place in hidden else c for place, c in enumerate(text))
