"""Tests on real data are skipped where none was promised, and fail where a promise is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_data import MESSAGES, NYC, real_file


def test_without_a_folder_the_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REAL_DATA_DIR", raising=False)
    with pytest.raises(pytest.skip.Exception, match="REAL_DATA_DIR"):
        real_file(NYC)


def test_an_incomplete_folder_fails_the_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REAL_DATA_DIR", str(tmp_path))
    (tmp_path / NYC).touch()
    assert real_file(NYC) == tmp_path / NYC
    with pytest.raises(AssertionError, match=MESSAGES):
        real_file(MESSAGES)
