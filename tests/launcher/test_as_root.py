"""Root, whose servers run as somebody else. Collected where root runs the tests: see conftest."""

from __future__ import annotations

import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jinke_desk.launcher import demo_env, places, servers
from jinke_desk.launcher.accounts import Account
from jinke_desk.launcher.servers import Wanted

pytestmark = [pytest.mark.launcher]


@pytest.fixture
def closed_folder(clean_environ: dict[str, str]) -> Iterator[Path]:
    """A data folder of root's that `nobody` cannot enter, as under /root."""
    with places.throwaway_place("closed") as outer:
        outer.data_dir.chmod(0o700)
        folder = places.make_data_dir(outer.data_dir / "data")
        demo_env.write_once(folder)
        yield folder
        if (folder / "where").exists():
            shutil.rmtree((folder / "where").read_text().strip(), ignore_errors=True)


def test_root_keeps_the_data_where_the_servers_can_reach_them_and_says_where(
    closed_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with places.throwaway_place("varlib") as reachable:
        monkeypatch.setattr(places, "_ROOT_FALLBACK", reachable.data_dir / "jinke-desk")
        place = places.demo_place(closed_folder)
        with servers.held(place, Wanted(durable=False)) as stack:
            assert stack.cluster.answers()
        named = Path((closed_folder / "where").read_text().strip())
        assert named.parent == reachable.data_dir / "jinke-desk"
        assert (named / "pg" / "PG_VERSION").exists()
        assert not (closed_folder / "pg").exists()
        assert places.demo_place(closed_folder).home == named


def test_root_starts_an_ordinary_users_data_as_that_user(
    demo_folder: Path,
) -> None:
    cloaked = Account(12345, 12345, other=True)
    demo_folder.chmod(0o755)
    cloaked.make_folder(demo_folder / "pg")
    assert places.demo_place(demo_folder).account == cloaked
    shutil.rmtree(demo_folder / "pg")
    assert places.demo_place(demo_folder).account.uid == pwd.getpwnam("nobody").pw_uid
