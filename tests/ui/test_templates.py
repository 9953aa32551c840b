"""What every template of every app must keep, so that the pages stay strict and of one piece."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory

from core import badges, gallery

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for path in ROOT.glob("*/**/templates/**/*.html")
    if not {".venv", "node_modules"} & set(path.parts)
)
CSS = (ROOT / "core/static/ui/desk.css").read_text("utf-8")
SPRITES = ["core/static/ui/shapes.svg", "core/static/vendor/lucide@1.62.0/sprite.svg"]
SYMBOLS = {
    name
    for sprite in SPRITES
    for name in re.findall(r'<symbol id="([\w-]+)"', (ROOT / sprite).read_text("utf-8"))
}
FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "style element": r"<style\b",
    "inline script": r"<script(?![^>]*\bsrc=)",
    "event handler": r"\son[a-z]+\s*=\s*[\"']",
    "hx-on": r"\bhx-on",
    "evaluated value": r"[\"']js:",
    "trigger filter": r"hx-trigger=[\"'][^\"']*\[",
    "foreign address": r"(?:src|href)=[\"'](?:https?:)?//",
}


def _found(pattern):
    return {
        str(path.relative_to(ROOT))
        for path in TEMPLATES
        if re.search(pattern, path.read_text("utf-8"))
    }


def test_templates_are_looked_at():
    assert len(TEMPLATES) > 25


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_template_needs_a_weaker_content_security_policy(pattern):
    assert _found(pattern) == set()


def test_every_class_in_a_template_is_in_the_stylesheet():
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", CSS))
    used = set()
    for path in TEMPLATES:
        if "admin" in path.relative_to(ROOT).parts:  # those are dressed by Django's own stylesheet
            continue
        source = re.sub(r"{%.*?%}|{#.*?#}", " ", path.read_text("utf-8"))
        source = re.sub(r"{{.*?}}", "{}", source)
        for names in re.findall(r'\bclass="([^"]*)"', source):
            used |= {name for name in names.split() if "{" not in name}

    assert sorted(used - known) == []


def test_every_icon_that_is_named_exists():
    named = {look.shape for table in _tables() for look in table.values()} | set(gallery.ICONS)
    for path in TEMPLATES:
        source = path.read_text("utf-8")
        named |= set(re.findall(r'{% icon "([\w-]+)"', source))
        named |= set(re.findall(r'\bicon="([\w-]+)"', source))

    assert len(named) > 60
    assert named - SYMBOLS == set()


def _tables():
    return [badges.STATES, badges.KINDS, badges.SEVERITIES]


@pytest.mark.parametrize("layout", ["ui/console.html", "ui/portal.html", "ui/signin.html"])
def test_script_and_style_of_a_page_stay_under_100_kilobytes(layout):
    html = render_to_string(layout, gallery.sample(), RequestFactory().get("/"))
    files = re.findall(r'(?:<script[^>]*src|rel="stylesheet" href)="/static/([^"]+)"', html)

    weight = sum(len(gzip.compress(_static(name), 9)) for name in files)

    assert len(files) >= 3
    assert weight < 100 * 1024 * 0.4, "well under, so that a page has room for its own"


def _static(name):
    found = finders.find(name.replace("%40", "@"))
    assert found, name
    return Path(found).read_bytes()


def test_the_gallery_stays_under_60_kilobytes():
    html = render_to_string("ui/gallery.html", gallery.sample(), RequestFactory().get("/"))

    assert len(html.encode()) < 60 * 1024


@pytest.mark.parametrize(
    "script", sorted(ROOT.glob("core/static/ui/js/*.js")), ids=lambda p: p.name
)
def test_script_stays_short_and_stands_alone(script):
    source = script.read_text("utf-8")

    assert len(source.splitlines()) < 150
    assert re.findall(r"^import |innerHTML|insertAdjacentHTML|eval\(", source, re.MULTILINE) == []
