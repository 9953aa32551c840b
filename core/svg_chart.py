"""Charts as stand-alone SVG for files and mail: reports, PDF, attachments.

They need no stylesheet and no script and carry no style attribute, so that a strict
Content-Security-Policy lets them pass. Colour comes from `currentColor`, classes allow more. Every
text is escaped. Screens draw their intervals with the `interval_chart` tag instead.

Sizes are in the units of the view box, about pixels.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from core.charts import Scale, scale_for

WIDTH = 640
ROW = 28
LABEL_WIDTH, FIGURE_WIDTH = 170, 150
PLOT_LEFT, PLOT_RIGHT = LABEL_WIDTH + 10, WIDTH - FIGURE_WIDTH
AXIS_HEIGHT = 24
SMALL, NORMAL = 11, 13
HALF_WIDTH = 0.55
"""Width of a Latin letter, measured in Chinese characters."""

BARS_HEIGHT, BARS_TOP, BARS_LEFT = 200, 40, 48
LEGEND_GAP = 28

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One line of an interval chart; shares are fractions of one, None where nothing is known."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of a stacked chart: a period and one count per series."""

    label: str
    values: Sequence[float]


def interval_chart(rows: Sequence[ShareRow], *, ident: str, title: str, description: str) -> str:
    """Shares as points with their intervals as lines, one row each, on one scale.

    `ident` makes the ids of title and description unique on the page.
    """
    known = [end for row in rows for end in (row.low, row.high) if end is not None]
    scale = scale_for(known)
    bottom = ROW * len(rows)
    drawn = [_grid(scale, bottom), *(_interval(row, at, scale) for at, row in enumerate(rows))]
    return _svg(drawn, bottom + AXIS_HEIGHT, ident, title, description)


def stacked_bars(
    columns: Sequence[Column], series: Sequence[str], *, ident: str, title: str, description: str
) -> str:
    """One bar per period, its parts in the order of `series` from the bottom up."""
    if any(len(column.values) != len(series) for column in columns):
        raise ValueError("every column needs one value per series")
    top = _round_up(max((sum(column.values) for column in columns), default=0))
    step = (WIDTH - BARS_LEFT) / max(len(columns), 1)
    drawn = [_legend(series), _heights(top)]
    for at, column in enumerate(columns):
        drawn.append(_bar(column, series, BARS_LEFT + step * at, step, top))
    return _svg(drawn, BARS_TOP + BARS_HEIGHT + AXIS_HEIGHT, ident, title, description)


def _svg(drawn: Iterable[str], height: float, ident: str, title: str, description: str) -> str:
    safe = _text(ident)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" fill="currentColor" '
        f'viewBox="0 0 {WIDTH} {height:g}" font-size="{NORMAL}" font-family="sans-serif" '
        f'aria-labelledby="{safe}-title {safe}-desc">'
        f'<title id="{safe}-title">{_text(title)}</title>'
        f'<desc id="{safe}-desc">{_text(description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _grid(scale: Scale, bottom: float) -> str:
    lines = []
    for tick in scale.ticks():
        x = _x(scale, tick)
        lines.append(_line("chart__grid", x, 0, x, bottom, width=1, opacity=0.15))
        words = f"{100 * tick:.0f}%"
        lines.append(_words("chart__tick", x, bottom + 16, words, anchor="middle", size=SMALL))
    return "".join(lines)


def _interval(row: ShareRow, at: int, scale: Scale) -> str:
    middle = ROW * at + ROW / 2
    label = _words("chart__label", LABEL_WIDTH, middle + 4, _fit(row.label), anchor="end")
    parts = [f"<title>{_text(row.label)}: {_figures(row)}</title>", label]
    if row.share is not None and row.low is not None and row.high is not None:
        low, high = _x(scale, row.low), _x(scale, row.high)
        parts.append(_line("chart__interval", low, middle, high, middle, width=4, opacity=0.35))
        parts.append(
            f'<circle class="chart__share" cx="{_x(scale, row.share)}" cy="{middle:g}" r="5"/>'
        )
    parts.append(
        _words("chart__figures", WIDTH, middle + 4, _figures(row), anchor="end", size=SMALL)
    )
    return f'<g class="chart__row">{"".join(parts)}</g>'


def _figures(row: ShareRow) -> str:
    if row.share is None or row.low is None or row.high is None:
        return f"— (n={row.n})"
    return f"{100 * row.share:.1f}% ({100 * row.low:.1f}–{100 * row.high:.1f}, n={row.n})"


def _x(scale: Scale, share: float) -> float:
    return round(PLOT_LEFT + scale.place(share) / 100 * (PLOT_RIGHT - PLOT_LEFT), 1)


def _legend(series: Sequence[str]) -> str:
    x = float(BARS_LEFT)
    parts = []
    for at, name in enumerate(series):
        parts.append(_part("chart__key", at, len(series), x, 6, 12, 12))
        parts.append(_words("chart__label", x + 17, 17, name))
        x += 17 + NORMAL * _width(name) + LEGEND_GAP
    return f'<g class="chart__legend">{"".join(parts)}</g>'


def _heights(top: float) -> str:
    lines = []
    for quarter in range(5):
        y = BARS_TOP + BARS_HEIGHT * (1 - quarter / 4)
        lines.append(_line("chart__grid", BARS_LEFT, y, WIDTH, y, width=1, opacity=0.15))
        words = f"{top * quarter / 4:g}"
        lines.append(_words("chart__tick", BARS_LEFT - 6, y + 4, words, anchor="end", size=SMALL))
    return "".join(lines)


def _bar(column: Column, series: Sequence[str], left: float, step: float, top: float) -> str:
    width = min(step * 0.6, 72)
    x = left + (step - width) / 2
    y = float(BARS_TOP + BARS_HEIGHT)
    parts = []
    for at, value in enumerate(column.values):
        height = BARS_HEIGHT * value / top
        y -= height
        hint = f"<title>{_text(f'{column.label} {series[at]}: {value:g}')}</title>"
        parts.append(_part("chart__part", at, len(series), x, y, width, height, hint))
    words_at = BARS_TOP + BARS_HEIGHT + 17
    label = _words("chart__label", x + width / 2, words_at, column.label, anchor="middle")
    return f'<g class="chart__bar">{"".join(parts)}{label}</g>'


def _part(
    name: str, at: int, of: int, x: float, y: float, width: float, height: float, hint: str = ""
) -> str:
    """A rectangle of one series, told apart by its strength and by its edge."""
    opacity = 0.85 - 0.7 * at / max(of - 1, 1)
    return (
        f'<rect class="{name} chart__series-{at + 1}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" fill-opacity="{opacity:.2f}" stroke="currentColor" '
        f'stroke-width="0.5">{hint}</rect>'
    )


def _line(
    name: str, x1: float, y1: float, x2: float, y2: float, *, width: float, opacity: float
) -> str:
    return (
        f'<line class="{name}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" '
        f'stroke="currentColor" stroke-width="{width:g}" stroke-opacity="{opacity:g}" '
        f'stroke-linecap="round"/>'
    )


def _words(
    name: str, x: float, y: float, words: str, *, anchor: str = "start", size: float = NORMAL
) -> str:
    return (
        f'<text class="{name}" x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}">'
        f"{_text(words)}</text>"
    )


def _text(words: str) -> str:
    """Escaped, without the characters that XML forbids."""
    return escape(_FORBIDDEN.sub("", words))


def _width(words: str) -> float:
    """Rough width in Chinese characters."""
    return sum(1 if ord(character) > 0x2E80 else HALF_WIDTH for character in words)


def _fit(label: str) -> str:
    """The label as far as it fits its column."""
    room = LABEL_WIDTH / NORMAL
    if _width(label) <= room:
        return label
    while _width(label) > room - 1:
        label = label[:-1]
    return f"{label}…"


def _round_up(value: float) -> float:
    """The next 1, 2, 4 or 8 times a power of ten, at least 4: its quarters are short numbers."""
    value = max(value, 4)
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 4, 8, 10) if power * step >= value * (1 - 1e-9))
