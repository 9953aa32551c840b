"""One POST to somebody else's server: limited in time and size, without redirects or proxies, and
without a word of the answer in an error."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from threading import Lock
from typing import Any, Final

import httpx

from notifications.channels.deadline import BoundedTransport
from notifications.channels.outgoing import Fault, NotDelivered

#: a phase (connecting, writing, one read) and the whole; below the lease of a minute together
PHASE_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
MOST_BYTES: Final = 64 * 1024
LONGEST_WAIT: Final = timedelta(hours=6)
SHORTEST_WAIT: Final = timedelta(seconds=1)
_reading: Final = Lock()


@dataclass(frozen=True, slots=True)
class Post:
    url: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    #: what TLS verifies when the URL names an address instead of a host
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes


def client() -> httpx.Client:
    return httpx.Client(
        transport=BoundedTransport(WHOLE_SECONDS, _trusted()),
        timeout=PHASE_SECONDS,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "jinke-desk/1", "Accept-Encoding": "identity"},
    )


def _trusted() -> ssl.SSLContext:
    """Whom TLS trusts, read once by whichever lane comes first: four of them begin a pass every few
    seconds, and each would read 140 certificates to send nothing."""
    with _reading:
        return _read_trusted()


_read_trusted: Final = cache(partial(httpx.create_ssl_context, trust_env=False))


def post(client: httpx.Client, asked: Post) -> Answer:
    """The answer of a 2xx. Raises NotDelivered for everything else."""
    extensions: dict[str, Any] = {"sni_hostname": asked.server_name} if asked.server_name else {}
    try:
        with client.stream(
            "POST", asked.url, content=asked.content, headers=asked.headers, extensions=extensions
        ) as response:
            # before its body, which may be longer or slower than anybody reads
            _check(response)
            return Answer(response.status_code, _read(response))
    except httpx.TimeoutException as error:
        raise NotDelivered("timeout", Fault.CHANNEL) from error
    except httpx.TransportError as error:
        raise NotDelivered("no_connection", Fault.CHANNEL) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise NotDelivered("bad_address") from error


def json_of(answer: Answer) -> Any:
    """Raises NotDelivered for what is no JSON, or nested deeper than anybody means."""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise NotDelivered("answer_unreadable") from error


def _read(response: httpx.Response) -> bytes:
    content = b""
    for chunk in response.iter_raw():
        content += chunk
        if len(content) > MOST_BYTES:
            raise NotDelivered("answer_too_long")
    return content


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    if status == httpx.codes.GONE:
        raise NotDelivered("http_410", Fault.GONE)
    if 300 <= status < 400:
        raise NotDelivered("redirect_refused")
    busy = status == httpx.codes.TOO_MANY_REQUESTS or status >= 500
    fault = Fault.CHANNEL if busy else Fault.MESSAGE
    raise NotDelivered(f"http_{status}", fault, _wait(response.headers) if busy else None)


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a moment by the receiver's own clock; the usual back-off where it is neither."""
    asked = headers.get("Retry-After", "")
    try:
        if asked.isdecimal():
            wait = timedelta(seconds=int(asked))
        else:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
