from privacy.rights.models.correction import CorrectionRecord
from privacy.rights.models.erasure import Certificate, ErasureStep, Hold, MentionTask
from privacy.rights.models.request import PrivacyRequest

__all__ = [
    "Certificate",
    "CorrectionRecord",
    "ErasureStep",
    "Hold",
    "MentionTask",
    "PrivacyRequest",
]
