"""An announced year as a file, and a region's own days as lines."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.forms.fields import UnitField, search
from console.units import Units
from console.words import in_english
from core.errors import InvalidInput
from organisation import calendar_reader
from organisation.calendar_reader import AnnouncedDay
from organisation.enums import DayKind
from organisation.services import calendars
from organisation.services.calendars import OwnDay

LARGEST: Final = 256 * 1024
SAID: Final = {DayKind.HOLIDAY: "放假", DayKind.MAKE_UP: "调休上班"}
_UNREADABLE: Final = gettext_lazy("第 %(number)d 行看不懂，应写作：2027-01-09,调休上班,年会。")
#: what `lines_of` writes: a Chinese comma belongs to the name, unless a time of day follows it
_COMMAS: Final = re.compile(r",|，(?=\s*\d+:\d)")
_ANY_COMMAS: Final = re.compile(r"[,，]")
ROWS: Final = {"rows": 12, "spellcheck": "false"}


class UnitForm(forms.Form):
    """Whose calendar to show."""

    asks_nothing = True

    unit = UnitField(
        label=gettext_lazy("组织单元"),
        required=False,
        help_text=gettext_lazy("输入名称、拼音首字母或编号"),
    )

    def __init__(self, *args: Any, units: Units, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        search(self, "unit", units)


class AnnounceForm(forms.Form):
    """The same lines as a file of the command; pasted, so that they stay for the second look."""

    source = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=200,
        help_text=gettext_lazy("如：国办发明电〔2026〕9号"),
    )
    lines = forms.CharField(
        label=gettext_lazy("放假与调休"),
        max_length=LARGEST,
        help_text=gettext_lazy(
            "首行为 日期,类型,名称，其后每行一天，如：2027-01-01,放假,元旦。"
            "类型为 放假 或 调休上班。"
        ),
        widget=forms.Textarea(attrs=ROWS),
    )
    looked = forms.BooleanField(label=gettext_lazy("我已核对下面的影响"), required=False)

    def clean_lines(self) -> str:
        text = str(self.cleaned_data["lines"])
        try:
            self.days: list[AnnouncedDay] = calendar_reader.read(text.splitlines())
        except InvalidInput as refused:
            raise forms.ValidationError([str(line) for line in refused.fields["file"]]) from None
        self.years = calendars.whole_years(self.days)
        if not self.years:
            raise forms.ValidationError(_("没有完整的年份：缺少 1 月 1 日。"))
        return text


class OverrideForm(forms.Form):
    lines = forms.CharField(
        label=gettext_lazy("本单元自己的日子"),
        required=False,
        max_length=LARGEST,
        help_text=gettext_lazy(
            "每行一天：日期,类型,名称,时段，如：2027-01-09,调休上班,年会,09:00-12:00 13:30-18:00。"
            "类型为 放假 或 调休上班，时段可不填。"
        ),
        widget=forms.Textarea(attrs=ROWS),
    )
    looked = forms.BooleanField(label=gettext_lazy("我已核对下面的影响"), required=False)

    def clean_lines(self) -> str:
        text = str(self.cleaned_data["lines"])
        found, wrong = [], []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                found.append(_own_day(line))
            except ValueError:
                wrong.append(_UNREADABLE % {"number": number})
        if wrong:
            raise forms.ValidationError(wrong)
        self.days: list[OwnDay] = found
        return text


def lines_of(days: dict[date, OwnDay]) -> str:
    """As the form reads them."""
    return "\n".join(
        ",".join(
            [
                day.on.isoformat(),
                day.kind if in_english() else SAID[DayKind(day.kind)],
                day.name,
                " ".join(
                    f"{_clock(start)}-{_clock(end)}"
                    for start, end in zip(day.minutes[::2], day.minutes[1::2], strict=True)
                ),
            ]
        ).rstrip(",")
        for day in days.values()
    )


def _own_day(line: str) -> OwnDay:
    """Raises ValueError for a line that is none."""
    commas = _COMMAS if line.count(",") >= 2 else _ANY_COMMAS
    parts = [part.strip() for part in commas.split(line)]
    if not 3 <= len(parts) <= 4 or not parts[2]:
        raise ValueError(line)
    minutes: list[int] = []
    for span in (parts[3] if len(parts) == 4 else "").split():
        start, end = span.split("-")
        minutes += [_minutes(start), _minutes(end)]
    return OwnDay(
        date.fromisoformat(parts[0]), calendar_reader.kind_of(parts[1]), parts[2], tuple(minutes)
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
