"""How many it takes to see a difference."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

import attrs

from lifecycle.errors import InvalidArgument


@attrs.frozen
class SampleSize:
    """How many customers it takes to see an uplift."""

    treated: int | None
    """So many who are treated; None where it is undefined."""
    holdout: int | None
    """So many who are not."""
    note: str = ""
    """What it holds for, or 'undefined because …'."""

    @property
    def total(self) -> int | None:
        """Both together."""
        return None if self.treated is None or self.holdout is None else self.treated + self.holdout

    def __str__(self) -> str:
        if self.treated is None or self.holdout is None:
            return self.note
        return f"{self.treated:,} treated and {self.holdout:,} in the holdout: {self.note}"


def sample_size(
    base_rate: float,
    uplift: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    holdout_share: float = 0.5,
) -> SampleSize:
    """How many customers it takes to see an uplift of a rate.

    So many that a two-sided test of two shares finds it with that power. Equal parts need the fewest in all; a small
    holdout spares customers from going without, and takes longer.

    Args:
        base_rate: the rate of those who are not treated, 0 to 1.
        uplift: the rate of the treated less that; below 0 for a loss.
        power: how surely it should be seen if it is there, above 0 and below 1.
        confidence: 1 less the chance to see one that is not there.
        holdout_share: the share of all who are not treated, above 0 and below 1.

    Raises:
        InvalidArgument: a number is out of range, the uplift is 0, or the rate of the treated is beyond 0 or 1.

    Source: Fleiss, Tytun and Ury (1980), Biometrics 36, without continuity correction.

    >>> print(sample_size(0.10, 0.03, holdout_share=0.1))
    9,168 treated and 1,019 in the holdout: to see +3.0 points from 10.0 % with power 80 %, confidence 95 %
    """
    for name, value in (("power", power), ("confidence", confidence), ("holdout_share", holdout_share)):
        if not _is_number(value) or not 0 < value < 1:
            raise InvalidArgument(f"sample_size: {name}={value!r} is not between 0 and 1; give 0.8 for 80 %")
    if not _is_number(base_rate) or not 0 <= base_rate <= 1:
        raise InvalidArgument(f"sample_size: base_rate={base_rate!r} is not from 0 to 1; give 0.1 for 10 %")
    if not _is_number(uplift) or uplift == 0 or not 0 <= base_rate + uplift <= 1:
        raise InvalidArgument(
            f"sample_size: uplift={uplift!r} from {base_rate!r}; give one other than 0 that leaves the rate from 0 to 1"
        )
    rate, treated = base_rate + uplift, 1 - holdout_share
    pooled = holdout_share * base_rate + treated * rate
    by_chance = sqrt(pooled * (1 - pooled) / (holdout_share * treated))
    if_there = sqrt(rate * (1 - rate) / treated + base_rate * (1 - base_rate) / holdout_share)
    z, z_power = NormalDist().inv_cdf((1 + confidence) / 2), NormalDist().inv_cdf(power)
    total = ((z * by_chance + z_power * if_there) / uplift) ** 2
    told = f"to see {100 * uplift:+.1f} points from {100 * base_rate:.1f} %"
    return SampleSize(
        max(ceil(total * treated), 1),
        max(ceil(total * holdout_share), 1),
        f"{told} with power {100 * power:g} %, confidence {100 * confidence:g} %",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
