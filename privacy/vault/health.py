"""What readiness asks of the vault."""

from __future__ import annotations

from core import health
from privacy.vault.services import destructions


def destructions_applied() -> str:
    """A restored database that has not heard of every destruction may show who was erased, so the
    desk takes no work until both have."""
    behind = {alias: count for alias, count in destructions.lag().items() if count}
    if not behind:
        return "ok"
    return "; ".join(f"{alias} is off by {count}" for alias, count in sorted(behind.items()))


def register() -> None:
    health.register("destructions", destructions_applied, needed=True)
