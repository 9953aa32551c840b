"""Telephone numbers on pages: `{% load phones %}`."""

from __future__ import annotations

from django import template

from core.phone import PhoneInvalid, display, normalise

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """A number on file as it is read out: 400 888 1001. What is no full number stays as it is."""
    return display(number) if number.startswith("+") else number


@register.filter
def rings(written: str) -> str:
    """The address under which a number rings, or its switchboard. Empty for what is no full number,
    as an extension alone."""
    try:
        return f"tel:{normalise(written)}"
    except PhoneInvalid:
        return ""
