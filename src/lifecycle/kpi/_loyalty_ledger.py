"""The ledger of a loyalty programme: points and tiers of everybody, one customer's statement, what it costs."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.tally import exact_sum

from ._cut import Cut
from ._loyalty_programme import NEVER_US, LoyaltyProgramme
from ._points import Int64, Lots, Redemptions, Spent, spend
from ._stated import minor_per
from ._tiers import TierColumns, tier_columns

STOCK_PROGRAMME: Final = LoyaltyProgramme()
"""A point for each full unit of money, worth a hundredth of it, for a year; no tiers."""
_NAT: Final = np.iinfo(np.int64).min


@attrs.frozen(eq=False)
class LoyaltyLedger:
    """The points of everybody as of the end of a period; arrays have shape (n_customers,), in the order of the log.

    Earned points are pending, active, expired or redeemed: the four add up to them, exactly.
    """

    cut: Cut
    """The period; everything strictly before its end has happened."""
    programme: LoyaltyProgramme
    """The programme."""

    @cached_property
    def _lots(self) -> Lots:
        return self.programme.lots(self.cut)

    @cached_property
    def _active_lots(self) -> Lots:
        return self._lots.take(self._lots.active_us < self.cut.end_us)

    @cached_property
    def _redemptions(self) -> Redemptions:
        return self.programme.redemptions(self.cut)

    @cached_property
    def spent(self) -> Spent:
        """What expired and what was redeemed, in order of customer and time."""
        lots = self._active_lots
        expires = np.where(lots.expires_us < self.cut.end_us, lots.expires_us, NEVER_US)
        return spend(attrs.evolve(lots, expires_us=expires), self._redemptions)

    def _summed(self, customer: Int64, points: Int64) -> Int64:
        found = np.zeros(self.cut.n_customers, np.int64)
        np.add.at(found, customer, points)
        return found

    @cached_property
    def earned(self) -> Int64:
        """Points earned so far."""
        return self._summed(self._lots.customer, self._lots.points)

    @cached_property
    def pending(self) -> Int64:
        """Earned points that are not active yet."""
        return self.earned - self._summed(self._active_lots.customer, self._active_lots.points)

    @cached_property
    def expired(self) -> Int64:
        """Points that expired before they were redeemed."""
        return self._spent(self.spent.is_expiry)

    @cached_property
    def redeemed(self) -> Int64:
        """Points that were redeemed."""
        return self._spent(~self.spent.is_expiry)

    def _spent(self, which: npt.NDArray[np.bool_]) -> Int64:
        return self._summed(self.spent.customer[which], self.spent.points[which])

    @cached_property
    def active(self) -> Int64:
        """Points that can be redeemed."""
        return self.earned - self.pending - self.expired - self.redeemed

    @cached_property
    def refused(self) -> Int64:
        """Points that redemptions asked for beyond what was active: not given."""
        return self._summed(self._redemptions.customer, self._redemptions.points) - self.redeemed

    @cached_property
    def tiers(self) -> TierColumns:
        """The tiers of everybody."""
        cut = self.cut
        calendar = cut.record.program.calendar
        return tier_columns(self._active_lots, self.programme.tier_rules, cut.n_customers, cut.end_us, calendar)

    def table(self) -> Table:
        """One row for each customer who has begun, with points, tier, and the way to the next tier.

        Returns:
            `customer`, `earned`, `pending`, `active`, `expired`, `redeemed`, `refused`; `tier`, `since`, `until` (when
            it ends if nothing more is earned; NaT for the base tier), `window_points`, `next_tier` (None at the top),
            `points_to_next`, `days_to_next` (at the present pace, with what leaves the window taken off; nan for never
            and at the top); `liability`, the cost of the active points in major units.
        """
        who, found = np.flatnonzero(self.cut.at_end.begun), self.tiers
        names = np.array([*(tier.name for tier in self.programme.tiers), None], object)
        columns: dict[str, npt.NDArray[Any]] = {"customer": self.cut.record.log.ids(who)}
        for name in ("earned", "pending", "active", "expired", "redeemed", "refused"):
            columns[name] = getattr(self, name)[who]
        since = np.where(found.since_us == _NAT, self.cut.record.started, found.since_us)
        until = np.where(found.until_us == NEVER_US, _NAT, found.until_us)
        cost = self.programme.cost(self.cut) / minor_per(self.cut)
        columns |= {
            "tier": names[found.tier[who]],
            "since": since[who].view("M8[us]"),
            "until": until[who].view("M8[us]"),
            "window_points": found.points[who],
            "next_tier": names[found.tier[who] + 1],
            "points_to_next": found.missing[who],
            "days_to_next": found.days[who],
            "liability": self.active[who] * float(cost),
        }
        return Table(columns, title=f"points of {self.programme!r}")

    def statement(self, customer: str | int) -> Table:
        """The points of one customer line by line.

        Returns:
            `at`, `what` (earned, active, expired, redeemed), `points` (below 0 for those that go), and `pending` and
            `active`, how many there are after it. Points that are active at once have one line, 'earned'.

        Raises:
            UnknownCustomer: the log has no such customer.
        """
        code = self.cut.record.log.code_of(customer)
        lots, spent = self._lots.take(self._lots.customer == code), self.spent
        lines: list[tuple[int, int, str, int, int]] = []
        for at, row, active, points, is_touch in zip(
            lots.earned_us.tolist(), lots.row.tolist(), lots.active_us.tolist(), lots.points.tolist(),
            lots.is_touch.tolist(), strict=True,
        ):  # fmt: skip
            lines.append((at, row, "earned", 0 if is_touch else points, points if is_touch else 0))
            if not is_touch and active < self.cut.end_us:
                lines.append((active, -1, "active", -points, points))
        mine = np.flatnonzero((spent.customer == code) & ((spent.points > 0) | ~spent.is_expiry))
        gone = (part[mine].tolist() for part in (spent.at_us, spent.row, spent.points))
        for at, row, points in zip(*gone, strict=True):
            lines.append((at, row, "expired" if row < 0 else "redeemed", 0, -points))
        lines.sort(key=lambda line: line[:2])
        at, _, what, pending, active = zip(*lines, strict=True) if lines else ((),) * 5
        change = np.array([[*pending], [*active]], np.int64).reshape(2, -1)
        moved = np.where(change[1] != 0, change[1], change[0])
        return Table(
            {
                "at": np.array(at, np.int64).view("M8[us]"),
                "what": np.array(what, object),
                "points": moved,
                "pending": np.cumsum(change[0]),
                "active": np.cumsum(change[1]),
            },
            title=f"points of {customer}",
        )

    def flows(self) -> dict[str, int]:
        """The points of all: opening + earned − expired − redeemed = closing, pending ones among them."""
        spent, start_us = self.spent, self.cut.start_us
        is_new, is_gone = self._lots.earned_us >= start_us, spent.at_us >= start_us
        earned = exact_sum(self._lots.points[is_new])
        expired = exact_sum(spent.points[is_gone & spent.is_expiry])
        redeemed = exact_sum(spent.points[is_gone & ~spent.is_expiry])
        closing = exact_sum(self.pending) + exact_sum(self.active)
        opening = closing - earned + expired + redeemed
        return {"opening": opening, "earned": earned, "expired": -expired, "redeemed": -redeemed, "closing": closing}


def loyalty_ledger(cut: Cut, programme: LoyaltyProgramme = STOCK_PROGRAMME) -> LoyaltyLedger:
    """The points and tiers of everybody as of the end of a period.

    Raises:
        InvalidArgument: a redemption has no whole number of points.
        FactOverflow: the points reach 2**61.
    """
    return LoyaltyLedger(cut, programme)
