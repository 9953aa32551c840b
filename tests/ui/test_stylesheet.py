"""The stylesheet keeps what the design promises: small, one palette, readable in both themes."""

import gzip
import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "core/static/ui/desk.css").read_text("utf-8")
TEXTS = ["text", "text-2", "text-3"]
GROUNDS = ["bg", "surface", "sunken", "raised"]
TINTED = ["info", "progress", "wait", "good", "bad"]


def _blocks(selector):
    found = re.findall(re.escape(selector) + r"\s*\{(.*?)\}", CSS, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+):\s*([^;]+);", body)) for body in found]


LIGHT = _blocks("  :root")[0]
DARK = {**LIGHT, **_blocks(':root[data-theme="dark"]')[0]}


def _luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_stylesheet_stays_small():
    assert len(gzip.compress(CSS.encode(), 9)) < 15 * 1024


def test_dark_by_device_equals_dark_by_choice():
    by_device = _blocks(":root:not([data-theme])")[0]
    by_choice = _blocks(':root[data-theme="dark"]')[0]

    assert len(by_choice) > 30
    assert by_device == by_choice


def test_every_token_that_is_used_is_defined():
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    of_one_part = set(re.findall(r"[;{] --([\w-]+): url", CSS))

    assert used - set(LIGHT) == of_one_part


def test_nothing_is_fetched_from_elsewhere():
    drawn_here = re.sub(r'url\("data:image/svg\+xml,[^"]*"\)', "", CSS)

    assert re.findall(r"@import|url\(|https?:", drawn_here) == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_words_are_readable_on_every_ground(tokens):
    pairs = [(word, ground) for word in TEXTS + TINTED for ground in GROUNDS]
    pairs += [(tone, f"{tone}-tint") for tone in TINTED]
    pairs += [("text-2", "fill"), ("text-2", "select"), ("text-2", "internal-tint")]
    pairs += [("on-accent", "accent"), ("accent-text", "accent-tint"), ("bg", "text")]
    pairs += [("key", "key-tint"), ("key-text", "key-tint"), ("internal-tint", "internal")]

    weak = {pair: _contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_controls_and_focus_stand_out(tokens):
    pairs = [("control", "surface"), ("control", "bg"), ("focus", "surface"), ("focus", "bg")]
    pairs += [("good-fill", "surface")]

    weak = {pair: _contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}
