"""What playbooks brought about, as KPIs: goals reached, uplift over the holdout, plays per customer."""

from __future__ import annotations

from typing import Any, Final, Protocol, runtime_checkable

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import InvalidArgument
from lifecycle.model import DAY_US
from lifecycle.tally import MeanTally, RatioTally, UpliftTally

from ._cut import Cut
from ._registry import register

Int64 = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
_NEVER: Final = int(np.iinfo(np.int64).max)


class Wanted(Protocol):
    """The goal of a playbook."""

    @property
    def within_days(self) -> int:
        """Within so many times 24 hours of the entry."""
        ...


class Declared(Protocol):
    """A playbook as it was declared."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def goal(self) -> Wanted | None:
        """What it wants to bring about."""
        ...


class Bound(Protocol):
    """A playbook of a definition."""

    @property
    def playbook(self) -> Declared:
        """Its declaration."""
        ...


class Plan(Protocol):
    """The playbooks of a definition."""

    @property
    def playbooks(self) -> tuple[Any, ...]:
        """Each of them, `Bound`."""
        ...


@runtime_checkable
class Played(Protocol):
    """A story whose playbooks are run over its log, as a replay gives it."""

    @property
    def plan(self) -> Plan | None:
        """The playbooks; None for none."""
        ...

    def plays(self) -> Table:
        """Every decided play; `customer`, `playbook`, `at` and `key` are read here."""
        ...

    def runs(self) -> Table:
        """Everything that happened to runs; `customer`, `playbook`, `event`, `entered`, `is_holdout`, `goal`."""
        ...


@register("play_uplift", unit="rate", better="higher")
def play_uplift(cut: Cut, *, playbook: str = "") -> UpliftTally:
    """Goal rate of who was treated less goal rate of the holdout; Newcombe's interval, n of both.

    A customer counts once, by the first entry ever, in the period in which the days of the goal are over: so a year is
    the sum of its months, and nothing is judged before its time. Treated are all who are not in the holdout, also those
    whose plays were held back. Who is in the holdout is decided by the customer, so it adds up over customers.

    Settings: `playbook`, its name; '' for all that have a goal, each customer once in each: a mixture, whose uplift
    means little where goals and holdouts differ. Undefined without a holdout. Of a whole log it is the uplift of
    `story.effect(playbook)`, which also tells costs. Also in use: `play_goal_rate`, without comparison.

    Raises:
        InvalidArgument: the definition has no such playbook.
    """
    return cut.kept(("uplift", playbook), lambda: _uplift(cut, playbook))


@register("play_goal_rate", unit="rate", better="higher")
def play_goal_rate(cut: Cut, *, playbook: str = "") -> RatioTally:
    """Of the treated customers whose days for the goal ended in the period, the share that reached it.

    As `play_uplift`, without the holdout: how often the goal is reached, whether or not because of the playbook.
    Settings: `playbook`, its name; '' for all that have a goal.

    Raises:
        InvalidArgument: the definition has no such playbook.
    """
    return play_uplift.calculate(cut, playbook=playbook).treated  # type: ignore[attr-defined, no-any-return]


@register("plays_per_customer", unit="plays")
def plays_per_customer(cut: Cut, *, playbook: str = "") -> MeanTally:
    """Plays decided in the period for each customer who was active at some time in it; mean with interval.

    Customers without a play count with 0; plays for who was never active meanwhile are left out.
    Settings: `playbook`, its name; '' for all.

    Raises:
        InvalidArgument: the definition has no such playbook.
    """
    counts = np.zeros(cut.n_customers, np.int64)
    plays = plays_within(cut, playbook)
    np.add.at(counts, plays.customer, 1)
    moved = cut.record.moved.customer
    was_active = cut.at_start.active | cut.at_end.active
    for moves in (cut.moves_into("active"), cut.moves_out_of("active")):
        was_active = was_active | _any(cut, moved[moves])
    return MeanTally.of(counts[was_active])


@attrs.frozen(eq=False)
class PlaysWithin:
    """The plays that were decided within a period; shape (n_plays,) each."""

    customer: Int64
    """Whose; a place in the log."""
    at_us: Int64
    """When, in microseconds since 1970-01-01 UTC."""
    key: npt.NDArray[Any]
    """The idempotency keys, as texts."""


def plays_within(cut: Cut, playbook: str = "", *, shift_us: int = 0) -> PlaysWithin:
    """The plays of a period, or of one that lies so much earlier; none where the definition has no playbooks.

    Raises:
        InvalidArgument: the definition has no such playbook.
    """
    if not _asked(cut, playbook, with_goal=False):
        none = np.zeros(0, np.int64)
        return PlaysWithin(none, none, np.zeros(0, object))
    table: Table = cut.kept("plays", lambda: cut.story.plays())  # type: ignore[attr-defined]
    at_us = table["at"].astype(np.int64)
    inside = (at_us >= cut.start_us - shift_us) & (at_us < cut.end_us - shift_us)
    if playbook:
        inside &= np.asarray(table["playbook"] == playbook, bool)
    mine = Table({name: table[name][inside] for name in ("customer", "key")})
    return PlaysWithin(cut.codes(mine), at_us[inside], mine["key"])


def _asked(cut: Cut, playbook: str, *, with_goal: bool = True) -> list[Declared]:
    """The playbooks that are asked for."""
    plan = cut.story.plan if isinstance(cut.story, Played) else None
    books: list[Declared] = [] if plan is None else [bound.playbook for bound in plan.playbooks]
    if playbook and playbook not in {book.name for book in books}:
        names = ", ".join(book.name for book in books) or "none"
        raise InvalidArgument(f"there is no playbook {playbook!r}; playbooks: {names}")
    return [book for book in books if playbook in ("", book.name) and (book.goal is not None or not with_goal)]


def _uplift(cut: Cut, playbook: str) -> UpliftTally:
    found = UpliftTally()
    for book in _asked(cut, playbook):
        found += _judged(cut, book)
    return found


def _judged(cut: Cut, book: Declared) -> UpliftTally:
    """Who was judged within the period, by the first entry ever."""
    assert book.goal is not None
    runs: Table = cut.kept("runs", lambda: cut.story.runs())  # type: ignore[attr-defined]
    mine = np.flatnonzero((runs["event"] == "entered") & (runs["playbook"] == book.name))
    customer = cut.codes(Table({"customer": runs["customer"][mine]}))
    entered, goal = (runs[name][mine].astype(np.int64) for name in ("entered", "goal"))
    over = entered + book.goal.within_days * DAY_US
    first = np.full(cut.n_customers, _NEVER)
    np.minimum.at(first, customer, entered)
    # Several runs may begin at one instant: together they are the first entry.
    at_first = (entered == first[customer]) & (over >= cut.start_us) & (over < cut.end_us)
    reached = at_first & (goal > entered) & (goal <= over)
    judged, hits, held = (
        _any(cut, customer[which]) for which in (at_first, reached, at_first & runs["is_holdout"][mine].astype(bool))
    )
    return UpliftTally(RatioTally.of_customers(hits, judged & ~held), RatioTally.of_customers(hits, judged & held))


def _any(cut: Cut, customer: npt.NDArray[Any]) -> BoolArray:
    found = np.zeros(cut.n_customers, bool)
    found[customer] = True
    return found
