"""Playbooks: one touchpoint of one customer live, and a year of a whole base simulated.

The log is a year of accounts of the stock SaaS lifecycle with kinds and attributes for all stock playbooks.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle import Definition, Play, Story, Touchpoint, TouchpointLog, replay
from lifecycle.playbooks import simulate

from .driven import Driver, StateMachineDecider
from .live import advance_all, send_all
from .measure import Row, demand
from .replay import sample, stock
from .synthetic import columns

N_TOUCHPOINTS, N_CUSTOMERS = 1_000_000, 100_000
DRAWN = 20_000
_DAY = 86_400_000_000
_BEGIN = 19_723 * _DAY  # 2024-01-01
_HALF = 2
"""The log of two years is told in one."""
_SHARES = {
    "login": 0.24, "feature_use": 0.24, "visit": 0.12, "payment": 0.09, "mail_sent": 0.06, "mail_clicked": 0.04,
    "ticket_opened": 0.035, "ticket_closed": 0.03, "usage_reported": 0.03, "message_answered": 0.02, "nps": 0.02,
    "value_confirmed": 0.015, "meeting_held": 0.01, "feature_blocked": 0.01, "subscription_renewed": 0.01,
    "subscription_upgraded": 0.005, "promise_made": 0.005, "promise_kept": 0.004, "complaint": 0.004,
    "complaint_answered": 0.003, "owner_changed": 0.003, "referral": 0.003, "subscription_cancelled": 0.003,
}  # fmt: skip
"""How often each kind comes, beside the first, `signup`; what is left is `login` too."""
_OF: dict[str, tuple[str, tuple[object, ...]]] = {
    "ticket": ("ticket_", ("x", "y", "z")),
    "complaint": ("complaint", ("x", "y")),
    "promise": ("promise_", ("x", "y")),
    "feature": ("feature_", ("A", "B", "C")),
    "referred": ("referral", ("friend", "client", "partner")),
    "source": ("signup", ("ad", "referral", "search")),
    "customer_since": ("signup", ("2022-03-01", "2023-06-15", "2024-02-29")),
    "renewal": ("subscription_renewed", ("2024-09-30", "2024-12-31", "2025-03-31")),
    "due": ("promise_made", ("2024-05-31", "2024-08-31", "2024-11-30")),
    "zone": ("signup", ("Europe/Berlin", "America/New_York", "Asia/Tokyo")),
    "score": ("nps", (3.0, 7.0, 9.0, 10.0)),
    "used": ("usage_reported", (10.0, 60.0, 85.0, 95.0)),
    "limit": ("usage_reported", (100.0,)),
}
"""Attribute: which kinds carry it, by the beginning of their name, and its values."""


def year(n_touchpoints: int = N_TOUCHPOINTS, n_customers: int = N_CUSTOMERS, *, seed: int = 9) -> TouchpointLog:
    """A year of a base as a log."""
    data, draw = columns(n_touchpoints, n_customers, seed=seed), np.random.default_rng(seed)
    at = data["at"].view(np.int64)
    names = ["welcomed", *_SHARES]
    shares = np.array(list(_SHARES.values()))
    kind = draw.choice(np.arange(1, len(names)), n_touchpoints, p=shares / shares.sum())
    kind[data["kind"] == 0] = 0
    told = {name: _attribute(name, names, kind, draw) for name in _OF}
    table = {
        "customer": data["customer"],
        "at": (_BEGIN + (at - at.min()) // _HALF).view("M8[us]"),
        "kind": np.array(names, object)[kind],
        "amount": np.where(kind == names.index("payment"), 29.0, np.nan),
    }
    return TouchpointLog.from_columns({**table, **told}, currency="USD")


def _attribute(name: str, kinds: Sequence[str], kind: npt.NDArray[Any], draw: np.random.Generator) -> npt.NDArray[Any]:
    """An attribute of all touchpoints, None or NaN where they do not carry it."""
    begin, values = _OF[name]
    begin = "welcomed" if begin == "signup" else begin
    carries = np.array([one.startswith(begin) for one in kinds])[kind]
    is_text = isinstance(values[0], str)
    found = np.full(len(kind), None if is_text else np.nan, object if is_text else np.float64)
    found[carries] = np.array(values, found.dtype)[draw.integers(0, len(values), int(carries.sum()))]
    return found


def rows(n_rounds: int) -> Iterator[Row]:
    """One `advance` with everything against one `send`; a year of everybody against the live loop."""
    definition = stock()
    yield from _live(definition, n_rounds)
    yield from _simulated(definition, n_rounds)


def _live(definition: Definition, n_rounds: int) -> Iterator[Row]:
    story = replay(definition, year(200_000, 20_000))
    histories = list(sample(story.log).values())
    begun = [definition.begin(history[0]).customer for history in histories]
    driver = Driver(definition, StateMachineDecider(definition))
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(n_rounds + 1):
        one, other = advance_all(definition, begun, histories), send_all(driver, histories, story.record.until_us)
        if number:
            ours.append(one)
            theirs.append(other)
    n_books = len(definition.playbooks)
    what = f"advance: facts, moves, signs, {n_books} playbooks, policies"
    yield Row(what, "python-statemachine, one send, facts given", ours, theirs, "µs", 1)


def _simulated(definition: Definition, n_rounds: int) -> Iterator[Row]:
    """Seconds of the processor: the live loop is timed on whole customers and scaled by touchpoints."""
    assert definition.plan is not None
    story = replay(definition, year())
    drawn = sample(story.log, DRAWN)
    n_drawn = sum(map(len, drawn.values()))
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(n_rounds + 1):
        gc.collect()
        begin = time.process_time()
        simulation = simulate(definition.plan, story.record)
        lasted = time.process_time() - begin
        live, found = _lived(definition, story, drawn)
        if number:
            ours.append(lasted)
            theirs.append(live * len(story.log) / n_drawn)
        else:
            mine = np.isin(simulation.plays.customer, list(drawn))
            keys = set(simulation.keys(simulation.plays.take(mine)))
            demand(keys == found, f"plays of {len(drawn):,} customers: {len(keys):,} simulated, {len(found):,} live")
            demand(not len(simulation.one_by_one), "all customers in columns")
    about = f"the live loop, {n_drawn:,} touchpoints scaled, processor"
    what = f"simulation of {story.n_customers:,} customers, {len(story.log):,} touchpoints"
    yield Row(what, about, ours, theirs, "s", 50, is_speedup=True)


def _lived(definition: Definition, story: Story, drawn: dict[int, tuple[Touchpoint, ...]]) -> tuple[float, set[str]]:
    """Seconds of the live loop over some customers, and the keys of their plays."""
    last = story.until - timedelta(microseconds=1)
    plays: list[Play] = []
    gc.collect()
    begin = time.process_time()
    for history in drawn.values():
        step = definition.begin(history[0])
        plays += step.plays
        for touchpoint in history[1:]:
            step = definition.advance(step.customer, touchpoint)
            plays += step.plays
        plays += definition.pass_time(step.customer, last).plays
    return time.process_time() - begin, {play.key for play in plays}
