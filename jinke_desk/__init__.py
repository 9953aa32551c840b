"""Wiring of the project: settings, routes, Celery and the launcher."""
