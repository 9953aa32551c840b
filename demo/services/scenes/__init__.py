"""What the desk can do, played once each in the demo: short stories of the last weeks, so that no
page of anybody is empty. Each is told by the product's services; see `demo.services.stage`."""

from __future__ import annotations

from random import Random

from complaints.services import escalation
from demo.services.scenes import (
    accounts,
    asking,
    causes,
    daily,
    delicate,
    environment,
    inspecting,
    late,
    machines,
    outside,
    own,
    pressure,
    purchasing,
    rights,
    together,
)
from demo.services.stage import Stage

#: the order in which they are told; none depends on another
STORIES = (
    daily, late, pressure, asking, together, causes, environment, delicate, accounts, own, machines,
    purchasing, rights,
)  # fmt: skip


def play(stage: Stage, random: Random) -> None:
    outside.set_up(stage)
    outside.word(stage)
    for story in STORIES:
        story.play(stage)
    escalation.sweep(stage.at)
    inspecting.play(stage, random)
    outside.settle(stage)
