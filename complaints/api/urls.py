from __future__ import annotations

from complaints.api import corrective, links, views
from core.api.schema import both

urlpatterns = [
    *both("tickets", views.TicketsView, "tickets"),
    *both("tickets/<uuid:public_id>", views.TicketView, "ticket"),
    *both("tickets/<uuid:public_id>/timeline", views.TimelineView, "ticket-timeline"),
    *both("tickets/<uuid:public_id>/actions/<str:action>", views.ActionView, "ticket-action"),
    *both("tickets/<uuid:public_id>/links", links.LinksView, "ticket-links"),
    *both("tickets/<uuid:public_id>/links/<int:link_id>", links.LinkView, "ticket-link"),
    *both("corrective-actions", corrective.ActionsView, "corrective-actions"),
    *both(
        "corrective-actions/<uuid:public_id>/actions/<str:step>",
        corrective.StepView,
        "corrective-action-step",
    ),
    *both("drafts", views.DraftsView, "drafts"),
    *both("drafts/<uuid:public_id>/photos", views.DraftPhotosView, "draft-photos"),
    *both("photos/<str:token>", views.PhotoView, "photo"),
    *both("categories", views.CategoriesView, "categories"),
    *both("communities", views.CommunitiesView, "communities"),
]
