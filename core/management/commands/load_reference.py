"""Load or refresh the data that the product ships: roles, calendars, categories, policies …"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from core.clock import database_now


class Command(BaseCommand):
    help = "Load the shipped reference data. Safe to run again: it updates what it wrote."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            at = database_now()
            for config in apps.get_app_configs():
                name = f"{config.name}.reference_data"
                if find_spec(name):
                    import_module(name).load(at)
