"""What the desk's processes are told: the settings of a demo or of a throw-away stack."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jinke_desk.launcher import demo_env, places, servers
from jinke_desk.launcher.places import Place
from jinke_desk.launcher.ports import DEFAULT_WEB_PORT, HOST

ADDRESS_FILE = "address"

# Whatever of these the user has exported belongs to another desk: tests never see them.
SETTINGS = (
    *servers.DATABASE_NAMES,
    *("DESK_MODE", "SECRET_KEY", "REDIS_URL", "BLIND_INDEX_KEY", "KEY_ENCRYPTION_KEYS"),
    *("FILES_DIR", "LEDGER_DIR", "MESSAGE_SINK_DIR", "LOG_DIR", "DATA_DIR", "STATIC_ROOT"),
    *("PUBLIC_URL", "ALLOWED_HOSTS", "EMAIL_URL", "PORT", "TRUSTED_PROXY_COUNT", "CODE_CARRIER"),
)


def folders(place: Place) -> dict[str, str]:
    return {
        "DATA_DIR": str(place.data_dir),
        "FILES_DIR": str(place.data_dir / "files"),
        "LEDGER_DIR": str(place.data_dir / "ledger"),
        "MESSAGE_SINK_DIR": str(place.data_dir / "messages"),
        "LOG_DIR": str(place.logs),
        "STATIC_ROOT": str(place.data_dir / "static"),
    }


def make_folders(settings: Mapping[str, str]) -> None:
    for name in ("FILES_DIR", "LEDGER_DIR", "MESSAGE_SINK_DIR", "LOG_DIR", "STATIC_ROOT"):
        Path(settings[name]).mkdir(mode=0o750, parents=True, exist_ok=True)


def without_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name not in SETTINGS}


@contextmanager
def throwaway_stack(
    purpose: str, mode: str, *, want: servers.Wanted, base: Mapping[str, str] = os.environ
) -> Iterator[tuple[servers.Servers, dict[str, str]]]:
    """Yield servers of their own, which are removed at the end, and the environment for them."""
    with places.throwaway_place(purpose) as place, servers.held(place, want) as stack:
        settings = {
            "DESK_MODE": mode,
            **demo_env.fresh_secrets(),
            **folders(place),
            **stack.environment(),
            "PUBLIC_URL": f"http://{HOST}:{DEFAULT_WEB_PORT}",
            "ALLOWED_HOSTS": f"{HOST},localhost,testserver",
            "EMAIL_URL": f"smtp://{HOST}:1",  # nobody listens: nothing leaves by accident
        }
        make_folders(settings)
        yield stack, {**without_settings(base), **settings}


@contextmanager
def throwaway(
    purpose: str, mode: str, *, want: servers.Wanted, base: Mapping[str, str] = os.environ
) -> Iterator[dict[str, str]]:
    """Yield the environment of a stack of its own, for those who do not touch its servers."""
    with throwaway_stack(purpose, mode, want=want, base=base) as (_, settings):
        yield settings


def demo_settings(place: Place, environ: Mapping[str, str]) -> dict[str, str]:
    """Settings of a demo without its servers; what the user exported comes first."""
    said = {**demo_env.read(place.data_dir), **environ, "DESK_MODE": "demo"}
    port = said.get("PORT", "").strip()
    address = f"http://{HOST}:{port}" if port else known_address(place.data_dir)
    defaults = {
        **folders(place),
        "PUBLIC_URL": address or f"http://{HOST}:{DEFAULT_WEB_PORT}",
        # the demo's robot and webhooks are the demo itself
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    return {**defaults, **said, "DATA_DIR": str(place.data_dir)}


def known_address(folder: Path) -> str:
    """Where the desk of this folder runs, or ran last."""
    try:
        return (folder / ADDRESS_FILE).read_text().strip()
    except OSError:
        return ""
