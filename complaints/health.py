"""What readiness asks of the escalation and of routing. All are degraded, not unready: a desk whose
sweep lags must still take complaints."""

from __future__ import annotations

from complaints.services import audit, rules
from core import health
from core.clock import database_now
from organisation.services.posts import duty_queue_is_filled


def sweep_keeps_up() -> str:
    at = database_now()
    since = audit.overdue_since(at)
    return (
        "ok" if since is None else f"the oldest step is {int((at - since).total_seconds())} s late"
    )


def duty_queue_filled() -> str:
    return "ok" if duty_queue_is_filled(at=database_now()) else "nobody holds the duty post"


def some_rule_catches_all() -> str:
    return "ok" if rules.something_catches() else "no routing rule matches every ticket"


def register() -> None:
    health.register("routing", some_rule_catches_all, needed=False)
    health.register("sweep", sweep_keeps_up, needed=False)
    health.register("duty_queue", duty_queue_filled, needed=False)
