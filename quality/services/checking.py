"""Whether a past round is still what it was: asked of the events, the stored frame and the seed,
each on a road of its own. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import starmap
from uuid import UUID

from quality import draw as drawing
from quality.frame_hash import FrameRow, frame_hash
from quality.models import Round
from quality.services import rounds


@dataclass(frozen=True, slots=True)
class Checked:
    """None where the round has not come so far."""

    seed_was_committed: bool | None
    frame_is_unaltered: bool | None
    frame_follows_from_events: bool | None
    draw_can_be_repeated: bool | None

    @property
    def holds(self) -> bool:
        return False not in (
            self.seed_was_committed,
            self.frame_is_unaltered,
            self.frame_follows_from_events,
            self.draw_can_be_repeated,
        )


def check(round: Round) -> Checked:
    frozen, drawn = round.frozen_at is not None, round.drawn_at is not None
    return Checked(
        seed_was_committed=drawing.is_committed(round.seed, round.seed_sha256) if drawn else None,
        frame_is_unaltered=_hash(round) == round.frame_sha256 if frozen else None,
        frame_follows_from_events=_follows(round) if frozen else None,
        draw_can_be_repeated=_repeats(round) if drawn else None,
    )


def _hash(round: Round) -> str:
    """By the published form, member by member: the freeze had its lines from the database."""
    members = round.members.order_by("ticket_public_id").values_list(
        "ticket_public_id",
        "stratum__code",
        "unit_code",
        "received_at",
        "answered_at",
        "resolved_at",
        "first_response_kept",
        "resolve_kept",
    )
    return frame_hash(
        starmap(FrameRow, members.iterator(chunk_size=rounds.BATCH)),
        starts_at=round.starts_at,
        ends_at=round.ends_at,
        cut_off_at=round.cut_off_at,
    )


def _follows(round: Round) -> bool:
    stored = set(round.members.values_list("ticket_public_id", flat=True))
    return rounds.rederived(round) == stored


def _repeats(round: Round) -> bool:
    members: dict[str, list[UUID]] = defaultdict(list)
    for code, public_id in round.members.values_list("stratum__code", "ticket_public_id"):
        members[code].append(public_id)
    plan = dict(round.strata.values_list("code", "drawn"))
    again = drawing.draw(members, plan, frame_hash=round.frame_sha256, seed=round.seed)
    kept = round.cases.order_by("ordinal").values_list("member__ticket_public_id", flat=True)
    return [case.public_id for case in again] == list(kept)
