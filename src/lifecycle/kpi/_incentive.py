"""Incentives of who signs customers: paid in part at signing, vested after retention, clawed back when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Table
from lifecycle.errors import DefinitionError
from lifecycle.tally import CountsTally, exact_sum

from ._cut import Cut
from ._deals import Deals, deals_of
from ._points import checked_days, starts_of
from ._registry import register
from ._stated import Share, kinds_of, minor_per, scaled, share_of_one
from ._whereabouts import NEVER, roles_of, stages_at

Int64 = npt.NDArray[np.int64]
Clawback: TypeAlias = Literal["none", "full", "prorated", "tiered"]
"""Nothing; all; by the months of the contract that are left; by the days since signing."""
_NAT: Final = np.iinfo(np.int64).min
_STATES: Final = ("pending", "vested", "forfeited", "ended")


def _share(value: Share) -> Fraction:
    return share_of_one(value, "at_signing")


def _steps(value: Iterable[tuple[int, Share]]) -> tuple[tuple[int, Fraction], ...]:
    return tuple((days, share_of_one(share, "steps")) for days, share in value)


def _kinds(value: Iterable[str]) -> tuple[str, ...]:
    return kinds_of((value,) if isinstance(value, str) else tuple(value))


@attrs.frozen(kw_only=True, repr=False)
class IncentivePlan:
    """How an incentive is paid. Without arguments: 70 % at signing, the rest after 90 days, prorated clawback.

    Raises:
        DefinitionError: days or months out of range, another clawback, or steps that do not ascend or are not wanted.
        InvalidArgument: a share that is none.
    """

    name: str = "stock"
    """What it is called."""
    version: str = "1"
    """Which version of it: measurements name both."""
    at_signing: Fraction = attrs.field(default=Fraction(7, 10), converter=_share)
    """The share that is paid at signing; the rest waits."""
    vest_days: int = attrs.field(default=90, validator=checked_days)
    """The rest is paid at 00:00 so many calendar days later, to who still is a customer then."""
    clawback: Clawback = "prorated"
    """What of the paid is due back when the contract ends early: 'none', 'full', 'prorated' or 'tiered'."""
    steps: tuple[tuple[int, Fraction], ...] = attrs.field(default=(), converter=_steps)
    """For 'tiered': ((30, 1), (60, "0.5")) is all of it before the 30th day, half before the 60th, then nothing."""
    months: int = 12
    """How long a contract runs whose touchpoint has no attribute `months`."""
    kinds: tuple[str, ...] = attrs.field(default=("subscription_started", "deal_signed"), converter=_kinds)
    """The kinds by which deals are signed; those with the attribute `commission` earn an incentive."""
    cancelled_by: tuple[str, ...] = attrs.field(default=("subscription_cancelled", "deal_cancelled"), converter=_kinds)
    """The kinds that end the deal whose `deal` they name, while the customer may stay."""

    def __attrs_post_init__(self) -> None:
        days = [step[0] for step in self.steps]
        if self.clawback not in get_args(Clawback):
            raise DefinitionError(f"IncentivePlan: clawback={self.clawback!r}; give one of {get_args(Clawback)}")
        if days != sorted(set(days)) or (days and days[0] < 1) or bool(days) != (self.clawback == "tiered"):
            raise DefinitionError(f"IncentivePlan: steps={self.steps!r}; for 'tiered', and only then, ascending days")
        if type(self.months) is not int or not 1 <= self.months <= 1200:
            raise DefinitionError(f"IncentivePlan: months={self.months!r} is no whole number from 1 to 1,200")

    def __repr__(self) -> str:
        return f"{self.name}@{self.version}"


STOCK_PLAN: Final = IncentivePlan()
"""70 % at signing, the rest after 90 days of retention, clawback by the months that are left."""


@attrs.frozen(eq=False)
class Incentives:
    """Every incentive as of the end of a period; money in minor units, shape (n_deals,), by customer and time.

    A deal ends when the customer is lost, or when it is cancelled by name. What had not vested by then is forfeited;
    of what was paid a part is clawed back, in that instant; parts of a minor unit are left to the owner.
    """

    cut: Cut
    """The period; everything strictly before its end has happened."""
    plan: IncentivePlan
    """How they are paid."""

    @cached_property
    def deals(self) -> Deals:
        """What was signed, by whom, and when it ended."""
        return deals_of(self.cut, self.plan.kinds, self.plan.cancelled_by, self.plan.months)

    @cached_property
    def paid(self) -> Int64:
        """What was paid at signing."""
        found: Int64 = scaled(self.deals.commission, self.plan.at_signing) // self.plan.at_signing.denominator
        return found

    @cached_property
    def vests_us(self) -> Int64:
        """When the rest vests, or would."""
        calendar = self.cut.record.program.calendar
        return starts_of(self.deals.signed_day + self.plan.vest_days, calendar)

    @cached_property
    def state(self) -> Int64:
        """What became of the rest: a place in pending, vested, forfeited, ended (before it vested)."""
        record, deals = self.cut.record, self.deals
        # Who leaves at that very midnight has left.
        stage = stages_at(record, deals.customer, self.vests_us + 1)
        is_active = roles_of(record, "active")[stage]
        is_ended = (deals.ended_us < self.cut.end_us) & (deals.ended_us <= self.vests_us)
        is_due = self.vests_us < self.cut.end_us
        return np.select([is_ended, is_due & is_active, is_due], [3, 1, 2], 0).astype(np.int64)

    @cached_property
    def vested(self) -> Int64:
        """What was paid after the retention."""
        return np.where(self.state == 1, self.deals.commission - self.paid, 0)

    @cached_property
    def clawed_back(self) -> Int64:
        """What of both is due back."""
        deals, plan = self.deals, self.plan
        left = np.maximum(deals.months - deals.months_served, 0)
        paid = np.where(deals.ended_us < self.cut.end_us, self.paid + self.vested, 0)
        if plan.clawback == "prorated":
            found: Int64 = paid * left // deals.months
            return found
        if plan.clawback == "full":
            return np.where(left > 0, paid, 0)
        found = np.zeros(len(paid), np.int64)
        for days, share in reversed(plan.steps):
            found = np.where(deals.days_served < days, scaled(paid, share) // share.denominator, found)
        return found

    def within(self) -> dict[str, int]:
        """What of all was paid at signing, vested, and clawed back (below 0) within the period."""
        start_us = self.cut.start_us
        moved = {
            "paid at signing": self.paid[self.deals.signed_us >= start_us],
            "vested": self.vested[self.vests_us >= start_us],
            "clawed back": -self.clawed_back[self.deals.ended_us >= start_us],
        }
        return {name: exact_sum(values) for name, values in moved.items()}

    def table(self) -> Table:
        """One row for each deal.

        Returns:
            `customer`, `owner`, `deal`; `signed`, `vests`, `ended` (NaT while it runs); `earned`, `paid`, `vested`,
            `clawed_back` and `kept` (paid + vested − clawed back), in major units; `state` of the rest: pending,
            vested, forfeited (no customer on that day), or ended (before that day).
        """
        deals, scale = self.deals, minor_per(self.cut)
        money = {
            "earned": deals.commission,
            "paid": self.paid,
            "vested": self.vested,
            "clawed_back": self.clawed_back,
            "kept": self.paid + self.vested - self.clawed_back,
        }
        columns: dict[str, npt.NDArray[Any]] = {
            "customer": self.cut.record.log.ids(deals.customer),
            "owner": deals.owner,
            "deal": deals.name,
            "signed": deals.signed_us.view("M8[us]"),
            "vests": self.vests_us.view("M8[us]"),
            "ended": np.where(deals.ended_us == NEVER, _NAT, deals.ended_us).view("M8[us]"),
            **{name: minor / scale for name, minor in money.items()},
            "state": np.array(_STATES, object)[self.state],
        }
        return Table(columns, title=f"incentives of {self.plan!r}")


def incentives(cut: Cut, plan: IncentivePlan = STOCK_PLAN) -> Incentives:
    """Every incentive as of the end of a period."""
    return Incentives(cut, plan)


@register("incentive_vested", unit="money")
def incentive_vested(cut: Cut, *, plan: IncentivePlan = STOCK_PLAN) -> CountsTally:
    """What incentives cost in the period: paid at signing + vested after retention − clawed back, each as a part.

    A touchpoint that signs a deal carries `commission`, in major units of the currency, and perhaps `owner`, `deal` and
    `months`. A part of it is paid at once, the rest at 00:00 n calendar days later if the customer still is in a stage
    of role active. A deal ends when the customer enters a stage of role lost, or when `deal` is cancelled: what had
    not vested is forfeited, and of what was paid the plan's share is clawed back in the period of the cancellation,
    not in that of the signing. Below 0 where more came back than was paid. Settings: the plan.

    Raises:
        InvalidArgument: a commission is no exact amount from 0 on, `months` is not whole, or no currency is known.
    """
    return CountsTally(Incentives(cut, plan).within(), per=minor_per(cut), currency=cut.currency)
