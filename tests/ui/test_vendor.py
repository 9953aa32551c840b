"""What others wrote lies here as they published it."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "core" / "static" / "vendor", ROOT / "tests" / "ui" / "vendor"]
ENTRIES = [
    (folder, entry)
    for folder in FOLDERS
    for entry in json.loads((folder / "VENDOR.json").read_text("utf-8"))
]
NAMES = [entry["name"] for _, entry in ENTRIES]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=NAMES)
def test_vendored_file_has_the_hash_that_was_recorded(folder, entry):
    content = (folder / entry["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.mark.parametrize(("folder", "entry"), ENTRIES, ids=NAMES)
def test_vendored_file_names_version_licence_and_source(folder, entry):
    assert entry["file"].split("/")[0].endswith(f"@{entry['version']}")
    assert entry["version"] in entry["source"]
    assert len((folder / entry["licence_file"]).read_text("utf-8")) > 300
    assert entry["licence"]


@pytest.mark.parametrize("folder", FOLDERS, ids=["served", "tests"])
def test_nothing_lies_beside_the_recorded_files(folder):
    entries = [entry for where, entry in ENTRIES if where == folder]
    recorded = {"VENDOR.json"} | {e["file"] for e in entries} | {e["licence_file"] for e in entries}

    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert present == recorded
