"""Dead letters: what could not be delivered, why, and another try."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.api.actor import actor_of
from core.clock import database_now
from notifications.enums import MessageState
from notifications.models import Message
from notifications.services import dead_letters

MANAGE = "organisation.manage"


class DeadFirst(admin.SimpleListFilter):
    """Opens on the dead letters; everything else is a click away."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("全部")), *MessageState.choices]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or MessageState.DEAD) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        wanted = self.value() or MessageState.DEAD
        return queryset if wanted == "all" else queryset.filter(state=wanted)


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Read-only but for resending. A resident is shown as a resident, not as a number."""

    list_display = (
        "delivery_id",
        "channel",
        "recipient",
        "state",
        "attempts",
        "error_code",
        "due_at",
    )
    list_filter = (DeadFirst, "channel")
    fields = (
        "delivery_id",
        "channel",
        "recipient",
        "state",
        "attempts",
        "error_code",
        "created_at",
        "due_at",
        "sent_at",
    )
    readonly_fields = fields
    list_select_related = ("staff", "endpoint")
    ordering = ("-due_at",)
    actions = ("resend",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return Message.objects.visible_to(actor_of(request))

    @admin.display(description=_("收件人"))
    def recipient(self, message: Message) -> str:
        if message.staff is not None:
            return message.staff.name
        return message.endpoint.name if message.endpoint is not None else str(_("住户"))

    @admin.action(description=_("重新发送"))
    def resend(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = dead_letters.resend(actor_of(request), at=database_now(), ids=ids)
        words = ngettext("%(count)d 封已重新排队。", "%(count)d 封已重新排队。", count)
        self.message_user(request, words % {"count": count})

    def has_view_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return request.user.has_perm(MANAGE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
