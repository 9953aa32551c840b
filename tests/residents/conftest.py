from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from residents.services import code_carrier
from tests.residents import mailbox


@pytest.fixture(autouse=True)
def carrier(settings, monkeypatch) -> Iterator[None]:
    settings.CODE_CARRIER = "tests.residents.mailbox.carry"
    mailbox.delivered.clear()
    with ThreadPoolExecutor(max_workers=1) as threads:
        monkeypatch.setattr(code_carrier, "_threads", lambda: threads)
        yield
