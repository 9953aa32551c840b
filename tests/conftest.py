"""Real roles in tests: the owner creates and migrates, the application role runs every test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from core.database_roles import become_application, become_owner
from tests import emptying

# How long drawing a value takes says how busy the machine is, and nothing of the product. CI judges
# a commit: the same one gets the same cases. By hand, each run looks where none has looked.
hypothesis.settings.register_profile(
    "any_machine",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any_machine")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for the database carries a mark, so that a second server is asked that alone."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ())) & {"db", "transactional_db"}
        if asked or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    from django.test.utils import setup_databases, teardown_databases

    _own_names_per_worker(request)
    with django_db_blocker.unblock():
        become_owner()
        created = setup_databases(verbosity=0, interactive=False)
        become_application()
        call_command("load_reference")
        emptying.keep()
    yield
    with django_db_blocker.unblock():
        become_owner()
        teardown_databases(created, verbosity=0)


def _own_names_per_worker(request: pytest.FixtureRequest) -> None:
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    for alias in settings.DATABASES:
        config = connections[alias].settings_dict
        config["TEST"]["NAME"] = "_".join(part for part in ("test", config["NAME"], worker) if part)


TransactionTestCase._fixture_teardown = emptying.empty  # type: ignore[method-assign]
# every test that uses the database may use both
TransactionTestCase.databases = set(settings.DATABASES)


@pytest.fixture(autouse=True)
def _folders_of_its_own(settings: Any, tmp_path: Any) -> None:
    """Rolled-back rows beside files that stay would look like a restored backup."""
    settings.LEDGER_DIR = tmp_path / "ledger"
    settings.FILES_DIR = tmp_path / "files"
    settings.MESSAGE_SINK_DIR = tmp_path / "messages"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            **settings.STORAGES["default"],
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: Any) -> None:
    """Whether a webhook listens is asked every few seconds; counted statements must not depend on
    the second. A test about webhooks forgets it."""
    from notifications.services import subscriptions

    monkeypatch.setattr(subscriptions, "_kept", (float("inf"), frozenset()))


@pytest.fixture
def company(db: None) -> Any:
    from tests.factories import Company

    return Company()


@pytest.fixture(scope="session")
def translated() -> None:
    """The translations are compiled, as `make run` does, and read anew."""
    from django.utils.translation import trans_real

    from jinke_desk.launcher import translations

    translations.compile_all()
    trans_real._translations = {}
    trans_real._default = None
