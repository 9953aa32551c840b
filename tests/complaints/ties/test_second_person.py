"""Who answers for a corrective action does not say that it was done well, whoever did it."""

import pytest

from complaints.enums import RemedyState
from complaints.services import remedies
from complaints.services.remedies import SamePerson
from tests.complaints.conftest import minutes
from tests.complaints.ties.test_remedies import LATER, plan

pytestmark = pytest.mark.django_db


def test_nor_what_was_done_for_them_while_they_were_away(company, ticket, staff):
    action = plan(ticket, staff.region_head, company.manager)
    company.manager.stand_in = company.engineer.holder
    company.manager.holder_absent_until = LATER + minutes(60)
    company.manager.save()
    done = remedies.complete(action, actor=staff.engineer, text="已换", at=LATER)
    with pytest.raises(SamePerson):
        remedies.verify(done, actor=staff.manager, at=LATER + minutes(90))
    verified = remedies.verify(done, actor=staff.region_head, at=LATER + minutes(90))
    assert verified.state == RemedyState.VERIFIED
