"""Whom the ways out trust: certified hosts alone, and the authorities are read once a process."""

import ssl
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from notifications.channels import http


def test_lanes_that_begin_together_read_the_authorities_once(monkeypatch):
    begun = []
    real = http._read_trusted.__wrapped__
    monkeypatch.setattr(http, "_read_trusted", cache(lambda: begun.append(None) or real()))

    def lane(_):
        with http.client() as client:
            return client._transport._pool._ssl_context

    with ThreadPoolExecutor(4) as lanes:
        contexts = set(lanes.map(lane, range(8)))

    assert len(begun) == 1
    (trusted,) = contexts
    assert trusted.verify_mode is ssl.CERT_REQUIRED
    assert trusted.check_hostname
    assert trusted.get_ca_certs()
