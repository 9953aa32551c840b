"""What docs promise of the repository itself."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = [
    "complaints", "console", "core", "demo", "jinke_desk", "notifications", "organisation",
    "portal", "privacy", "quality", "residents",
]  # fmt: skip


def _modules():
    for package in OURS:
        yield from (ROOT / package).rglob("*.py")


def test_migrations_are_named():
    unnamed = [
        path.name
        for path in _modules()
        if path.parent.name == "migrations" and re.fullmatch(r"\d{4}_(auto|initial).*", path.name)
    ]
    assert unnamed == []


def test_files_stay_under_400_lines():
    long = {
        str(path.relative_to(ROOT)): count
        for path in (*_modules(), *(ROOT / "tests").rglob("*.py"))
        if path.parent.name != "migrations"
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_texts_are_named_as_they_are_collected():
    """`makemessages` finds gettext under its own names, and one of one text as `_`."""
    unknown = re.compile(r"\b(?!gettext(?:_lazy)? as _\b)\w*gettext\w* as \w+")
    found = {
        str(path.relative_to(ROOT)): names
        for path in _modules()
        if (names := unknown.findall(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_every_setting_is_documented():
    read = set()
    for name in ("settings.py", "env.py"):
        source = (ROOT / "jinke_desk" / name).read_text(encoding="utf-8")
        read |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source))
        read |= set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", source))
    documented = set(
        re.findall(r"^#?\s*([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    assert len(read) > 15
    assert read - documented == set()


def test_every_task_is_named_and_limited():
    from jinke_desk.celery import app

    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) >= 6
    for name, task in ours.items():
        assert re.fullmatch(r"[a-z]+\.[a-z]+_[a-z_]+", name), name
        assert task.time_limit, f"{name} has no time limit"
        # a soft limit raises inside the work; the sweep would take that for a poison row
        assert (task.soft_time_limit or 0) < task.time_limit, name


def test_every_scheduled_task_exists():
    from jinke_desk.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(app.tasks) == set()


def test_services_import_neither_tasks_nor_framework_nor_celery():
    wrong = []
    for path in _modules():
        if "services" in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                wrong += [
                    f"{path.relative_to(ROOT)}: {name}"
                    for name in names
                    if name.split(".")[0] in {"rest_framework", "celery"} or name.endswith(".tasks")
                ]
    assert wrong == []


def test_apps_are_not_wired_by_signals():
    wrong = [
        str(path.relative_to(ROOT))
        for path in _modules()
        if path.name != "celery.py"
        and re.search(
            r"\breceiver\(|\bmodels\.signals\b|models import signals|\.signals import\b",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("label", ["complaints", "residents", "organisation", "quality", "rights"])
def test_history_tracks_no_personal_column(label):
    from privacy.vault.fields import SealedField

    for model in apps.get_app_config(label).get_models():
        if model.__name__.startswith("Historical"):
            names = {field.name for field in model._meta.get_fields()}
            assert not names & {"dwelling", "subject", "name_sealed", "body", "place"}, model
            assert not any(isinstance(f, SealedField) for f in model._meta.get_fields()), model


def test_deletion_never_cascades_without_a_reason():
    """PROTECT everywhere: each CASCADE has a comment beside or just above or below it."""
    bare = []
    for path in _modules():
        if "models" in path.parts:
            lines = path.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines):
                if "models.CASCADE" in line:
                    near = "\n".join(lines[max(0, number - 2) : number + 3])
                    if "#" not in near:
                        bare.append(f"{path.relative_to(ROOT)}:{number + 1}")
    assert bare == []
