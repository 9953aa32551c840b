"""Brings tables, reference data and demo data up to date, in one process because Django's start
costs more than the work does when there is nothing to do.
"""

from __future__ import annotations

import os
import time
from typing import Any

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("The tables are up to date", "migrate", {"interactive": False, "verbosity": 0}),
    ("The reference data are up to date", "load_reference", {}),
    ("The demo data are there", "load_demo", {}),
)


def main() -> None:
    """Each command decides by itself what is already done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
    import django
    from django.core.management import call_command

    django.setup()
    for done, command, options in STEPS:
        started = time.monotonic()
        call_command(command, **options)
        print(f"{done} ({time.monotonic() - started:.1f} s).", flush=True)


if __name__ == "__main__":
    main()
