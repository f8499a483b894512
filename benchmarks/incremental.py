"""One more day: a story goes on with 6,000 touchpoints, against the replay of everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle import Story, replay

from .measure import Row, demand, rounds
from .replay import log_of, stock
from .synthetic import KINDS, columns, table

TOUCHPOINTS = 6_000
NEWCOMERS = 0.05
_DAY = 86_400_000_000


def next_day(data: dict[str, npt.NDArray[Any]], n: int = TOUCHPOINTS, *, seed: int = 7) -> dict[str, npt.NDArray[Any]]:
    """One more day after the last of a log, as columns like it.

    Who appears is drawn from the touchpoints of the last 30 days, so in proportion to present activity;
    one in twenty is new.
    """
    draw = np.random.default_rng(seed)
    at = data["at"].view(np.int64)
    last = int(at[-1]) // _DAY
    recent = np.searchsorted(at, (last - 29) * _DAY)
    customer = data["customer"][draw.integers(recent, len(at), n)]
    n_new = round(n * NEWCOMERS)
    customer[draw.permutation(n)[:n_new]] = (1 << 40) + draw.permutation(10 * n_new)[:n_new]
    kind = draw.integers(1, len(KINDS), n).astype(np.int8)
    amount = np.where(np.isin(kind, (KINDS.index("purchase"), KINDS.index("payment"))), 29.0, np.nan)
    return {
        "customer": customer,
        "at": np.sort((last + 1) * _DAY + draw.integers(0, _DAY, n)).view("M8[us]"),
        "kind": kind,
        "amount": amount,
    }


def rows(raw: Any, data: dict[str, npt.NDArray[Any]], n_rounds: int) -> Iterator[Row]:
    """A day more: its log and `extend`, against the log and replay of what was there; then the first question."""
    _check()
    definition = stock()
    day = table(next_day(data))
    story = replay(definition, log_of(raw))
    made: list[Story] = []

    def go_on() -> None:
        made[:] = [story.extend(log_of(day))]

    extended, whole = rounds(n_rounds, go_on, lambda: replay(definition, log_of(raw)))
    (settled,) = rounds(n_rounds, lambda: Story(made[0].base, made[0].steps).record)
    about = f"the whole replay, {story.n_customers:,} customers"
    yield Row(f"one day more, {TOUCHPOINTS:,} touchpoints", about, extended, whole, "s", 1 / 50)
    yield Row("the first question after that day (settling)", about, settled, whole, "s")


def _check() -> None:
    """A story that goes on is the story of everything."""
    data = columns(100_000, 10_000)
    day = next_day(data, 600)
    definition = stock()
    both = {name: np.concatenate([data[name], day[name]]) for name in data}
    whole = replay(definition, log_of(table(both))).record
    story = replay(definition, log_of(table(data))).extend(log_of(table(day))).record
    names = [field.name for field in attrs.fields(type(whole.moved))]
    pairs = [(getattr(whole.moved, name), getattr(story.moved, name)) for name in names]
    pairs += [(whole.due, story.due), (whole.started, story.started), (whole.state.leaf, story.state.leaf)]
    demand(all(np.array_equal(one, other) for one, other in pairs), "replay, and replay with an extension")
