from __future__ import annotations

from core.api.schema import both
from residents.api.calls import CallsView
from residents.api.new_number import NewNumberCodeView, NewNumberView
from residents.api.residents import CallWishView, MoveOutView, ResidentsView
from residents.api.views import CodeView, MeView, TokenView

urlpatterns = [
    *both("auth/otp", CodeView, "auth-otp"),
    *both("auth/token", TokenView, "auth-token"),
    *both("me", MeView, "me"),
    *both("calls", CallsView, "calls"),
    *both("me/number", NewNumberView, "me-number"),
    *both("me/number/code", NewNumberCodeView, "me-number-code"),
    *both("residents", ResidentsView, "residents"),
    *both("residents/move-out", MoveOutView, "resident-move-out"),
    *both("residents/calls", CallWishView, "resident-calls"),
]
