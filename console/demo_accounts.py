"""Accounts that the demo offers on the sign-in page. The demo app lies above and registers them;
no other mode ever shows one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who one can be in the demo: `says` is what there is to see, in a few words."""

    username: str
    password: str
    name: str
    says: str


Offer = Callable[[], Sequence[DemoAccount]]
_offers: list[Offer] = []


def register(offer: Offer) -> None:
    _offers.append(offer)


def offered() -> list[DemoAccount]:
    if settings.MODE.value != "demo":
        return []
    return [account for offer in _offers for account in offer()]
