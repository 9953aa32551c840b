"""What personal data may be used for. A purpose has one legal basis and cannot change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from privacy.vault.enums import Basis

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

BASES: Final[Mapping[str, Basis]] = {
    TICKET_HANDLING: Basis.CONTRACT,
    SAFETY_EMERGENCY: Basis.EMERGENCY,
    SECURITY: Basis.LEGAL_DUTY,
    LEGAL_PROOF: Basis.LEGAL_DUTY,
    RIGHTS_REQUEST: Basis.LEGAL_DUTY,
    EMPLOYMENT: Basis.CONTRACT,
    SATISFACTION_SURVEY: Basis.CONSENT,
    COMMUNITY_NEWS: Basis.CONSENT,
    MARKETING: Basis.CONSENT,
    ANALYTICS: Basis.CONSENT,
    SHARING_WITH_PARTNERS: Basis.CONSENT,
    VISITOR_REGISTRATION: Basis.CONSENT,
    VIDEO_ZONE: Basis.CONSENT,
}
