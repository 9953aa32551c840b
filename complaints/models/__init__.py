from complaints.models.attachment import Attachment, Draft
from complaints.models.call_back import CallBack
from complaints.models.catalogue import CatalogueStamp
from complaints.models.category import Category
from complaints.models.clock import SweepBeat, SweepFailure, TicketClock
from complaints.models.event import TicketEvent
from complaints.models.extension import Extension
from complaints.models.policy import LadderStep, Policy, PolicyDuration
from complaints.models.reporter import TicketParty, TicketReporter
from complaints.models.routing import RoutingRule
from complaints.models.supervision import Supervision
from complaints.models.text import SealedFragment, TextEntry
from complaints.models.ticket import Ticket

__all__ = [
    "Attachment",
    "CallBack",
    "CatalogueStamp",
    "Category",
    "Draft",
    "Extension",
    "LadderStep",
    "Policy",
    "PolicyDuration",
    "RoutingRule",
    "SealedFragment",
    "Supervision",
    "SweepBeat",
    "SweepFailure",
    "TextEntry",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketParty",
    "TicketReporter",
]
