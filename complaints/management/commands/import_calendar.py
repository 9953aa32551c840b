"""Announce years of the work calendar from a file, as a new version that open clocks move to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.services import calendar_versions
from core.actors import SYSTEM
from core.clock import database_now
from organisation import calendar_reader
from organisation.calendar_reader import CalendarFileInvalid
from organisation.services import calendars


class Command(BaseCommand):
    help = "Import holidays and make-up days (CSV: date,kind,name) of whole years."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="The notice that announced them.")
        parser.add_argument("--calendar", default=calendars.DEFAULT_CODE, metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        days = self._read(options["file"])
        years = calendars.whole_years(days)
        if not years:
            raise CommandError("The file announces no year: 1 January is in none of its lines.")
        version = calendar_versions.announce(
            days,
            code=options["calendar"],
            sources=dict.fromkeys(years, options["source"]),
            actor=SYSTEM,
            at=database_now(),
        )
        named = ", ".join(map(str, years))
        self.stdout.write(f"{version}: {len(days)} days of {named}")

    def _read(self, file: Path) -> list[calendar_reader.AnnouncedDay]:
        try:
            with file.open(encoding="utf-8") as lines:
                return calendar_reader.read(lines)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not UTF-8.") from None
        except CalendarFileInvalid as refused:
            raise CommandError("\n".join(map(str, refused.fields["file"]))) from None
