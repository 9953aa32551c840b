"""The data map of libraries. Those that are not installed are declared all the same: the check
passes over them, and switching one on needs no second thought."""

from __future__ import annotations

from privacy.vault.registry import declare, declare_clear
from privacy.vault.terms import CREDENTIAL, SESSION, STAFF, TRACE_OF_STAFF, Category, Erasure

FRAMEWORK = "names of the framework's own objects"
CODES = "codes of the program"


def declare_installed() -> None:
    _django()
    _axes()
    _allauth()
    _celery()


def _django() -> None:
    declare_clear("contenttypes.ContentType", "app_label", "model", reason=FRAMEWORK)
    declare_clear("auth.Permission", "name", "codename", reason=FRAMEWORK)
    declare_clear("auth.Group", "name", reason=FRAMEWORK)
    declare(
        "sessions.Session", "session_key", "session_data", like=CREDENTIAL, erased=Erasure.EXPIRY
    )
    declare(
        "admin.LogEntry",
        "object_id",
        "object_repr",
        "change_message",
        like=TRACE_OF_STAFF,
        category=Category.STAFF,
    )


def _axes() -> None:
    seen = ("user_agent", "ip_address", "username", "http_accept", "path_info")
    declare("axes.AccessAttempt", *seen, "get_data", "post_data", like=TRACE_OF_STAFF)
    declare("axes.AccessLog", *seen, "session_hash", like=TRACE_OF_STAFF)
    declare("axes.AccessFailureLog", *seen, like=TRACE_OF_STAFF)


def _allauth() -> None:
    declare("account.EmailAddress", "email", like=STAFF)
    declare("account.EmailConfirmation", "key", like=CREDENTIAL, erased=Erasure.EXPIRY)
    declare("mfa.Authenticator", "data", like=CREDENTIAL, erased=Erasure.EMPLOYMENT)


def _celery() -> None:
    declare_clear("django_celery_beat.PeriodicTask", "name", "task", "queue", reason=CODES)
    declare(
        "django_celery_results.TaskResult",
        "task_args",
        "task_kwargs",
        "result",
        "traceback",
        like=TRACE_OF_STAFF,
        retention=SESSION,
    )
