"""A telephone network for tests: every text that was carried, in order."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from residents.enums import CodePurpose
from residents.services import code_carrier, sign_in
from tests.factories import A_MORNING

MOBILE = "13800001234"

delivered: list[tuple[str, str]] = []


def carry(number: str, text: str) -> None:
    delivered.append((number, text))


def refuse(number: str, text: str) -> None:
    raise ConnectionError(f"gateway refused {number}")


def texts() -> list[tuple[str, str]]:
    """What has been delivered once everything handed over so far is carried."""
    threads = code_carrier._threads()
    assert isinstance(threads, ThreadPoolExecutor)
    assert threads._max_workers == 1, "with one worker, the last in line is done last"
    threads.submit(lambda: None).result(timeout=60)
    return delivered


def last_code() -> str:
    found = re.search(r"\d{6}", texts()[-1][1])
    assert found is not None
    return found[0]


def ask(number: str = MOBILE, *, at: dt.datetime = A_MORNING, address: str = "10.0.0.1") -> UUID:
    return sign_in.request_code(number, CodePurpose.SIGN_IN, address=address, at=at)
