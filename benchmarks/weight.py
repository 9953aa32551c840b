"""What a browser loads: a page as it was sent, and the scripts and styles it asks for."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.http import BadAnswer, Connection, get
from benchmarks.webserver import Web

_LOADED = re.compile(r"""(?:<script[^>]*?\ssrc|<link rel="stylesheet" href)="([^"]+)\"""")
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)\s*\(?["']([./][^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes: of the HTML as it is, and compressed; of scripts and styles compressed."""

    html: int
    html_compressed: int
    assets: int


def of_page(web: Web, address: str, headers: Mapping[str, str]) -> Weight:
    """Raises BadAnswer for anything but a page."""
    link = Connection(web.port)
    try:
        html = _asked(link, address, headers)
        names = _LOADED.findall(html.decode())
        if not names:
            raise BadAnswer(f"{address} asks for no style: it is no page.")
        assets = sum(_compressed(body) for body in _all(link, address, names))
        return Weight(len(html), _compressed(html), assets)
    finally:
        link.close()


def _all(link: Connection, address: str, names: list[str]) -> Iterator[bytes]:
    """Each file once, with the modules that modules ask for."""
    left, seen = [urljoin(address, name) for name in names], set[str]()
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        body = _asked(link, name, {})
        if name.endswith(".js"):
            left += [urljoin(name, other) for other in _IMPORTED.findall(body.decode())]
        yield body


def _asked(link: Connection, address: str, headers: Mapping[str, str]) -> bytes:
    status, body = link.ask(get(address, headers))
    if status != 200:
        raise BadAnswer(f"{address}: status {status}")
    return body


def _compressed(body: bytes) -> int:
    return len(gzip.compress(body, 9))
