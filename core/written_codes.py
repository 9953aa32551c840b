"""Codes that people write, in addresses: a contract may well be called HT/2026/01."""

from __future__ import annotations

from urllib.parse import quote, unquote


class WrittenCode:
    """One part of a path for any text. A slash stands in it as `%2F`, which is escaped once more on
    the way, since servers undo that once before anybody looks for parts."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Raises ValueError, which is no address, for what no column can hold."""
        code = unquote(value)
        if "\x00" in code:
            raise ValueError
        return code

    def to_url(self, value: str) -> str:
        # nothing but dots is a way up in a path
        escaped = value.replace("%", "%25").replace("/", quote("/", safe=""))
        return escaped if escaped.strip(".") else escaped.replace(".", "%2E")
