"""When time alone may carry a health score across a bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import attrs

from lifecycle.engine import Program
from lifecycle.rules import Growing, Ratio, Read

from ._declared import HEALTH
from ._scoring import Scoring
from ._turning import Turner, ageing_of

_FAR = 36_600


@attrs.frozen(eq=False)
class _Part:
    """One measure: how far a midnight moves it at most, or the midnights on which it may jump."""

    fact: str
    last: float
    """Beyond this value a growing fact no longer counts."""
    points: float | None
    """Points per midnight of a growing fact, below 0 where more is worse; None where it jumps."""
    per: str | None
    """The fact by which a growing one is divided, if any."""
    turners: Sequence[Turner]
    counts_missing: bool
    """Whether its weight counts also where the fact is missing."""


def drift(scoring: Scoring, program: Program, turners: Sequence[Sequence[Turner]]) -> Callable[[float], Turner]:
    """For each bound of the score, why time may carry the score across it.

    Args:
        scoring: health, compiled.
        program: the facts under it.
        turners: for each measure, then for the weights of segments, why time may change it.
    """
    parts = tuple(
        _part(place, scoring, program, own) for place, own in enumerate(turners[: len(scoring.health.measures)])
    )
    others = [turner for own in turners[len(parts) :] for turner in own]
    leaves = {stage.id: leaf for leaf, stage in enumerate(program.chart.stages)}
    every = [turner for own in turners for turner in own]

    def of_bound(bound: float) -> Turner:
        def next_day(read: Read, states: tuple[Any, ...], today: int) -> int | None:
            score: Any = read(HEALTH)
            if score is None:
                return _first(every, read, states, today)
            up, down, present, jumps = 0.0, 0.0, 0.0, list(others)
            weights = scoring.weights(leaves[str(read("stage"))], read)
            for part, weight in zip(parts, weights, strict=True):
                value: Any = read(part.fact)
                if value is not None or part.counts_missing:
                    present += weight
                if not weight:
                    continue
                if part.points is None:
                    jumps += part.turners
                elif value is not None and value < part.last:
                    per: Any = 1 if part.per is None else read(part.per)
                    step = weight * part.points / per
                    up, down = up + max(step, 0.0), down + max(-step, 0.0)
            first = _first(jumps, read, states, today)
            speed = up if score < bound else down if score > bound else max(up, down)
            if speed:
                # Rounded down: a look too early costs a look, one too late would cost a signal.
                days = abs(score - bound) / (speed / (present or 1.0))
                day = today + max(1, int(min(days, _FAR)))
                first = day if first is None else min(first, day)
            return first

        return Turner(next_day)

    return of_bound


def _part(place: int, scoring: Scoring, program: Program, turners: Sequence[Turner]) -> _Part:
    measure, scale = scoring.health.measures[place], scoring.scales[place]
    name, per = measure.fact, None
    formula = program.facts.derived.get(name)
    if isinstance(formula, Ratio) and _is_plain(formula.to, program) and ageing_of(formula.to, program) is None:
        name, per = formula.of, formula.to
    types = program.facts.types
    grows = _is_plain(name, program) and isinstance(ageing_of(name, program), Growing)
    if not grows or (per is not None and types[per].scale != types[name].scale):
        return _Part(measure.fact, 0, None, None, turners, measure.missing == "zero")
    points = 100.0 / (measure.good - measure.bad) / scale
    # What a quotient is divided by may be below 0, and then it falls: it is never past its ends.
    last = max(measure.bad, measure.good) * scale if per is None else inf
    return _Part(measure.fact, last, points, per, turners, measure.missing == "zero")


def _is_plain(name: str, program: Program) -> bool:
    return name in program.facts.folded or name in program.facts.staged


def _first(turners: Sequence[Turner], read: Read, states: tuple[Any, ...], today: int) -> int | None:
    days = [turner.next_day(read, states, today) for turner in turners]
    return min([day for day in days if day is not None], default=None)
