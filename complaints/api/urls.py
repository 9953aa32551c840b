from __future__ import annotations

from complaints.api import call_backs, key_accounts, views
from core.api.schema import both

urlpatterns = [
    *both("tickets", views.TicketsView, "tickets"),
    *both("tickets/<uuid:public_id>", views.TicketView, "ticket"),
    *both("tickets/<uuid:public_id>/timeline", views.TimelineView, "ticket-timeline"),
    *both("tickets/<uuid:public_id>/actions/<str:action>", views.ActionView, "ticket-action"),
    *both("tickets/<uuid:public_id>/callbacks", call_backs.CallBacksView, "ticket-callbacks"),
    *both("key-accounts", key_accounts.KeyAccountsView, "key-accounts"),
    *both("key-accounts/quarters/<str:code>", key_accounts.QuarterView, "key-account-quarter"),
    *both("drafts", views.DraftsView, "drafts"),
    *both("drafts/<uuid:public_id>/photos", views.DraftPhotosView, "draft-photos"),
    *both("photos/<str:token>", views.PhotoView, "photo"),
    *both("categories", views.CategoriesView, "categories"),
    *both("communities", views.CommunitiesView, "communities"),
]
