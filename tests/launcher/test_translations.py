"""A small project with texts of its own, read by the real tools of gettext."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from jinke_desk.launcher import translations

MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text(
        "from django.utils.translation import gettext as _\n"
        "def texts(): return [_('投诉'), _('第 %(page)s 页')]\n"
    )
    (tmp_path / "shop" / "settings.py").write_text(
        f"USE_I18N = True\nLOCALE_PATHS = ['locale']\nSECRET_KEY = {'x'!r}\n"
    )
    return tmp_path


def translated(project: Path, entries: str) -> Path:
    folder = project / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "django.po").write_text(HEADER + entries)
    return folder


GOOD = 'msgid "投诉"\nmsgstr "Complaint"\n\n'
PAGE = '#, python-format\nmsgid "第 %(page)s 页"\nmsgstr "Page %(page)s"\n\n'


@pytest.mark.parametrize(
    ("entries", "faults"),
    [
        (GOOD + PAGE, []),
        (GOOD, ["not translated: '第 %(page)s 页'"]),
        (GOOD.replace("Complaint", "") + PAGE, ["not translated: '投诉'"]),
        ("#, fuzzy\n" + GOOD + PAGE, ["only guessed (fuzzy): '投诉'"]),
        (GOOD + PAGE.replace("Page %(page)s", "Page"), ["other placeholders: '第 %(page)s 页'"]),
        (GOOD + PAGE + 'msgid "没人用"\nmsgstr "unused"\n', []),
    ],
)
def test_each_gap_in_the_translation_is_named(
    project: Path, entries: str, faults: list[str]
) -> None:
    translated(project, entries)
    found = translations.problems(os.environ, project)
    assert len(found) == len(faults), found
    for line, fault in zip(found, faults, strict=True):
        assert fault in line


def test_the_check_changes_nothing(project: Path) -> None:
    source = translated(project, GOOD) / "django.po"
    before = source.read_bytes()
    translations.problems(os.environ, project)
    assert source.read_bytes() == before


def test_without_gettext_the_check_names_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations.shutil, "which", lambda name: None)
    (line,) = translations.problems(os.environ, project)
    assert "apt-get install gettext" in line


def test_compiling_needs_no_gettext_and_happens_once(project: Path) -> None:
    folder = translated(project, GOOD + PAGE)
    assert translations.compile_all(project) == [folder / "django.mo"]
    assert translations.compile_all(project) == []
    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("投诉") == "Complaint"
    os.utime(folder / "django.po", (2**31 - 1, 2**31 - 1))
    assert translations.compile_all(project) == [folder / "django.mo"]
