from __future__ import annotations

from complaints.api import integrity, suppliers, views
from core.api.schema import both

urlpatterns = [
    *both("tickets", views.TicketsView, "tickets"),
    *both("tickets/<uuid:public_id>", views.TicketView, "ticket"),
    *both("tickets/<uuid:public_id>/timeline", views.TimelineView, "ticket-timeline"),
    *both("tickets/<uuid:public_id>/actions/<str:action>", views.ActionView, "ticket-action"),
    *both("drafts", views.DraftsView, "drafts"),
    *both("drafts/<uuid:public_id>/photos", views.DraftPhotosView, "draft-photos"),
    *both("photos/<str:token>", views.PhotoView, "photo"),
    *both("categories", views.CategoriesView, "categories"),
    *both("communities", views.CommunitiesView, "communities"),
    *both("integrity-reports", integrity.ReportsView, "integrity-reports"),
    *both("integrity-reports/follow", integrity.FollowView, "integrity-reports-follow"),
    *both("integrity-reports/add", integrity.MoreView, "integrity-reports-add"),
    *both("suppliers", suppliers.SuppliersView, "suppliers"),
    *both("suppliers/figures", suppliers.FiguresView, "supplier-figures"),
    *both("suppliers/<str:code>", suppliers.SupplierView, "supplier"),
    *both("suppliers/<str:code>/contracts", suppliers.ContractsView, "supplier-contracts"),
    *both("suppliers/<str:code>/grade-changes", suppliers.GradeChangesView, "supplier-grades"),
    *both(
        "suppliers/<str:code>/grade-changes/<int:number>/decide",
        suppliers.GradeDecisionView,
        "supplier-grade-decide",
    ),
]
