from notifications.models.endpoint import Endpoint, Occurrence
from notifications.models.message import Message, MessageNotice
from notifications.models.notice import Notice
from notifications.models.preference import Preference
from notifications.models.wording import WordingVersion

__all__ = [
    "Endpoint",
    "Message",
    "MessageNotice",
    "Notice",
    "Occurrence",
    "Preference",
    "WordingVersion",
]
