"""The pages about messages: where they are, and a message that was given up."""

from notifications.models import Message
from tests.notifications.conftest import notify

OUTBOX = "/console/messages/"
ENDPOINTS = "/console/messages/endpoints/"
TEXTS = "/console/messages/texts/"
ASSIGNED = f"{TEXTS}ticket_assigned/post/zh-hans/"


def die(post, code="smtp_550", **fields):
    notify(post)
    message = Message.objects.latest("pk")
    Message.objects.filter(pk=message.pk).update(
        state="dead", attempts=20, error_code=code, **fields
    )
    return message
