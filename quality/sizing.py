"""How many cases each stratum of a round gets: the plan of an estimate, per region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from quality.allocation import neyman, proportional
from quality.enums import Allocation
from quality.models import Round, Stratum
from quality.sample_size import sample_size


def cases_per_stratum(
    round: Round, strata: Sequence[Stratum], earlier: Mapping[str, float]
) -> dict[str, int]:
    """Stratum code to number of cases. Each region is a reporting unit and gets the sample that its
    own share needs; the certainty stratum is inspected whole."""
    plan: dict[str, int] = {}
    by_region = sorted(strata, key=attrgetter("region_code", "code"))
    for _, group in groupby(by_region, key=attrgetter("region_code")):
        plan |= _of_region(round, list(group), earlier)
    return plan


def _of_region(
    round: Round, strata: Sequence[Stratum], earlier: Mapping[str, float]
) -> dict[str, int]:
    sizes = {stratum.code: stratum.size for stratum in strata}
    certainty = {stratum.code for stratum in strata if stratum.certainty}
    by_chance = sum(size for code, size in sizes.items() if code not in certainty)
    wanted = sample_size(
        by_chance,
        confidence=round.confidence_permille / 1000,
        margin=round.margin_permille / 1000,
        share=round.share_permille / 1000,
    )
    if round.allocation == Allocation.NEYMAN:
        return neyman(sizes, earlier, wanted, certainty=certainty)
    return proportional(sizes, wanted, certainty=certainty)
