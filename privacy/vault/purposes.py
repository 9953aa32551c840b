"""Codes of the purposes. Their legal bases are in `reference_data`."""

from __future__ import annotations

from typing import Final

TICKET_HANDLING: Final = "ticket_handling"
SAFETY_EMERGENCY: Final = "safety_emergency"
SECURITY: Final = "security"
LEGAL_PROOF: Final = "legal_proof"
RIGHTS_REQUEST: Final = "rights_request"
EMPLOYMENT: Final = "employment"

SATISFACTION_SURVEY: Final = "satisfaction_survey"
COMMUNITY_NEWS: Final = "community_news"
MARKETING: Final = "marketing"
ANALYTICS: Final = "analytics"
SHARING_WITH_PARTNERS: Final = "sharing_with_partners"
VISITOR_REGISTRATION: Final = "visitor_registration"
VIDEO_ZONE: Final = "video_zone"
