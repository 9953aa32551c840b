"""Each promise of `docs/promises.md` names a test that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def test_every_promise_names_a_test_that_is_there():
    named = NAMED.findall((ROOT / "docs/promises.md").read_text())
    assert len(named) > 80
    gone = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / "tests" / path).is_file()
        or f"def {test}(" not in (ROOT / "tests" / path).read_text()
    ]
    assert gone == []
