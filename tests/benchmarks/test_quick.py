"""`make bench ARGS=--quick` seeds, serves, measures and reports; how fast is not asked here."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchmarks.options import WORKS
from jinke_desk.launcher.places import PROJECT

pytestmark = pytest.mark.xdist_group("quick-bench")

#: how cost grows, and what memory is used, has no floor but another size or another time
WITHOUT_FLOOR = {"erasure of one person", "memory under 2 s of load"}


def test_every_work_is_measured_beside_its_floor(tmp_path):
    """On the servers of this test run, in databases that no test uses."""
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--quick",
        "--seconds",
        "0.1",
        "--memory-seconds",
        "2",
    ]
    done = subprocess.run(
        [*command, "--results", str(tmp_path)],
        cwd=PROJECT,
        env={**os.environ, "LOG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (written,) = tmp_path.glob("*.json")
    found = json.loads(written.read_text())
    assert found["machine"]["fsync"] in ("on", "off")
    assert len(found["works"]) == len(WORKS)
    for work in found["works"]:
        floors = [each for each in work["figures"] if each["side"].startswith("floor")]
        assert bool(floors) is (work["work"] not in WITHOUT_FLOOR)
        assert all(rate > 0 for figure in work["figures"] for rate in figure["rounds"])
        assert {"missed", "suspect", "value"} <= set(work["checks"][0])
    counts = [c for work in found["works"] for c in work["checks"] if not c["timed"]]
    assert len(counts) == 13
    assert all(0 <= check["value"] <= check["bound"] for check in counts)
