"""The telephone rings: who calls, among all residents, by exact number."""

from __future__ import annotations

from benchmarks import outcome
from benchmarks.driver import Side
from benchmarks.http import post
from benchmarks.outcome import Outcome
from benchmarks.rounds import interleaved
from benchmarks.statements import Statement, noted, plans_of
from benchmarks.works.context import Context, floor_headers, staff_client, staff_headers
from demo import names

URL = "/api/v1/callers/lookup/"
_STRIDE = 7_919  # a prime: neighbours in time are no neighbours on the disk


def measure(context: Context) -> Outcome:
    session, size = context.world.sessions["hotline_agent"], context.size

    def among(residents: int, number: int) -> bytes:
        return post(URL, staff_headers(session), {"phone": _phone(number, residents)})

    def floor(number: int) -> bytes:
        body = {"phone": f"p{number * _STRIDE % size.residents}"}
        return post("/lookup/", floor_headers(), body)

    sides = [
        Side("floor: DRF, one index hit", context.webs.floor, floor),
        Side("ours: lookup", context.webs.ours, lambda n: among(size.residents, n)),
        Side("ours: few residents", context.webs.small, lambda n: among(size.few_residents, n)),
    ]
    least, found, few = interleaved(sides, size)
    statements = asked(session, _phone(1, size.residents))
    return Outcome(
        f"caller lookup among {size.residents:,} residents",
        (found, few, least),
        (
            outcome.of_floor("lookup, of the floor", found, least, 0.5),
            outcome.times_slower(
                f"lookup, {size.residents:,} against {size.few_residents:,}", found, few, 1.3
            ),
            outcome.statements("lookup, statements", len(statements), 4),
        ),
        plans=plans_of(statements),
    )


def asked(session: str, phone: str) -> list[Statement]:
    client = staff_client(session)
    for _ in range(2):
        with noted() as seen:
            answer = client.post(URL, {"phone": phone}, content_type="application/json")
        if answer.status_code != 200 or len(answer.json()["callers"]) != 1:
            raise RuntimeError(answer.content.decode())
    return seen


def _phone(number: int, residents: int) -> str:
    """Anybody's but the first one's, who has the demo's own number."""
    return names.mobile(1 + number * _STRIDE % (residents - 1))
