"""The English translations: compiled without gettext, checked with it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polib

from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import PROJECT

_NOT_TRANSLATED = {"tests", "benchmarks", "docs", "vendor", "node_modules", "__pycache__"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def compile_all(project: Path = PROJECT) -> list[Path]:
    """Write each .mo that is missing or older than its .po; return those written."""
    written = []
    for source in sorted((project / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    draft = target.with_suffix(".mo.new")
    try:
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)
    except OSError as error:
        raise LaunchError(f"{target} cannot be written: {error.strerror}.") from None


def problems(settings: Mapping[str, str], project: Path = PROJECT) -> list[str]:
    """Say what is missing, unfinished or unfaithful; an empty list is a complete translation."""
    for tool in ("xgettext", "msgmerge"):
        if shutil.which(tool) is None:
            return [
                f"{tool} is missing, so nothing was checked. Install it: apt-get install gettext"
            ]
    with tempfile.TemporaryDirectory(prefix="jinke-desk-messages-") as folder:
        copy = Path(folder) / "project"
        _copy_texts(project, copy)
        _extract(copy, settings)
        found = sorted((copy / "locale").glob("*/LC_MESSAGES/*.po"))
        if not found:
            return ["There is no locale/en/LC_MESSAGES/django.po."]
        return [line for path in found for line in _problems_of(path, copy)]


def _copy_texts(project: Path, copy: Path) -> None:
    copy.mkdir()
    shutil.copy(project / "manage.py", copy)
    for folder in _packages(project):
        ignored = shutil.ignore_patterns(*_NOT_TRANSLATED, "migrations", "*.mo")
        shutil.copytree(folder, copy / folder.name, ignore=ignored)
    (copy / "locale" / "en" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)


def _packages(project: Path) -> Iterator[Path]:
    for folder in sorted(project.iterdir()):
        if folder.name in _NOT_TRANSLATED or folder.name.startswith("."):
            continue
        if (folder / "__init__.py").exists() or folder.name in ("locale", "templates", "static"):
            yield folder


def _extract(copy: Path, settings: Mapping[str, str]) -> None:
    command = [sys.executable, "manage.py", "makemessages", "-l", "en", "--no-wrap"]
    command += ["--ignore", "launcher", "-v", "0"]
    done = subprocess.run(
        command, cwd=copy, env=dict(settings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LaunchError(f"makemessages failed:\n{done.stderr.strip()}")


def _problems_of(path: Path, root: Path) -> list[str]:
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    return [
        f"{path.relative_to(root)}: {fault}: {entry.msgid[:60]!r}{_where(entry)}"
        for entry in entries
        if (fault := _fault(entry))
    ]


def _where(entry: polib.POEntry) -> str:
    return f" ({entry.occurrences[0][0]})" if entry.occurrences else ""


def _fault(entry: polib.POEntry) -> str:
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(texts):
        return "not translated"
    if "fuzzy" in entry.flags:
        return "only guessed (fuzzy)"
    wanted = _placeholders([entry.msgid, entry.msgid_plural])
    return "" if _placeholders(texts) == wanted else "other placeholders"


def _placeholders(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in _PLACEHOLDER.findall(text)}
