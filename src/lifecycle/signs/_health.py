"""Health: a weighted score from 0 to 100 over facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs

from lifecycle.errors import DefinitionError

from ._texts import days_of, is_name, is_number, is_text, of_type, stages

Missing: TypeAlias = Literal["leave_out", "zero", "undefined"]
"""What a missing fact does: the other weights grow, it counts as 0, or there is no score."""


def _finite(instance: Any, field: attrs.Attribute[float], value: float) -> None:
    if type(value) not in (int, float) or not isfinite(value):
        raise DefinitionError(f"Measure {instance.fact!r}: {field.name}={value!r} is not a finite number")


@attrs.frozen
class Measure:
    """One fact on a scale from its bad end (0) to its good end (100), clipped outside.

    Raises:
        DefinitionError: the ends are equal, or the weight is not above 0.
    """

    fact: str = attrs.field(validator=is_name)
    """The fact: a number (money in major units) or a flag (0 or 1)."""
    bad: float = attrs.field(kw_only=True, validator=_finite)
    """The value that is worth 0."""
    good: float = attrs.field(kw_only=True, validator=_finite)
    """The value that is worth 100; it may lie below `bad`, where less is better."""
    weight: float = attrs.field(default=1.0, kw_only=True, validator=_finite)
    """How much it counts."""
    missing: Missing = attrs.field(default="leave_out", kw_only=True)
    """What a missing value does."""
    text: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in English."""
    text_ja: str = attrs.field(default="", kw_only=True, validator=is_text)
    """For people, in Japanese."""

    def __attrs_post_init__(self) -> None:
        if self.bad == self.good:
            raise DefinitionError(f"Measure {self.fact!r}: bad and good are both {self.good}; give two ends")
        if self.weight <= 0:
            raise DefinitionError(
                f"Measure {self.fact!r}: weight={self.weight!r} is not above 0; leave the measure out"
            )
        if self.missing not in ("leave_out", "zero", "undefined"):
            raise DefinitionError(
                f"Measure {self.fact!r}: missing={self.missing!r} is none of leave_out, zero, undefined"
            )


def _measures(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    return of_type(measures, Measure, "Health")


def _bands(bands: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType(dict(bands))


def _weights(weights: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    return MappingProxyType({name: MappingProxyType(dict(own)) for name, own in weights.items()})


@attrs.frozen
class Health:
    """A score from 0 to 100: the mean of the measures by weight, at any moment.

    The band is that of the last check-up, unless the score has left it by more than `margin`; check-ups are the
    midnights of every `every_days`-th day, Mondays when that is 7. The trend is the score less that of the check-up
    `trend_days` before.

    Raises:
        DefinitionError: no measure, two of one fact, bands or weights that cannot be.
    """

    measures: tuple[Measure, ...] = attrs.field(converter=_measures)
    """What it is made of."""
    bands: Mapping[str, float] = attrs.field(
        factory=lambda: {"poor": 0, "fair": 40, "good": 70}, kw_only=True, converter=_bands
    )
    """Band → the score from which on it applies, ascending from 0."""
    margin: float = attrs.field(default=5.0, kw_only=True)
    """How many points beyond its edge a band is kept."""
    every_days: int = attrs.field(default=7, kw_only=True, validator=days_of)
    """How often a check-up is."""
    trend_days: int = attrs.field(default=28, kw_only=True, validator=days_of)
    """How far back the trend looks."""
    stale_days: int = attrs.field(default=30, kw_only=True, validator=days_of)
    """Without a touchpoint that any measure listens to for more days than that, the score is stale."""
    stages: tuple[str, ...] | None = attrs.field(default=None, kw_only=True, converter=stages)
    """Where there is a score: stages, compounds or roles; None is the roles active and returning."""
    weights: Mapping[str, Mapping[str, float]] = attrs.field(factory=dict, kw_only=True, converter=_weights)
    """Stage, compound or segment → weights by fact, other than the measures' own; the first that applies counts."""

    def __attrs_post_init__(self) -> None:
        facts = [measure.fact for measure in self.measures]
        if not facts or len(set(facts)) < len(facts):
            raise DefinitionError(
                f"Health: one measure or more, each of another fact; got {', '.join(facts) or 'none'}"
            )
        edges = list(self.bands.values())
        if not all(is_number(edge, 0, 100) and isinstance(name, str) for name, edge in self.bands.items()):
            raise DefinitionError(f"Health: bands={dict(self.bands)!r} are not names with numbers from 0 to below 100")
        if not edges or edges[0] != 0 or sorted(set(edges)) != edges or edges[-1] >= 100:
            raise DefinitionError(f"Health: bands={dict(self.bands)!r} do not ascend from 0 to below 100")
        if not is_number(self.margin, 0, 50):
            raise DefinitionError(f"Health: margin={self.margin!r} is not from 0 to 50 points")
        if self.every_days < 1:
            raise DefinitionError("Health: every_days=0 is never; give 1 or more")
        for name, own in self.weights.items():
            problems = [fact for fact, weight in own.items() if fact not in facts or not is_number(weight, 0, 1e9)]
            if problems or not any({**{m.fact: m.weight for m in self.measures}, **own}.values()):
                raise DefinitionError(
                    f"Health: weights of {name!r}: {', '.join(problems) or 'all are 0'}; "
                    "give weights of measures, 0 or more"
                )
