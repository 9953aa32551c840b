from __future__ import annotations

from complaints.api import (
    call_backs,
    corrective,
    integrity,
    key_accounts,
    links,
    policy_views,
    suppliers,
    views,
)
from complaints.api.alerts import AlertsView
from complaints.api.calls import CurrentCallsView
from core.api.schema import both

urlpatterns = [
    *both("tickets", views.TicketsView, "tickets"),
    *both("tickets/<uuid:public_id>", views.TicketView, "ticket"),
    *both("tickets/<uuid:public_id>/timeline", views.TimelineView, "ticket-timeline"),
    *both("tickets/<uuid:public_id>/actions/<str:action>", views.ActionView, "ticket-action"),
    *both("tickets/<uuid:public_id>/holders", policy_views.HoldersView, "ticket-holders"),
    *both("tickets/<uuid:public_id>/dry-run", policy_views.TicketDryRunView, "ticket-dry-run"),
    *both("policies", policy_views.PoliciesView, "policies"),
    *both("policies/<slug:code>/preview", policy_views.PolicyPreviewView, "policy-preview"),
    *both("policies/<slug:code>/apply", policy_views.PolicyApplyView, "policy-apply"),
    *both("routing/dry-run", policy_views.DryRunView, "routing-dry-run"),
    *both("calendars", policy_views.CalendarsView, "calendars"),
    *both("alerts", AlertsView, "alerts"),
    *both("calls/current", CurrentCallsView, "calls-current"),
    *both("tickets/<uuid:public_id>/callbacks", call_backs.CallBacksView, "ticket-callbacks"),
    *both("key-accounts", key_accounts.KeyAccountsView, "key-accounts"),
    *both("key-accounts/quarters/<str:code>", key_accounts.QuarterView, "key-account-quarter"),
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
