"""The first weeks: who gets through onboarding, who reaches its milestones, and how soon the first value is felt."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.log import days_of
from lifecycle.rules import BoolArray
from lifecycle.signs import Blueprint, Milestone, block_moments, reached_at, started
from lifecycle.tally import CountsTally, RatioTally
from lifecycle.value import DurationTally

from ._apart import Apart
from ._cut import Cut
from ._pairing import ends_of_days
from ._registry import register
from ._stages import stays_in
from ._waiting import WaitTally

Int64Array = npt.NDArray[np.int64]
NOT_YET: Final = np.iinfo(np.int64).max
"""The day of what has not happened."""
_NEVER: Final = np.iinfo(np.int64).min


@register("onboarding_completion_rate", unit="rate", better="higher")
def onboarding_completion_rate(
    cut: Cut, *, days: int = 90, blueprint: str = "onboarding", milestone: str | None = None
) -> Apart:
    """Of the customers whose first n days ended in the period, the share that completed onboarding within them.

    Days count from the start of the blueprint; it is completed when all its milestones are reached, or the one named.
    A definition without that blueprint is asked for the stage of that name: completed is who leaves it for another
    active stage. Each customer counts once, in the period in which day n ends; who left by then has not completed. Who
    has started and whose n days are not over is counted apart.

    Raises:
        InvalidArgument: there is neither blueprint nor stage, no such milestone, or the days are negative.
    """
    if days < 0:
        raise InvalidArgument(f"onboarding_completion_rate: days={days!r} is negative; give days, such as 90")
    found = _journey(cut, blueprint)
    start, done = _through_stage(cut, blueprint) if found is None else _through(found, milestone)
    has = start != NOT_YET
    last_day = np.where(has, start, 0) + days
    over, inside = _ended(cut, last_day)
    ratio = RatioTally.of_customers(done <= last_day, has & inside)
    return Apart(ratio, int(np.count_nonzero(has & ~over)), f"still within their {days} days")


@register("milestone_rate", unit="rate", better="higher")
def milestone_rate(cut: Cut, *, milestone: str | None = None, blueprint: str = "onboarding") -> Apart:
    """Of the milestones whose due day ended in the period, the share reached by that day.

    One milestone of a blueprint, or all of them together: then each customer counts once per milestone. What is not due
    yet is counted apart, reached or not.

    Raises:
        InvalidArgument: the definition has no such blueprint or milestone.
    """
    found = _needed(cut, blueprint)
    chosen = found.blueprint.milestones if milestone is None else (found.named(milestone),)
    ratio, waiting = RatioTally(), 0
    for one in chosen:
        has = found.start != NOT_YET
        due = np.where(has, found.start, 0) + one.due_days
        over, inside = _ended(cut, due)
        ratio += RatioTally.of_customers(found.reached[one.name] <= due, has & inside)
        waiting += int(np.count_nonzero(has & ~over))
    return Apart(ratio, waiting, "not due yet")


@register("overdue_milestones", unit="milestones", better="lower")
def overdue_milestones(cut: Cut, *, blueprint: str | None = None) -> CountsTally:
    """The milestones past their due day and not reached when the period ends, as 'blueprint: milestone'.

    Of all blueprints or of one; each customer counts once per milestone, and who is lost then does not count.

    Raises:
        InvalidArgument: the definition has no such blueprint.
    """
    names = _blueprints(cut) if blueprint is None else [_needed(cut, blueprint).blueprint.name]
    today, counts = cut.period.calendar.day_of(cut.end_us - 1), {}
    for name in names:
        found = _needed(cut, name)
        waits = (found.start != NOT_YET) & ~cut.at_end.lost
        for one in found.blueprint.milestones:
            is_due = today > np.where(waits, found.start, 0) + one.due_days
            late = waits & (found.reached[one.name] == NOT_YET) & is_due
            counts[f"{name}: {one.name}"] = int(np.count_nonzero(late))
    return CountsTally(counts)


@register("time_to_first_value", unit="days", better="lower")
def time_to_first_value(cut: Cut, *, blueprint: str = "onboarding", quantile: float = 0.5) -> WaitTally:
    """The median number of days from the start of a blueprint to its first value, of those who started in the period.

    By Kaplan and Meier: who is not there at the end of the period counts with the days so far, as censored, so that the
    slow are not left out. Undefined where fewer than half are there. Calendar days; reached on the first day is 0.
    Source: Kaplan and Meier (1958).

    Raises:
        InvalidArgument: the definition has no such blueprint, or it names no first value.
    """
    found = _needed(cut, blueprint)
    if found.blueprint.first_value is None:
        raise InvalidArgument(f"blueprint {blueprint!r} names no first value; give it first_value='…'")
    calendar = cut.period.calendar
    has = found.start != NOT_YET
    counted = has & (found.start >= calendar.day_of(cut.start_us))
    reached, today = found.reached[found.blueprint.first_value][counted], calendar.day_of(cut.end_us - 1)
    is_there = reached != NOT_YET
    return WaitTally(
        DurationTally.of(np.where(is_there, reached, today) - found.start[counted], is_there), quantile=quantile
    )


@attrs.frozen(eq=False)
class _Journey:
    """A blueprint as everybody went through it before the end of a period, in days; arrays (n_customers,)."""

    blueprint: Blueprint
    start: Int64Array
    """The day on which it starts."""
    reached: dict[str, Int64Array]
    """Milestone → the day on which it was reached."""

    def named(self, milestone: str) -> Milestone:
        for one in self.blueprint.milestones:
            if one.name == milestone:
                return one
        known = ", ".join(one.name for one in self.blueprint.milestones)
        raise InvalidArgument(f"blueprint {self.blueprint.name!r} has no milestone {milestone!r}; milestones: {known}")


def _blueprints(cut: Cut) -> list[str]:
    signs = cut.story.signs
    return [] if signs is None else [journey.blueprint.name for journey in signs.journeys]


def _needed(cut: Cut, name: str) -> _Journey:
    found = _journey(cut, name)
    if found is None:
        known = ", ".join(_blueprints(cut)) or "none"
        raise InvalidArgument(f"the definition has no blueprint {name!r}; blueprints: {known}")
    return found


def _journey(cut: Cut, name: str) -> _Journey | None:
    return cut.kept(("journey", name), lambda: _read_journey(cut, name))


def _read_journey(cut: Cut, name: str) -> _Journey | None:
    signs, names = cut.story.signs, _blueprints(cut)
    if signs is None or name not in names:
        return None
    number = names.index(name)
    journey, nobody = signs.journeys[number], np.full(cut.n_customers, NOT_YET)
    start, reached = nobody.copy(), {one.name: nobody.copy() for one in journey.blueprint.milestones}
    for block in block_moments(signs, cut.record, cut.end_us):
        code = block.points.customer + block.past.low
        first_day, who = started(block, number)
        start[code[who]] = first_day[who]
        for one, place in zip(journey.blueprint.milestones, journey.places, strict=True):
            at, day = reached_at(block, place)
            there = at != _NEVER
            reached[one.name][code[there]] = day[there]
    return _Journey(journey.blueprint, start, reached)


def _through(found: _Journey, milestone: str | None) -> tuple[Int64Array, Int64Array]:
    """The day on which each starts, and the one on which all milestones, or one, are reached."""
    if milestone is not None:
        return found.start, found.reached[found.named(milestone).name]
    return found.start, np.max(np.stack(list(found.reached.values())), axis=0)


def _through_stage(cut: Cut, stage: str) -> tuple[Int64Array, Int64Array]:
    """The day on which each first enters a stage, and the one on which it is left for another active stage."""
    try:
        stays = stays_in(cut, stage)
    except InvalidArgument:
        known = ", ".join(_blueprints(cut)) or "none"
        raise InvalidArgument(
            f"the definition has neither a blueprint nor a stage {stage!r}; blueprints: {known}"
        ) from None
    is_first = np.diff(stays.customer, prepend=-1) != 0
    calendar = cut.period.calendar
    start, done = (np.full(cut.n_customers, NOT_YET) for _ in range(2))
    start[stays.customer[is_first]] = days_of(stays.start[is_first], calendar)
    is_active = np.array([*(one.role == "active" for one in cut.record.stages), False])
    completed = is_first & is_active[stays.left_to]
    done[stays.customer[completed]] = days_of(stays.end[completed], calendar)
    return start, done


def _ended(cut: Cut, last_day: Int64Array) -> tuple[BoolArray, BoolArray]:
    """Whether a day has ended by the end of the period, and whether it ended within it; shape as the days."""
    after = ends_of_days(last_day, cut.period.calendar)
    over = after <= cut.end_us
    return over, over & (after > cut.start_us)
