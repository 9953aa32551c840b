"""A signed webhook: what happened, by ids and times, to a system that asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from notifications.channels import http, standard_webhooks
from notifications.channels.addresses import pin
from notifications.channels.outgoing import NotDelivered, Outgoing, Send


@contextmanager
def opened() -> Iterator[Send]:
    with http.client() as client:

        def send(outgoing: Outgoing) -> None:
            if outgoing.target is None:
                raise NotDelivered("no_address")
            pinned = pin(outgoing.target.address)
            signed = standard_webhooks.headers(
                outgoing.delivery_id, outgoing.at, outgoing.payload, outgoing.target.secrets
            )
            http.post(
                client,
                http.Post(
                    url=pinned.url,
                    content=outgoing.payload,
                    headers={"Content-Type": "application/json", "Host": pinned.host, **signed},
                    server_name=pinned.server_name,
                ),
            )

        yield send
