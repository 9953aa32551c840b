from quality.models.case import SampleCase, Score
from quality.models.checklist import Checklist, ChecklistItem
from quality.models.round import FrameMember, Round, Stratum

__all__ = [
    "Checklist",
    "ChecklistItem",
    "FrameMember",
    "Round",
    "SampleCase",
    "Score",
    "Stratum",
]
