"""Works out what a playbook brought about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import fsum
from typing import Final

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US, Play, RunChange, moment_us, utc_of
from lifecycle.tally import (
    Estimate,
    SampleSize,
    clustered_counts,
    estimate,
    newcombe,
    sample_size,
    share_of,
    undefined,
    wilson,
)

from ._checked_columns import BoolColumn, IntColumn, codes_of, together
from ._effect import ActionEffect, Arm, Effect
from ._measured import PlayColumns, RunColumns
from ._playbook import Playbook
from ._policy import NEVER_US

_WHERE: Final = {True: "nobody is in the holdout", False: "nobody was treated"}


def effect_of_changes(
    playbook: Playbook,
    runs: Iterable[RunChange],
    plays: Iterable[Play],
    until: datetime,
    *,
    confidence: float = 0.95,
) -> Effect:
    """What a playbook brought about, from what the live engine gave: `step.runs` and `step.plays` of all customers.

    Args:
        playbook: its goal and days; those of other playbooks are passed over.
        runs: what happened to runs, in any order; runs whose entry is not among them are left out.
        plays: the decided plays, in any order.
        until: an aware datetime; everything strictly before it has happened and is among them.
        confidence: of all intervals.

    Raises:
        InvalidArgument: the end is no aware datetime, or the confidence is not between 0 and 1.
    """
    return effect_of_columns(playbook, RunColumns.of(runs), PlayColumns.of(plays), until, confidence=confidence)


def effect_of_columns(
    playbook: Playbook, runs: RunColumns, plays: PlayColumns, until: datetime, *, confidence: float = 0.95
) -> Effect:
    """The same, from columns.

    Args:
        playbook: as of `effect_of_changes`; until and confidence too.
        runs: one row per run.
        plays: one row per decided play.

    Raises:
        InvalidArgument: as `effect_of_changes`; or the customers of runs and plays are not told apart in one way.
    """
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not 0 < confidence < 1:
        raise InvalidArgument(f"confidence={confidence!r} is not between 0 and 1; give 0.95 for 95 %")
    seen = _seen(playbook, runs, plays, moment_us(until, "until"))
    reason = "" if playbook.goal is not None else "the playbook has no goal"
    treated = _arm(seen, reason, confidence, is_holdout=False)
    holdout = _arm(seen, reason, confidence, is_holdout=True)
    uplift = _uplift(treated, holdout, reason, confidence)
    cost = _cost(seen, seen.of_first & seen.is_judged[seen.play_customer])
    cost_of_all = _cost(seen, np.ones(len(seen.plays), bool))
    return Effect(
        playbook=playbook.name,
        goal="" if playbook.goal is None else str(playbook.goal),
        until=utc_of(seen.until_us),
        confidence=confidence,
        treated=treated,
        holdout=holdout,
        uplift=uplift,
        n_open=int((~seen.is_judged).sum()),
        n_open_runs=int((~seen.is_over).sum()),
        cost=cost,
        cost_of_all=cost_of_all,
        cost_per_goal=_per_goal(cost, cost_of_all, treated),
        cost_per_extra_goal=_per_extra_goal(cost, cost_of_all, treated, uplift),
        needed=_needed(treated, holdout, uplift, confidence),
        actions=_actions(seen, reason, confidence),
    )


@attrs.frozen(eq=False)
class _Seen:
    """Runs and plays of one playbook until the end; customers as numbers."""

    until_us: int
    run_customer: IntColumn
    run: IntColumn  # which run a row is, equal in plays
    is_holdout: BoolColumn
    reached: BoolColumn  # in time
    goal_us: IntColumn
    is_over: BoolColumn
    plays: PlayColumns
    play_customer: IntColumn
    play_run: IntColumn
    of_first: BoolColumn  # plays of the first entry of their customer
    customer_holdout: BoolColumn
    customer_reached: BoolColumn  # in the first run
    is_judged: BoolColumn


def _seen(playbook: Playbook, runs: RunColumns, plays: PlayColumns, until_us: int) -> _Seen:
    code = runs.playbooks.index(playbook.name) if playbook.name in runs.playbooks else -1
    mine = np.flatnonzero((runs.playbook == code) & (runs.entered_us < until_us))
    plays = plays.of_playbooks(playbook.name)
    plays = plays.rows(plays.at_us < until_us)
    entered, goal_us, is_holdout = runs.entered_us[mine], runs.goal_us[mine], runs.is_holdout[mine]
    customer, play_customer = codes_of(runs.customer[mine], plays.customer)
    occasion, play_occasion = codes_of(runs.occasion[mine].astype(object), plays.occasion.astype(object))
    both = together(
        np.concatenate([customer, play_customer]),
        np.concatenate([entered, plays.entered_us]),
        np.concatenate([occasion, play_occasion]),
    )
    within = 0 if playbook.goal is None else playbook.goal.within_days * DAY_US
    reached = (goal_us > entered) & (goal_us <= entered + within) & (goal_us < until_us)
    is_over = entered + within < until_us
    n_customers = int(max(customer.max(initial=-1), play_customer.max(initial=-1))) + 1
    first = np.full(n_customers, NEVER_US, np.int64)
    np.minimum.at(first, customer, entered)
    at_first = entered == first[customer]
    # Several runs may begin at one instant: together they are the first entry, however they are ordered.
    return _Seen(
        until_us=until_us,
        run_customer=customer,
        run=both[: len(mine)],
        is_holdout=is_holdout,
        reached=reached,
        goal_us=goal_us,
        is_over=is_over,
        plays=plays,
        play_customer=play_customer,
        play_run=both[len(mine) :],
        of_first=plays.entered_us == first[play_customer],
        customer_holdout=_any(customer, at_first & is_holdout, n_customers),
        customer_reached=_any(customer, at_first & reached, n_customers),
        is_judged=_any(customer, at_first & is_over, n_customers),
    )


def _any(customer: IntColumn, flags: BoolColumn, n_customers: int) -> BoolColumn:
    return np.bincount(customer[flags], minlength=n_customers) > 0


def _arm(seen: _Seen, reason: str, confidence: float, *, is_holdout: bool) -> Arm:
    mine = seen.is_judged & (seen.customer_holdout == is_holdout)
    runs = seen.is_over & (seen.customer_holdout[seen.run_customer] == is_holdout)
    n, n_goals = int(mine.sum()), int((mine & seen.customer_reached).sum())
    rate = undefined(reason or _WHERE[is_holdout], n_goals, n)
    if n and not reason:
        share = np.array(n_goals / n)
        bounds = (share, *wilson(share, np.array(float(n)), confidence))
        rate = estimate(bounds, (n_goals, n), n, "")
    return Arm(n, n_goals, rate, int(runs.sum()), int((runs & seen.reached).sum()))


def _uplift(treated: Arm, holdout: Arm, reason: str, confidence: float) -> Estimate:
    parts = (treated.rate.value, holdout.rate.value)
    for arm in (treated, holdout):
        reason = reason or ("" if arm.n else _WHERE[arm is holdout])
    if reason:
        return undefined(reason, *parts)
    found = newcombe(
        np.array(treated.n_goals), np.array(treated.n), np.array(holdout.n_goals), np.array(holdout.n), confidence
    )
    return estimate(found, parts, min(treated.n, holdout.n), "")


def _cost(seen: _Seen, chosen: BoolColumn) -> float:
    counts = np.bincount(seen.plays.kind[chosen], minlength=len(seen.plays.kinds))
    return fsum(kind.cost * int(count) for kind, count in zip(seen.plays.kinds, counts, strict=True))


def _per_goal(cost: float, cost_of_all: float, treated: Arm) -> Estimate:
    parts, rate = (cost, treated.n_goals), treated.rate
    if rate.value is None:
        return Estimate(None, None, None, *parts, rate.note)
    if not cost_of_all:
        return undefined("no play had a cost", *parts)
    if not treated.n_goals or rate.low is None or rate.high is None:
        return undefined("no treated customer reached the goal", *parts)
    return Estimate(
        cost / treated.n_goals, cost / (treated.n * rate.high), cost / (treated.n * rate.low), *parts, rate.note
    )


def _per_extra_goal(cost: float, cost_of_all: float, treated: Arm, uplift: Estimate) -> Estimate:
    if uplift.value is None or uplift.low is None or uplift.high is None:
        return Estimate(None, None, None, cost, None, uplift.note)
    parts = (cost, uplift.value * treated.n)
    if not cost_of_all:
        return undefined("no play had a cost", *parts)
    if uplift.value <= 0:
        return undefined("the treated reached the goal no more often than the holdout", *parts)
    high = cost / (uplift.low * treated.n) if uplift.low > 0 else None
    notes = (uplift.note, "" if high is not None else "there may have been no extra goal")
    return Estimate(
        cost / parts[1], cost / (uplift.high * treated.n), high, *parts, "; ".join(note for note in notes if note)
    )


def _needed(treated: Arm, holdout: Arm, uplift: Estimate, confidence: float) -> SampleSize:
    rate, share = holdout.rate.value, holdout.n / max(treated.n + holdout.n, 1)
    if uplift.value is None or rate is None or treated.rate.value is None:
        return SampleSize(None, None, uplift.note)
    if uplift.value == 0:
        return SampleSize(None, None, "undefined because both rates are the same")
    # Not the uplift itself: adding it to the rate again may miss 0 or 1 by a rounding.
    wanted = min(max(uplift.value, -rate), 1 - rate)
    return sample_size(rate, wanted, confidence=confidence, holdout_share=share)


def _actions(seen: _Seen, reason: str, confidence: float) -> tuple[ActionEffect, ...]:
    names = sorted({(kind.step, kind.action) for kind in seen.plays.kinds}, key=_step_order)
    place = np.array([names.index((kind.step, kind.action)) for kind in seen.plays.kinds], np.int64)
    found = []
    for number, (step, action) in enumerate(names):
        rows = np.flatnonzero(place[seen.plays.kind] == number) if len(seen.plays) else np.zeros(0, np.int64)
        if len(rows):
            found.append(_action(seen, rows, (step, action), reason, confidence))
    return tuple(found)


def _step_order(name: tuple[str, str]) -> tuple[tuple[int, int, str], ...]:
    """Steps as people count: 2 before 10, and each branch behind its step."""
    parts = name[0].replace("/", ".").split(".")
    return (*((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts), (2, 0, name[1]))


def _action(seen: _Seen, rows: IntColumn, name: tuple[str, str], reason: str, confidence: float) -> ActionEffect:
    step, action = name
    n_runs = int(max(seen.run.max(initial=-1), seen.play_run.max(initial=-1))) + 1
    decided = np.full(n_runs, NEVER_US, np.int64)
    np.minimum.at(decided, seen.play_run[rows], seen.plays.at_us[rows])
    at_us = decided[seen.run]
    had = seen.is_over & (at_us < NEVER_US)
    late = had & seen.reached & (seen.goal_us <= at_us)
    judged, hits = had & ~late, had & ~late & seen.reached
    customer = np.unique(seen.run_customer[judged], return_inverse=True)[1]
    counts = np.stack([np.bincount(customer, weights=hits[judged]), np.bincount(customer)])
    n, n_goals = int(judged.sum()), int(hits.sum())
    rate = undefined(reason or "no such run is over", n_goals, n)
    if n and not reason:
        sums = clustered_counts(counts)
        bounds = share_of(sums, 0, 1, confidence)
        rate = estimate(bounds, (n_goals, n), float(sums.n_customers[1]), "")
    mask = np.zeros(len(seen.plays), bool)
    mask[rows] = True
    return ActionEffect(action, step, n, n_goals, rate, int(late.sum()), _cost(seen, mask))
