from __future__ import annotations

import base64
from pathlib import Path

import pytest

from jinke_desk.launcher import demo_env, places
from jinke_desk.launcher.errors import LaunchError


def test_the_secrets_are_written_once_and_only_for_their_owner(tmp_path: Path) -> None:
    demo_env.write_once(tmp_path)
    first = demo_env.read(tmp_path)
    demo_env.write_once(tmp_path)
    assert demo_env.read(tmp_path) == first
    assert (tmp_path / "desk.env").stat().st_mode & 0o777 == 0o600


def test_the_secrets_have_the_form_that_settings_want(tmp_path: Path) -> None:
    demo_env.write_once(tmp_path)
    said = demo_env.read(tmp_path)
    assert said["DESK_MODE"] == "demo"
    assert len(said["SECRET_KEY"]) >= 50
    assert len(base64.b64decode(said["BLIND_INDEX_KEY"], validate=True)) == 32
    name, _, key = said["KEY_ENCRYPTION_KEYS"].partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key, validate=True)) == 32


def test_two_demos_share_no_secret() -> None:
    first, second = demo_env.fresh_secrets(), demo_env.fresh_secrets()
    assert set(first.values()).isdisjoint(second.values())


def test_lost_secrets_are_not_replaced_under_existing_data(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    with pytest.raises(LaunchError, match="Its keys open that data"):
        demo_env.write_once(tmp_path)
    assert not (tmp_path / "desk.env").exists()


def test_lines_of_the_user_are_read(tmp_path: Path) -> None:
    (tmp_path / "desk.env").write_text(
        "# a remark\n\nDESK_MODE=demo\nexport EMAIL_URL='smtp://a:b=c@host:25'\nEMPTY=\n"
    )
    assert demo_env.read(tmp_path) == {
        "DESK_MODE": "demo",
        "EMAIL_URL": "smtp://a:b=c@host:25",
        "EMPTY": "",
    }


def test_a_line_that_is_no_setting_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk.env").write_text("DESK_MODE=demo\nhello world\n")
    with pytest.raises(LaunchError, match="hello world"):
        demo_env.read(tmp_path)


@pytest.mark.parametrize(
    ("environ", "applies"),
    [
        ({}, True),
        ({"DESK_MODE": "demo"}, True),
        ({"DESK_MODE": "demo", "DATABASE_URL": "postgres://x"}, True),
        ({"DATABASE_URL": "postgres://x"}, False),
        ({"DESK_MODE": "production"}, False),
        ({"DESK_MODE": "test", "DATABASE_URL": "postgres://x"}, False),
    ],
)
def test_a_demo_file_never_turns_another_desk_into_a_demo(
    tmp_path: Path, environ: dict[str, str], applies: bool
) -> None:
    assert not demo_env.applies(tmp_path, environ)
    demo_env.write_once(tmp_path)
    assert demo_env.applies(tmp_path, environ) is applies


@pytest.mark.parametrize("text", ["", "DESK_MODE=production\n", "SECRET_KEY=x\n"])
def test_no_server_is_started_for_a_folder_that_is_not_marked(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / "desk.env").write_text(text)
    with pytest.raises(LaunchError, match="does not say DESK_MODE=demo"):
        places.demo_place(tmp_path)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LaunchError, match="cannot be written") as caught:
        places.make_data_dir(tmp_path / "file" / "data")
    assert "Set DATA_DIR" in str(caught.value)
