"""Is the process alive, and may it take work? Redis down is "degraded": intake goes on.

Apps add their own questions in `AppConfig.ready` with `register`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

logger = logging.getLogger(__name__)

UNREADY: Final = "unready"


class Readiness(NamedTuple):
    """What the desk said of itself, and when by the process's own clock."""

    status: str
    parts: dict[str, str]
    at: float


_one_at_a_time = Lock()
_last: Readiness | None = None

#: returns "ok", or words about what is wrong; `needed` says whether that makes the desk unready
Question = Callable[[], str]
_questions: dict[str, tuple[Question, bool]] = {}


def register(name: str, question: Question, *, needed: bool) -> None:
    _questions[name] = (question, needed)


def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 while work can be taken, 503 otherwise. Whoever bears METRICS_TOKEN reads how each part
    is; what is wrong inside is nobody else's business."""
    found = _readiness()
    shown: dict[str, Any] = {"status": found.status}
    if _bears_token(request):
        shown["parts"] = found.parts
    return JsonResponse(shown, status=503 if found.status == UNREADY else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for whoever bears METRICS_TOKEN; without one there is no such page."""
    if not _bears_token(request):
        raise Http404
    return ExportToDjangoView(request)


def _bears_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    wanted: str = settings.METRICS_TOKEN
    return bool(wanted) and constant_time_compare(given, wanted)


def _readiness() -> Readiness:
    """Asked anew once a second in each process, whoever asks how often: the questions cost a write
    and a look at every migration."""
    global _last  # noqa: PLW0603  # the one answer that a process keeps
    with _one_at_a_time:
        last = _last
        if last is None or monotonic() - last.at > settings.READINESS_KEPT_SECONDS:
            _last = last = _asked()
    return last


def _asked() -> Readiness:
    answers = {name: _ask(question) for name, (question, _) in _questions.items()}
    wrong = {name for name, answer in answers.items() if answer != "ok"}
    unready = {name for name in wrong if _questions[name][1]}
    status = UNREADY if unready else "degraded" if wrong else "ok"
    return Readiness(status, answers, monotonic())


def _ask(question: Question) -> str:
    try:
        return question()
    except Exception as error:  # noqa: BLE001  # whatever breaks, the answer must come
        logger.warning("readiness question failed: %s", type(error).__name__)
        return f"failed: {type(error).__name__}"


def database_writes() -> str:
    """A write, not a read: a standby or a full disk answers reads happily."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_installation SET id = id WHERE id = 1")
    except DatabaseError as error:
        return f"failed: {type(error).__name__}"
    return "ok"


def migrations_applied() -> str:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "ok" if not pending else f"{len(pending)} migrations are not applied"


def redis_answers() -> str:
    cache.get("readyz")
    return "ok"


register("database", database_writes, needed=True)
register("migrations", migrations_applied, needed=True)
register("redis", redis_answers, needed=False)
