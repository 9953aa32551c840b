"""`make check`: every check runs, each says how it went, and one failure fails them all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinke_desk.launcher import environment, translations
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.servers import Wanted

Outcome = tuple[bool, str]


@dataclass(frozen=True)
class Check:
    name: str
    run: Callable[[Mapping[str, str]], Outcome]


def _module(*arguments: str) -> Callable[[Mapping[str, str]], Outcome]:
    return lambda settings: _command([sys.executable, "-m", *arguments], settings)


def _manage(*arguments: str, production: bool = False) -> Callable[[Mapping[str, str]], Outcome]:
    def run(settings: Mapping[str, str]) -> Outcome:
        chosen = strict_production(settings) if production else settings
        return _command([sys.executable, "manage.py", *arguments], chosen)

    return run


def _command(command: list[str], settings: Mapping[str, str]) -> Outcome:
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env=dict(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout.strip()


def strict_production(settings: Mapping[str, str]) -> dict[str, str]:
    """The settings of a real installation, with throw-away secrets and servers."""
    return {
        **settings,
        "DESK_MODE": "production",
        "PUBLIC_URL": "https://desk.example.org",
        "ALLOWED_HOSTS": "desk.example.org",
        "CODE_CARRIER": "example.sms.send_code",
        "EMAIL_URL": "smtp+tls://desk:secret@mail.example.org:587",
    }


def _translations(settings: Mapping[str, str]) -> Outcome:
    found = translations.problems(settings)
    return not found, "\n".join(found)


def _import_linter(settings: Mapping[str, str]) -> Outcome:
    code = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    passed, output = _command([sys.executable, "-c", code, "--no-cache"], settings)
    return passed, output.partition("Broken contracts")[2] or output


CHECKS = (
    Check("ruff check", _module("ruff", "check", ".")),
    Check("ruff format", _module("ruff", "format", "--check", ".")),
    Check("mypy", _module("mypy")),
    Check("import-linter", _import_linter),
    Check("djlint", _module("djlint", "--lint", "--quiet", ".")),
    Check("deptry", _module("deptry", "--no-ansi", ".")),
    Check("migrations match the models", _manage("makemigrations", "--check", "--dry-run")),
    Check("migrate in production", _manage("migrate", "--no-input", "-v", "0", production=True)),
    Check(
        "check --deploy in production",
        _manage("check", "--deploy", "--fail-level", "WARNING", production=True),
    ),
    Check("translations", _translations),
)


def run() -> int:
    with environment.throwaway("check", "test", want=Wanted(durable=False)) as settings:
        failed = [check.name for check in CHECKS if not _report(check, settings)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
        return 1
    print(f"\nAll {len(CHECKS)} checks passed.")
    return 0


def _report(check: Check, settings: Mapping[str, str]) -> bool:
    print(f"{check.name:<32}", end="", flush=True)
    started = time.monotonic()
    try:
        passed, output = check.run(settings)
    except LaunchError as error:
        passed, output = False, str(error)
    print(f"{'ok' if passed else 'FAILED':<8}{time.monotonic() - started:5.1f} s", flush=True)
    if not passed:
        print("    " + output.replace("\n", "\n    ") + "\n", flush=True)
    return passed
