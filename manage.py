#!/usr/bin/env python
"""Django's command line, on the servers of the demo where this folder is one."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run `make venv`, then .venv/bin/python manage.py.")
    from jinke_desk.launcher.command import demo_if_marked
    from jinke_desk.launcher.errors import LaunchError

    try:
        with demo_if_marked():
            _ = settings.INSTALLED_APPS  # read the settings here: a bad one is a sentence
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, LaunchError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
