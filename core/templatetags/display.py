"""How somebody wants pages to look: `{% load display %}`."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import display

register = template.Library()


@register.simple_tag(takes_context=True)
def display_attributes(context: RequestContext) -> SafeString:
    """Theme and letter size as attributes of `<html>`; nothing where the device decides."""
    request = context.get("request")
    kept = {name: display.chosen(request, name) for name in display.CHOICES}
    said = [(name, value) for name, value in kept.items() if value != display.CHOICES[name][0]]
    return format_html_join("", ' data-{}="{}"', said) if said else mark_safe("")


@register.simple_tag(takes_context=True)
def display_choice(context: RequestContext, name: str) -> str:
    return display.chosen(context.get("request"), name)
