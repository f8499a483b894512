"""Stages: who stands where, who moved where, how many got on, and how long it took."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.rules import BoolArray
from lifecycle.signs import stages_named
from lifecycle.tally import CountsTally, RatioTally
from lifecycle.value import DurationTally

from ._apart import Apart
from ._cut import Cut
from ._registry import register
from ._waiting import WaitTally

Int64Array = npt.NDArray[np.int64]
Begun: TypeAlias = Literal["period", "ever"]
"""Which stays count: those begun in the period, or all begun before its end."""
_NEW: Final = "(new)"
_SECOND_US: Final = 1_000_000


@register("stage_census", unit="customers")
def stage_census(cut: Cut) -> CountsTally:
    """How many customers stand in each stage when the period ends; all who have begun by then."""
    stages = [stage.id for stage in cut.record.stages]
    counts = np.bincount(cut.at_end.stage[cut.at_end.begun], minlength=len(stages))
    return CountsTally(dict(zip(stages, counts.tolist(), strict=True)))


@register("stage_flow", unit="moves")
def stage_flow(cut: Cut) -> CountsTally:
    """The moves of the period, 'source → target'; who begins comes from '(new)'.

    A customer who goes to and fro counts each time. For each stage: census of before + moves in − moves out = census.
    """
    stages, moved = [*(stage.id for stage in cut.record.stages), _NEW], cut.record.moved
    n_new = int(np.count_nonzero(cut.joined))
    source = np.concatenate([moved.source[cut.moves], np.full(n_new, len(stages) - 1)])
    target = np.concatenate([moved.target[cut.moves], np.full(n_new, cut.record.program.chart.initial)])
    pairs, counts = np.unique(source.astype(np.int64) * len(stages) + target, return_counts=True)
    return CountsTally(
        {
            f"{stages[pair // len(stages)]} → {stages[pair % len(stages)]}": count
            for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
        }
    )


@register("stage_conversion", unit="rate", better="higher")
def stage_conversion(cut: Cut, *, source: str = "prospect", target: str = "active") -> Apart:
    """Of the stays begun in the period in one stage, the share that reached another by its end.

    Stages, compounds or roles; unless said otherwise: of the prospects of the period, who became a customer. The other
    stage is reached when it is entered after the stay began, also by way of others, and before the first one is entered
    again. A stay that is still open and has not got there counts as not converted, and is counted apart: until it ends,
    the share is a lower bound.

    Raises:
        InvalidArgument: there is no such stage, or both are the same.
    """
    if source == target:
        raise InvalidArgument(f"stage_conversion: source and target are both {source!r}; give two stages")
    stays, aims = stays_in(cut, source), stays_in(cut, target)
    place = np.searchsorted(aims.place, stays.place)
    next_aim = np.append(aims.place, -1)[place]
    of_same = np.append(aims.customer, -1)[place] == stays.customer
    again = np.append(stays.place, 0)[1:]
    is_followed = np.append(stays.customer, -1)[1:] == stays.customer
    reached = of_same & (~is_followed | (next_aim < again))
    begun = stays.start >= cut.start_us
    ratio = RatioTally.of_customers(reached, begun)
    return Apart(ratio, int(np.count_nonzero(begun & ~reached & stays.is_open)), f"of them still in {source}")


@register("time_in_stage", unit="days")
def time_in_stage(cut: Cut, *, stage: str = "active", begun: Begun = "period", quantile: float = 0.5) -> WaitTally:
    """The median time that stays in a stage last, by Kaplan and Meier, those still open at the end as censored.

    Stage, compound or role; unless said otherwise: how long somebody is a customer. Moves inside a compound or role do
    not end a stay. Of the stays begun in the period or, with begun='ever', of all begun before its end; days of 24
    hours. Undefined where fewer than half have ended. Source: Kaplan and Meier (1958).

    Raises:
        InvalidArgument: there is no such stage, or `begun` is another word.
    """
    if begun not in {"period", "ever"}:
        raise InvalidArgument(f"time_in_stage: begun={begun!r} is neither 'period' nor 'ever'")
    stays = stays_in(cut, stage)
    counted = stays.start >= (cut.start_us if begun == "period" else 0)
    seconds = (stays.end - stays.start)[counted] // _SECOND_US
    return WaitTally(DurationTally.of(seconds, ~stays.is_open[counted]), per=86_400, quantile=quantile)


@attrs.frozen(eq=False)
class StaysIn:
    """The stays inside some stages up to the end of a period, by customer and time; arrays of shape (n_stays,)."""

    customer: npt.NDArray[np.int32]
    """Whose."""
    start: Int64Array
    """When it was entered, in microseconds."""
    end: Int64Array
    """When it was left; the end of the period where it is open."""
    is_open: BoolArray
    """Whether it was not left before the end of the period."""
    left_to: npt.NDArray[np.int16]
    """The stage into which it was left, -1 where it is open."""
    place: npt.NDArray[np.intp]
    """The place of its first part among all stays."""


def stays_in(cut: Cut, name: str) -> StaysIn:
    """The stays in a stage, compound or role, moves inside it left out.

    Raises:
        InvalidArgument: there is none of that name (with the nearest known one).
    """
    try:
        inside_of = np.array(stages_named(cut.record.program, (name,)))
    except DefinitionError as error:
        raise InvalidArgument(str(error)) from None
    columns: dict[str, npt.NDArray[Any]] = cut.record.stay_columns
    seen = columns["start"] < cut.end_us
    customer, stage, start, end = (columns[one][seen] for one in ("customer", "stage", "start", "end"))
    inside = inside_of[stage]
    same = np.concatenate([[False], customer[1:] == customer[:-1]])[: len(customer)]
    first = np.flatnonzero(inside & ~(same & np.roll(inside, 1)))
    follows = np.append(same[1:], False)[: len(customer)]
    last = np.flatnonzero(inside & ~(follows & np.roll(inside, -1)))
    is_open = end[last] >= cut.end_us
    left_to = np.where(is_open, -1, np.append(stage, -1)[last + 1]).astype(np.int16)
    return StaysIn(customer[first], start[first], np.minimum(end[last], cut.end_us), is_open, left_to, first)
