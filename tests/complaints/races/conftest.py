import pytest

from complaints.enums import State
from core.actors import Actor
from tests.complaints.conftest import bring_to
from tests.factories import Company, make_post, make_ticket


@pytest.fixture
def company(transactional_db):
    return Company()


@pytest.fixture
def working(company):
    return bring_to(State.IN_PROGRESS, make_ticket(company))


def actor(post):
    return Actor.staff(post.holder_id)


def second_manager(company):
    """Somebody else with the rights of the project manager."""
    return make_post("project_manager", company.community)
