"""Moments as people say them to each other."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def when(moment: datetime, at: datetime) -> str:
    """今天 10:30, 明天 10:30, 周五 10:30, else with the date."""
    local, today = timezone.localtime(moment), timezone.localtime(at).date()
    time, days = f"{local:%H:%M}", (local.date() - today).days
    if days == 0:
        return _("今天 %(time)s ") % {"time": time}
    if days == 1:
        return _("明天 %(time)s ") % {"time": time}
    if 1 < days < 7:
        return _("%(weekday)s %(time)s ") % {"weekday": date_format(local, "l"), "time": time}
    date = date_format(local, pgettext("date format", "n月j日"))
    return _("%(date)s %(time)s ") % {"date": date, "time": time}
