from complaints.models.attachment import Attachment, Draft
from complaints.models.catalogue import CatalogueStamp
from complaints.models.category import Category
from complaints.models.clock import SweepBeat, SweepFailure, TicketClock
from complaints.models.co_ownership import CoOwnership
from complaints.models.event import TicketEvent
from complaints.models.link import TicketLink
from complaints.models.policy import LadderStep, Policy, PolicyDuration
from complaints.models.remedy import CorrectiveAction
from complaints.models.reporter import TicketParty, TicketReporter
from complaints.models.routing import RoutingRule
from complaints.models.text import SealedFragment, TextEntry
from complaints.models.ticket import Ticket

__all__ = [
    "Attachment",
    "CatalogueStamp",
    "Category",
    "CoOwnership",
    "CorrectiveAction",
    "Draft",
    "LadderStep",
    "Policy",
    "PolicyDuration",
    "RoutingRule",
    "SealedFragment",
    "SweepBeat",
    "SweepFailure",
    "TextEntry",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketLink",
    "TicketParty",
    "TicketReporter",
]
