"""Every loss with its reason, what was tried, what was offered, and what came of it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record, Table
from lifecycle.errors import InvalidArgument
from lifecycle.rules import BoolArray
from lifecycle.tally import RatioTally, micro

from ._cut import Cut, Replayed
from ._groups import UNKNOWN
from ._order_book import order_book
from ._period import AskedPeriod, Period
from ._rows import Touched
from ._stated import BUYS, GIVES_BACK, minor_per
from ._table_of import table_of
from ._whereabouts import NEVER, roles_of, watched
from ._win_back import Back, came_back, every_loss, following, losses, returns_of

Int64Array = npt.NDArray[np.int64]
WinBackBy: TypeAlias = Literal["reason", "attempts", "offer"]
"""By what losses are grouped: why they left, how often it was tried, what was offered last."""
NO_OFFER = "(none)"
"""The group of those to whom nothing was offered."""


@attrs.frozen
class WinBackKinds:
    """Which touchpoints tell of losses and of what is done about them."""

    reasons: tuple[str, ...] = ("subscription_cancelled", "account_closed", "membership_cancelled", "churn_reason")
    """Those that carry why, in the attribute `reason`: the last one that was told since the
    customer became active, and before they are back, counts."""
    attempts: tuple[str, ...] = ("win_back_attempted",)
    """An attempt to win somebody back, beside the plays carried out with the purpose 'win_back'. May carry `cost`."""
    offers: tuple[str, ...] = ("offer_made",)
    """An offer, with its sort in the attribute `type`. May carry `cost`."""
    orders: tuple[str, ...] = BUYS
    """What is paid."""
    refunds: tuple[str, ...] = GIVES_BACK
    """What gives it back."""


_STOCK = WinBackKinds()


@attrs.frozen(eq=False, repr=False)
class WinBacks:
    """The losses of a period, each a row; arrays have shape (n_losses,)."""

    customer: npt.NDArray[Any]
    """Whose loss."""
    lost: Int64Array
    """When, in microseconds since 1970-01-01 UTC."""
    reason: npt.NDArray[Any]
    """Why, None where nobody said."""
    attempts: Int64Array
    """How often it was tried to win them back before they were."""
    offer: npt.NDArray[Any]
    """The sort of the last offer before they were back, None for no offer."""
    back: Int64Array
    """When they were back; the latest instant there is where they are not."""
    is_back: BoolArray
    """Whether that was within the days asked for."""
    is_known: BoolArray
    """Whether the story goes on for so many days."""
    value: Int64Array
    """What they paid from then until the next loss or the end of the story, in minor units; 0 for who is not back."""
    cost: Int64Array
    """What attempts and offers cost until then, in minor units."""
    per: int
    """Minor units per major one."""
    days: int
    """Within how many days counts."""

    def __len__(self) -> int:
        return len(self.lost)

    def table(self) -> Table:
        """One row per loss: what is known of it, money in major units."""
        never = self.back == NEVER
        outcome = np.where(self.is_back, "back", np.where(~self.is_known, "too early", np.where(never, "away", "late")))
        columns: dict[str, npt.NDArray[Any]] = {
            "customer": self.customer,
            "lost": self.lost.view("M8[us]"),
            "reason": self.reason,
            "attempts": self.attempts,
            "offer": self.offer,
            "back": np.where(never, np.iinfo(np.int64).min, self.back).view("M8[us]"),
            "outcome": outcome.astype(object),
            "second_value": self.value / self.per,
            "cost": self.cost / self.per,
        }
        return Table(columns, title=f"losses, back within {self.days} days")

    def by(self, what: WinBackBy = "reason", *, cac: float | None = None) -> Table:
        """Losses, win-backs and money of each group, and of all in the last row.

        The rate is of the losses whose days are over. What a win-back costs is the cost of the attempts and offers of
        the whole group by those who came back, at whatever time.

        Args:
            what: 'reason', 'attempts' or 'offer'.
            cac: what winning a new customer costs, in major units, to compare with.

        Raises:
            InvalidArgument: `what` is another word.
        """
        if what not in get_args(WinBackBy):
            raise InvalidArgument(f"by {what!r} is none of: {', '.join(get_args(WinBackBy))}")
        labels = {"reason": self.reason, "offer": self.offer, "attempts": self.attempts.astype(str).astype(object)}[
            what
        ]
        missing = NO_OFFER if what == "offer" else UNKNOWN
        labels = np.array([missing if label is None else label for label in labels.tolist()], object)
        groups = [(name, np.flatnonzero(labels == name)) for name in sorted(set(labels.tolist()))]
        lines = [self._line(name, rows, cac) for name, rows in (*groups, ("(all)", np.arange(len(self))))]
        return table_of(lines, f"win-back by {what}")

    def _line(self, name: str, rows: npt.NDArray[np.intp], cac: float | None) -> dict[str, Any]:
        tally = RatioTally.of_customers(self.is_back[rows], self.is_known[rows])
        found, n_back = tally.finish(), int(np.count_nonzero(self.back[rows] != NEVER))
        cost = int(self.cost[rows].sum()) / self.per
        each = cost / n_back if n_back else None
        return {
            "group": name,
            "lost": len(rows),
            "known": tally.of,
            "back": tally.hits,
            "rate": found.value,
            "low": found.low,
            "high": found.high,
            "attempts": int(self.attempts[rows].sum()),
            "second_value": int(self.value[rows].sum()) / self.per,
            "cost": cost,
            "cost_per_win_back": each,
            "of_acquisition_cost": None if each is None or not cac else each / cac,
        }


def win_backs(
    story: Replayed, period: AskedPeriod, *, days: int = 90, until: Back = "active", kinds: WinBackKinds = _STOCK
) -> WinBacks:
    """Every loss of a period with what was tried and what came of it; it looks ahead to the end of the story.

    A customer who is lost several times has a row each. An attempt or offer belongs to the loss before it, until the
    customer is back.

    Args:
        story: what `replay` gives.
        period: when the losses were.
        days: within how many days counts as back.
        until: 'active' for who is a customer again, 'returning' also for who is on the way back.
        kinds: which touchpoints tell of it.

    Raises:
        InvalidArgument: no such period, or `days` or `until` is not of its kind.
    """
    cut = Cut(story, Period.of(period, story.record.program.calendar.zone))
    record, wide = cut.record, watched(cut)
    lost = losses(cut)
    moved = record.moved
    who, at = moved.customer[lost].astype(np.int64), moved.at[lost]
    back = np.where((returned := returns_of(record, lost, until)) >= 0, np.append(moved.at, 0)[returned], NEVER)
    is_back, is_known = came_back(record, lost, days, until)
    spells = _Spells(who, at, back)
    done = wide.history("play_outcome", where="purpose == 'win_back' and outcome == 'done'")
    tried = Touched(wide.rows, np.union1d(done.index, wide.history(*kinds.attempts).index))
    offered = wide.history(*kinds.offers)
    named = wide.history(*kinds.reasons)
    per = minor_per(cut)
    return WinBacks(
        record.log.ids(who),
        at,
        _reasons(named, _Spells(who, _since_active(record, lost), spells.end)),
        spells.count(tried),
        spells.last_text(offered, "type"),
        back,
        is_back,
        is_known,
        _second_values(wide, kinds, record, lost, back),
        spells.cost(tried, per) + spells.cost(offered, per),
        per,
        days,
    )


@attrs.frozen(eq=False)
class _Spells:
    """From each loss to its end; in order of customer and time, apart from each other."""

    who: Int64Array
    start: Int64Array
    end: Int64Array

    def of(self, touched: Touched) -> npt.NDArray[np.intp]:
        """The spell in which each touchpoint lies, -1 for none; shape (len(touched),)."""
        n = len(self.who)
        customer = np.concatenate([self.who, touched.customer])
        at = np.concatenate([self.start, touched.at])
        order = np.lexsort((np.arange(len(at)), at, customer))  # at one instant the loss is first
        place = np.empty(len(at), np.intp)
        place[order] = np.cumsum(order < n) - 1
        found = place[n:]
        is_inside = (found >= 0) & (np.append(self.who, -1)[found] == touched.customer)
        is_inside &= touched.at <= np.append(self.end, 0)[found]
        return np.where(is_inside, found, -1)

    def count(self, touched: Touched) -> Int64Array:
        """How many lie in each spell."""
        place = self.of(touched)
        return np.bincount(place[place >= 0], minlength=len(self.who)).astype(np.int64)

    def last_text(self, touched: Touched, attribute: str) -> npt.NDArray[Any]:
        """An attribute of the last one in each spell, '' where that has none; None for a spell without any."""
        place, texts = self.of(touched), touched.text(attribute)
        found = np.full(len(self.who), None, object)
        inside = np.flatnonzero(place >= 0)
        found[place[inside]] = ["" if text is None else text for text in texts[inside].tolist()]
        return found

    def cost(self, touched: Touched, per: int) -> Int64Array:
        """The sum of the attribute `cost` in each spell, in minor units."""
        place, cost = self.of(touched), touched.number("cost")
        inside = np.flatnonzero((place >= 0) & ~np.isnan(cost))
        found = np.zeros(len(self.who), np.int64)
        np.add.at(found, place[inside], (micro(cost[inside]) * per + 500_000) // 1_000_000)
        return found


def _next_loss(record: Record, lost: npt.NDArray[np.intp]) -> Int64Array:
    """When each customer is lost again after a loss, `NEVER` for not; shape (n_losses,)."""
    found = following(record, every_loss(record), lost)
    return np.where(found >= 0, np.append(record.moved.at, NEVER)[found], NEVER)


def _since_active(record: Record, lost: npt.NDArray[np.intp]) -> Int64Array:
    """When each customer had become active before a loss; shape (n_losses,)."""
    moved, is_active = record.moved, roles_of(record, "active")
    into = np.flatnonzero(is_active[moved.target] & ~is_active[moved.source])
    before = np.append(into, -1)[np.searchsorted(into, lost) - 1]
    is_own = (before >= 0) & (np.append(moved.customer, -1)[before] == moved.customer[lost])
    return np.where(is_own, np.append(moved.at, 0)[before], record.started[moved.customer[lost]])


def _reasons(named: Touched, spells: _Spells) -> npt.NDArray[Any]:
    """The last reason told in each spell, None for none; shape (n_losses,)."""
    is_told = np.array([bool(reason) for reason in named.text("reason").tolist()], bool)
    return spells.last_text(named.where(is_told), "reason")


def _second_values(
    wide: Cut, kinds: WinBackKinds, record: Record, lost: npt.NDArray[np.intp], back: Int64Array
) -> Int64Array:
    """What each paid from being back until the next loss after that, less what was given back."""
    book = order_book(wide, kinds.orders, kinds.refunds)
    who, end = record.moved.customer[lost].astype(np.int64), _next_loss(record, lost)
    is_back = back < end
    spells = _Spells(who[is_back], back[is_back], end[is_back] - 1)
    found = np.zeros(len(lost), np.int64)
    for touched, minor, sign in ((book.orders, book.orders.minor, 1), (book.returns, book.back, -1)):
        place = spells.of(touched)
        inside = place >= 0
        np.add.at(found, np.flatnonzero(is_back)[place[inside]], sign * minor[inside])
    return found
