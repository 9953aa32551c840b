"""The data sets that are not part of the project: where they are, or why a test is skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NYC = "nyc_constituent_cases.csv.gz"
MESSAGES = "citizen_messages_with_replies.csv.gz"
TWINS = Path(__file__).parent / "data"


def real_file(name: str) -> Path:
    """Skips where REAL_DATA_DIR is unset; fails where it is set and lacks the file."""
    folder = os.environ.get("REAL_DATA_DIR", "")
    if not folder:
        pytest.skip("REAL_DATA_DIR is not set: the real data sets are not part of the project")
    path = Path(folder) / name
    assert path.is_file(), f"REAL_DATA_DIR={folder} has no {name}"
    return path
