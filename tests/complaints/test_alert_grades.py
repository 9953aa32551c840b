"""How grave an alarm is said to be is how grave it ever was."""

import pytest

from complaints.models import DeviceAlert
from tests.complaints.test_alerts import send, system  # noqa: F401  # a fixture of the test here

pytestmark = pytest.mark.django_db


def test_a_lighter_one_is_counted_and_takes_nothing_back(system):  # noqa: F811  # the fixture
    send(system, grade="critical")
    send(system, grade="minor")
    alert = DeviceAlert.objects.get()
    assert (alert.grade, alert.raise_count) == ("critical", 2)
