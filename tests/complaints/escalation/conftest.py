import pytest

from tests.complaints.escalation.world import make_policy, make_tickets


@pytest.fixture
def policy(company):
    return make_policy()


@pytest.fixture
def ticket(company, policy):
    return make_tickets(company, policy)[0]
