"""The frame and the sample hold nothing personal: a ticket's random public id is the last link, and
it leads to a ticket without a reporter once a person is erased."""

from __future__ import annotations

from privacy.vault.registry import declare_clear
from quality.models import Checklist, ChecklistItem, FrameMember, Round, Stratum

REFERENCE = "reference data of the company"
FIGURES = "figures and fingerprints of the inspection"

declare_clear(Checklist, "code", "name", "name_en", reason=REFERENCE)
declare_clear(ChecklistItem, "code", "question", "question_en", reason=REFERENCE)
declare_clear(
    Round,
    "name",
    "seed",
    "seed_sha256",
    "seed_sealed",
    "frame_sha256",
    "unanswered",
    reason=FIGURES,
)
declare_clear(Stratum, "code", "region_code", "region_name", reason=FIGURES)
declare_clear(FrameMember, "unit_code", reason=FIGURES)
