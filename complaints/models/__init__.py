from complaints.models.alert import AlertReport, AlertRule, BuildingDevice, DeviceAlert
from complaints.models.attachment import Attachment, Draft
from complaints.models.call_back import CallBack
from complaints.models.catalogue import CatalogueStamp
from complaints.models.category import Category
from complaints.models.clock import SweepBeat, SweepFailure, TicketClock
from complaints.models.co_ownership import CoOwnership
from complaints.models.event import TicketEvent
from complaints.models.extension import Extension
from complaints.models.follow_up import FollowUpCode
from complaints.models.ip_notice import IpNotice
from complaints.models.link import TicketLink
from complaints.models.policy import LadderStep, Policy, PolicyDuration
from complaints.models.public_summary import PublicSummary
from complaints.models.remedy import CorrectiveAction
from complaints.models.reporter import TicketParty, TicketReporter
from complaints.models.routing import RoutingRule
from complaints.models.supervision import Supervision
from complaints.models.supplier import SupplierFollowUp, TicketSupplier
from complaints.models.tenure import Tenure
from complaints.models.text import SealedFragment, TextEntry
from complaints.models.ticket import Ticket

__all__ = [
    "AlertReport",
    "AlertRule",
    "Attachment",
    "BuildingDevice",
    "CallBack",
    "CatalogueStamp",
    "Category",
    "CoOwnership",
    "CorrectiveAction",
    "DeviceAlert",
    "Draft",
    "Extension",
    "FollowUpCode",
    "IpNotice",
    "LadderStep",
    "Policy",
    "PolicyDuration",
    "PublicSummary",
    "RoutingRule",
    "SealedFragment",
    "Supervision",
    "SupplierFollowUp",
    "SweepBeat",
    "SweepFailure",
    "Tenure",
    "TextEntry",
    "Ticket",
    "TicketClock",
    "TicketEvent",
    "TicketLink",
    "TicketParty",
    "TicketReporter",
    "TicketSupplier",
]
