"""What the apps above know and this one does not: texts, objects, links and addresses.

Each registers in `AppConfig.ready`. A notice and a message hold references only; what is found here
turns them into words and an address at the moment they are shown or sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from django.conf import settings

from core.errors import DeskError
from notifications.enums import Channel, Part, Topic
from notifications.models import Notice


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in words, in the language that is active.

    `urgent` matters of safety pass through quiet hours; `confidential` ones are for the recipient
    alone and never go to a group; `quiet_in_group` is what a group hears of without being woken,
    because what makes it urgent is confidential. `values` are what it was made of, `parts` what
    each channel says where that is not the sentence with the lines below it.
    """

    subject: str
    body: str
    url: str = ""
    urgent: bool = False
    confidential: bool = False
    quiet_in_group: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[Part, str] = field(default_factory=dict)

    def said(self, part: Part) -> str:
        own = self.parts.get(part)
        if own is not None:
            return own
        if part in (Part.EMAIL_BODY, Part.ROBOT):
            return "\n".join(each for each in (self.subject, self.body, self.url) if each)
        return self.subject

    def to_group(self) -> Self:
        return replace(self, urgent=self.urgent and not self.quiet_in_group)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached over one channel, and in which language."""

    value: str
    language: str


Render = Callable[[Notice], Rendered]
Load = Callable[[Sequence[Notice]], Mapping[int, Any]]
"""Notices to what each is about, by the notice's id; a missing one is gone."""
Resolve = Callable[[UUID], Address | None]
"""A subject's address, or None where there is none, or no longer one."""

Identify = Callable[[int], UUID | None]
"""An object's own number to its public one."""

Link = Callable[[Any], str]
"""What a notice is about to the path of its page."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The paths of a person's list of notices, and of their wishes."""

    notices: str
    wishes: str


class TemplateUnknown(DeskError):
    code = "template_unknown"


@dataclass(frozen=True, slots=True)
class Template:
    """`purpose` names the consent that a message to a resident needs; a service needs none.

    `by_sms`: it matters enough to be sent to the telephone of who has no mailbox.
    """

    code: str
    render: Render
    purpose: str | None = None
    topic: Topic = Topic.WORK
    by_sms: bool = False


_templates: dict[str, Template] = {}
_loaders: dict[str, Load] = {}
_addresses: dict[str, Resolve] = {}
_announced: dict[str, Any] = {}
_identifiers: dict[str, Identify] = {}
_links: dict[tuple[str, bool], Link] = {}
_pages: dict[bool, Pages] = {}


def register_template(
    code: str,
    render: Render,
    *,
    purpose: str | None = None,
    topic: Topic = Topic.WORK,
    by_sms: bool = False,
) -> None:
    _templates[code] = Template(code, render, purpose, topic, by_sms)


def codes_of(topic: Topic) -> list[str]:
    return [code for code, template in _templates.items() if template.topic is topic]


def register_announced(object_kind: str, kinds: Mapping[str, Any], identify: Identify) -> None:
    """What happens to such objects and may be announced to webhooks, by kind and its label."""
    _announced.update(kinds)
    _identifiers[object_kind] = identify


def announced_kinds() -> dict[str, Any]:
    return dict(_announced)


def public_id(object_kind: str, object_id: int) -> UUID | None:
    """The number by which outsiders know an object; None where it is gone."""
    return _identifiers[object_kind](object_id)


def register_loader(object_kind: str, load: Load) -> None:
    """Sets `notice.about` of many notices at once, before any of them is rendered."""
    _loaders[object_kind] = load


def register_address(channel: Channel, resolve: Resolve) -> None:
    """How a resident is reached; staff are known here."""
    _addresses[channel] = resolve


def register_link(object_kind: str, link: Link, *, to_staff: bool) -> None:
    """The page of an object, for staff or for residents."""
    _links[object_kind, to_staff] = link


def register_pages(*, to_staff: bool, notices: str, wishes: str) -> None:
    """Where people read all their notices, and where they say how they want to be told."""
    _pages[to_staff] = Pages(notices, wishes)


def notices_page(*, to_staff: bool) -> str:
    """The full address; empty where there is none."""
    pages = _pages.get(to_staff)
    return _full(pages.notices) if pages else ""


def wishes_page(*, to_staff: bool) -> str:
    pages = _pages.get(to_staff)
    return _full(pages.wishes) if pages else ""


def template(code: str) -> Template:
    try:
        return _templates[code]
    except KeyError:
        raise TemplateUnknown from None


def template_codes() -> list[str]:
    return sorted(_templates)


def render(notice: Notice) -> Rendered:
    """Raises TemplateUnknown, and whatever the template raises."""
    return template(notice.template).render(notice)


def load(notices: Sequence[Notice]) -> None:
    """Fetch what the notices are about: as many statements as there are kinds of objects."""
    for kind, fetch in _loaders.items():
        mine = [notice for notice in notices if notice.object_kind == kind]
        found = fetch(mine) if mine else {}
        for notice in mine:
            notice.about = found.get(notice.pk)


def link(notice: Notice, thing: Any) -> str:
    """The full address of the page of `thing` for the recipient; empty where there is none."""
    path = _links.get((notice.object_kind, notice.subject_id is None))
    return _full(path(thing)) if path else ""


def _full(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def address_of_subject(channel: str, subject_id: UUID) -> Address | None:
    resolve = _addresses.get(channel)
    return resolve(subject_id) if resolve else None
