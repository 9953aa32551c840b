"""Moments as the source file gives them: a day stays a day, no hour is invented."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

ISO_8601: Final = "iso8601"
_TIME_DIRECTIVES = ("%H", "%I", "%M", "%S", "%X", "%c", "%T", "%R")


@dataclass(frozen=True, slots=True)
class Moment:
    """The day in the file's own time zone and, only where the file has one, the instant."""

    on: date
    at: datetime | None = None

    @property
    def is_day(self) -> bool:
        return self.at is None

    def precedes(self, other: "Moment") -> bool:
        """Certainly earlier: two things on one day, one without an hour, are in no order."""
        if self.at and other.at:
            return self.at < other.at
        return self.on < other.on

    def anchor(self, zone: ZoneInfo) -> datetime:
        """Where the moment stands in a column of instants: a day stands at its start."""
        return self.at or datetime(self.on.year, self.on.month, self.on.day, tzinfo=zone)


@lru_cache(maxsize=16_384)
def parse(text: str, layout: str, zone: ZoneInfo) -> Moment:
    """Read `text` by a strptime layout or "iso8601"; raises ValueError.

    ISO is understood beside any layout, since spreadsheets hold real dates.  A time
    without an offset is one in `zone`.
    """
    try:
        return _by_iso(text, zone)
    except ValueError:
        if layout == ISO_8601:
            raise
    parsed = datetime.strptime(text, layout)  # noqa: DTZ007  # _instant gives it its zone
    if any(directive in layout for directive in _TIME_DIRECTIVES):
        return _instant(parsed, zone)
    return Moment(parsed.date())


def _by_iso(text: str, zone: ZoneInfo) -> Moment:
    if len(text) == len("2020-01-08") and text[4] == text[7] == "-":
        return Moment(date.fromisoformat(text))
    if len(text) < len("2020-01-08T09:00"):
        raise ValueError(text)
    return _instant(datetime.fromisoformat(text), zone)


def _instant(parsed: datetime, zone: ZoneInfo) -> Moment:
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
    return Moment(aware.astimezone(zone).date(), aware)
