"""Is the process alive, and may it take work? Redis down is "degraded": intake goes on.

Apps add their own questions in `AppConfig.ready` with `register`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView

logger = logging.getLogger(__name__)

#: returns "ok", or words about what is wrong; `needed` says whether that makes the desk unready
Question = Callable[[], str]
_questions: dict[str, tuple[Question, bool]] = {}


def register(name: str, question: Question, *, needed: bool) -> None:
    _questions[name] = (question, needed)


def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 while work can be taken, 503 otherwise; each part says how it is."""
    answers = {name: _ask(question) for name, (question, _) in _questions.items()}
    wrong = {name for name, answer in answers.items() if answer != "ok"}
    unready = {name for name in wrong if _questions[name][1]}
    status = "unready" if unready else "degraded" if wrong else "ok"
    return JsonResponse({"status": status, "parts": answers}, status=503 if unready else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for whoever bears METRICS_TOKEN; without one there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    return ExportToDjangoView(request)


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
