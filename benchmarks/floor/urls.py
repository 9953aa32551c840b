from django.urls import path

from benchmarks.floor import views

urlpatterns = [
    path("tickets/", views.TicketsView.as_view()),
    path("tickets/of/the/same/rows/", views.SameRowsView.as_view()),
    path("tickets/<uuid:public_id>/", views.TicketView.as_view()),
    path("pages/<uuid:public_id>/", views.ticket_page),
    path("lookup/", views.LookupView.as_view()),
]
