"""WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

# what a page sends to the worker goes to our broker, not to Celery's default one
from jinke_desk import celery  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
application = get_wsgi_application()
