"""The back-test written down row by row, in plain Python: slow, and the meaning of the fast one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from lifecycle.backtest import Episodes, Moments, Outcomes, Sweep

DAY = 86_400_000_000
Pair = tuple[int, int]  # customer, microseconds


@attrs.frozen
class World:
    """A small history: who was at risk when, flagged or not and with which score, and what came."""

    at_risk: list[Pair]
    flagged: list[bool]
    score: list[float]
    episodes: list[Pair]
    outcomes: list[Pair]
    horizon_days: int
    end_us: int
    since_us: int
    is_absence: bool = False

    def made(self) -> tuple[Moments, Outcomes, Episodes]:
        """The same for the library."""
        outcomes = Outcomes(
            *columns(self.outcomes),
            horizon_days=self.horizon_days,
            end_us=self.end_us,
            since_us=self.since_us,
            is_absence=self.is_absence,
        )
        return Moments(*columns(self.at_risk), outcomes), outcomes, Episodes(*columns(self.episodes))


def columns(pairs: Sequence[Pair]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Customers and instants of pairs."""
    array = np.array(pairs, np.int64).reshape(-1, 2)
    return array[:, 0], array[:, 1]


def make_world(seed: int) -> World:
    """A random history on whole days, so that instants often meet; in every third world the outcome is an absence."""
    random = np.random.default_rng(seed)
    n_customers, step, n_moments = int(random.integers(1, 7)), int(random.integers(1, 8)), int(random.integers(1, 9))
    last = step * n_moments + 10
    grid = [(int(c), int(k) * step * DAY) for c in range(n_customers) for k in range(n_moments)]
    at_risk = [grid[place] for place in random.permutation(len(grid)) if random.random() < 0.8]

    def happenings() -> list[Pair]:
        return [
            (int(random.integers(n_customers)), int(random.integers(last)) * DAY) for _ in range(random.integers(9))
        ]

    scores = random.integers(0, 5, len(at_risk)).astype(float)
    scores[random.random(len(at_risk)) < 0.1] = np.nan
    return World(
        at_risk=at_risk,
        flagged=[bool(flag) for flag in random.random(len(at_risk)) < 0.4],
        score=scores.tolist(),
        episodes=happenings(),
        outcomes=happenings(),
        horizon_days=int(random.integers(1, 15)),
        end_us=int(random.integers(last // 2, last + 1)) * DAY,
        since_us=0,
        is_absence=seed % 3 == 2,
    )


def by_moment(world: World, flagged: Sequence[bool]) -> dict[str, int]:
    """All counts by moment."""
    horizon = world.horizon_days * DAY
    found = dict.fromkeys(("tp", "fp", "fn", "tn", "censored", "at_outcome", "raised", "alerts"), 0)
    stands = dict(zip(world.at_risk, flagged, strict=True))
    instants = sorted({at for _, at in world.at_risk})
    before = dict(zip(instants[1:], instants, strict=False))
    seen = set()
    for (customer, at), flag in stands.items():
        is_raised = flag and not stands.get((customer, before.get(at, -1)), False)
        found["alerts"] += is_raised
        if at + horizon - world.is_absence > world.end_us:
            found["censored"] += 1
            continue
        if world.is_absence:
            away = is_away(world, customer, at)
            found[("tn", "fp", "fn", "tp")[flag + 2 * away]] += 1
            found["raised"] += is_raised
            if away:
                seen.add((customer, next_one(world, customer, at)))
            continue
        if (customer, at) in world.outcomes:
            found["at_outcome"] += 1
            continue
        coming = [at_ for who, at_ in world.outcomes if who == customer and at < at_ <= at + horizon]
        found[("tn", "fp", "fn", "tp")[flag + 2 * bool(coming)]] += 1
        found["raised"] += is_raised
        if coming:
            seen.add((customer, min(coming)))
    return found | {"seen": len(seen)}


def is_away(world: World, customer: int, at: int) -> bool:
    """Whether nothing comes from an instant on for a whole horizon."""
    beyond = at + world.horizon_days * DAY
    return not any(who == customer and at <= when < beyond for who, when in world.outcomes)


def next_one(world: World, customer: int, at: int) -> int | None:
    """What ends the absence in which an instant lies."""
    later = [when for who, when in world.outcomes if who == customer and at <= when <= world.end_us]
    return min(later, default=None)


def by_episode(world: World) -> dict[str, Any]:
    """All counts and lead times by episode."""
    horizon = world.horizon_days * DAY
    judged = [pair for pair in world.episodes if pair[1] + horizon - world.is_absence <= world.end_us]
    if world.is_absence:
        right = [pair for pair in judged if is_away(world, *pair)]
        return {
            "judged": len(judged),
            "censored": len(world.episodes) - len(judged),
            "hits": len(right),
            "outcomes": len({(who, next_one(world, who, at)) for who, at in right}),
            "early": 0,
            "leads": [],
        }
    known = [pair for pair in world.outcomes if pair[1] <= world.end_us]
    old = [pair for pair in known if pair[1] - horizon >= world.since_us]
    hits = sum(any(who == w and at < a <= at + horizon for w, a in known) for who, at in judged)
    leads = []
    for who, at in old:
        starts = [start for customer, start in world.episodes if customer == who and at - horizon <= start < at]
        if starts:
            leads.append((at - min(starts)) / DAY)
    return {
        "judged": len(judged),
        "censored": len(world.episodes) - len(judged),
        "hits": hits,
        "outcomes": len(old),
        "early": len(known) - len(old),
        "leads": sorted(leads),
    }


def flags_at(swept: Sweep, score: Sequence[float], place: int) -> list[bool]:
    """Who is flagged at one threshold of a sweep."""
    threshold = swept.threshold[place]
    return [bool(value >= threshold if swept.flagged_when == ">=" else value <= threshold) for value in score]
