from notifications.models.message import Message, MessageNotice
from notifications.models.notice import Notice

__all__ = ["Message", "MessageNotice", "Notice"]
