from __future__ import annotations

import pytest

from organisation.models import Unit
from tests.factories import make_unit


@pytest.fixture
def group(db: None) -> Unit:
    return make_unit("G")
