"""The Celery application. Tasks drain rows of the database; losing a message loses nothing."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")

app = Celery("jinke_desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**kwargs: Any) -> None:
    """Celery would replace the masking processor with its own format."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect
def _sweep_on_start(**kwargs: Any) -> None:
    """A worker that comes back after an outage does not wait for the next beat."""
    app.send_task("complaints.sweep_due", expires=15)
