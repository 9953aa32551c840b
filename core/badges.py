"""How a code looks: its shape and its tone. Words come from whoever owns the code.

A shape is the id of a symbol in `ui/shapes.svg` (ours) or in the icon sprite; a tone is one of
the badge tones of `desk.css`. State, kind and severity differ by word, shape and colour, so that
none of the three is needed to tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    shape: str
    tone: str = "neutral"


UNKNOWN = Look("state-hollow")

STATES = {
    "received": Look("state-dashed", "neutral"),
    "assigned": Look("state-hollow", "info"),
    "accepted": Look("state-quarter", "info"),
    "in_progress": Look("state-half", "info"),
    "waiting_resident": Look("state-paused", "wait"),
    "waiting_supplier": Look("state-paused", "wait"),
    "resolved": Look("state-check", "good"),
    "call_back": Look("state-most", "progress"),
    "reopened": Look("state-again", "bad"),
    "closed": Look("state-done", "neutral"),
    "withdrawn": Look("state-minus", "neutral"),
    "rejected": Look("state-slash", "neutral"),
    "merged": Look("state-merged", "neutral"),
    # requests about personal data
    "identity_pending": Look("state-dashed", "wait"),
    "verified": Look("state-quarter", "info"),
    "planned": Look("state-half", "info"),
    "approved": Look("state-most", "info"),
    "executing": Look("state-most", "progress"),
    "verifying": Look("state-most", "progress"),
    "answered": Look("state-done", "good"),
    "refused": Look("state-slash", "bad"),
    "restricted": Look("state-paused", "wait"),
    # sampling rounds
    "frozen": Look("state-quarter", "info"),
    "drawn": Look("state-most", "progress"),
    "reported": Look("state-done", "good"),
}

KINDS = {
    "complaint": Look("megaphone"),
    "repair": Look("wrench"),
    "inquiry": Look("question"),
    "suggestion": Look("lightbulb"),
    "praise": Look("heart"),
    "incident": Look("siren", "bad"),
    "integrity": Look("scale"),
    "ip_notice": Look("file-text"),
    "privacy": Look("shield"),
}

SEVERITIES = {
    "ordinary": Look("level-one", "neutral"),
    "urgent": Look("level-two", "wait"),
    "serious": Look("level-three", "bad"),
    "safety": Look("level-stop", "bad"),
}


def look_of(table: dict[str, Look], code: str) -> Look:
    return table.get(str(code), UNKNOWN)
