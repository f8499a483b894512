"""A loyalty programme as data: what earns points, how long they last, what they cost, which tiers there are."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.errors import DefinitionError, FactOverflow, InvalidArgument
from lifecycle.model import utc_of

from ._cut import Cut
from ._points import Earning, Int64, Lots, Redemptions, checked_days, starts_of
from ._rows import Touched
from ._stated import minor_per
from ._tiers import Tier, TierRules, check_tiers

NEVER_US: Final = int(np.iinfo(np.int64).max)
"""An instant that never comes."""


def _earnings(value: Earning | Iterable[Earning]) -> tuple[Earning, ...]:
    return (value,) if isinstance(value, Earning) else tuple(value)


def _tiers(value: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple(value)


def _decimal(value: int | float | str | Decimal) -> Decimal:
    return Decimal(str(value))


def _positive(instance: Any, attribute: attrs.Attribute[Any], value: int | None) -> None:
    if value is not None:
        checked_days(instance, attribute, value)
        if not value:
            raise DefinitionError(f"{type(instance).__name__}: {attribute.name}=0; give a day or more, None for never")


@attrs.frozen(kw_only=True, repr=False)
class LoyaltyProgramme:
    """A loyalty programme. Without arguments: a point for each full unit of money, worth a hundredth, for a year.

    What is given back takes no points back by itself; `pending_days` let returns pass before points can be used.

    Raises:
        DefinitionError: days out of range, tiers that do not ascend from 0, or a cost that is below 0.
    """

    name: str = "stock"
    """What it is called."""
    version: str = "1"
    """Which version of it: measurements name both."""
    earnings: tuple[Earning, ...] = attrs.field(
        default=(Earning(("purchase", "payment"), per_amount=Decimal(1)),), converter=_earnings
    )
    """What earns points."""
    redeemed_by: str = "points_redeemed"
    """The kind of touchpoint that redeems points."""
    points_attribute: str = "points"
    """Its attribute that says how many."""
    expires_days: int | None = attrs.field(default=365, validator=_positive)
    """What is left of points expires at 00:00 so many calendar days after they became active; None: never."""
    tiers: tuple[Tier, ...] = attrs.field(default=(Tier("base", 0),), converter=_tiers)
    """The tiers, ascending; the first is the base, where everybody is."""
    window_days: int = attrs.field(default=365, validator=checked_days)
    """For tiers those points count that became active within so many calendar days, redeemed or not."""
    hold_days: int = attrs.field(default=365, validator=checked_days)
    """A tier is kept for so many days from the last day on which new points reached it."""
    pace_days: int = attrs.field(default=90, validator=checked_days)
    """The present pace is that of so many days."""
    point_cost: Decimal = attrs.field(default=Decimal("0.01"), converter=_decimal)
    """What a redeemed point costs, in major units of the currency; may be less than a minor unit."""

    def __attrs_post_init__(self) -> None:
        check_tiers(self.tiers, self.window_days, self.pace_days)
        if not (self.point_cost.is_finite() and self.point_cost >= 0):
            raise DefinitionError(f"LoyaltyProgramme: point_cost={self.point_cost} is no amount from 0 on")

    def __repr__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def tier_rules(self) -> TierRules:
        """How tiers are reached and kept."""
        points = tuple(tier.points for tier in self.tiers)
        return TierRules(points, self.window_days, self.hold_days, self.pace_days)

    def cost(self, cut: Cut) -> Fraction:
        """What a point costs, in minor units of the currency of a cut."""
        return Fraction(self.point_cost) * minor_per(cut)

    def lots(self, cut: Cut) -> Lots:
        """The points that were earned until the end of a period, also those that are pending then; in order.

        Raises:
            FactOverflow: the points of a touchpoint reach 2**53.
        """
        parts = [_lots(cut, rule, self.expires_days) for rule in self.earnings]
        joined = (np.concatenate([getattr(part, field.name) for part in parts]) for field in attrs.fields(Lots))
        return Lots(*joined).ordered

    def redemptions(self, cut: Cut) -> Redemptions:
        """What customers asked to redeem until the end of a period.

        Raises:
            InvalidArgument: a number of points is missing, negative, or not whole.
        """
        touched = cut.history(self.redeemed_by)
        points = touched.number(self.points_attribute)
        wrong = np.flatnonzero(~((points >= 0) & (points == np.floor(points)) & (points < 2**53)))
        if len(wrong):
            raise _bad_redemption(cut, touched, wrong, self)
        row, customer = touched.index.astype(np.int64), touched.customer.astype(np.int64)
        return Redemptions(customer, row, touched.at, points.astype(np.int64))


def _lots(cut: Cut, rule: Earning, expires_days: int | None) -> Lots:
    touched = cut.history(*rule.kinds, where=rule.where)
    units = np.where(touched.minor >= 0, 1, 0)
    if rule.per_amount is not None:
        unit = _minor_unit(rule, cut)
        units = np.maximum(touched.minor, 0) // unit
    if int(units.max(initial=0)) * rule.points >= 2**53:
        raise FactOverflow(f"Earning({rule.kinds!r}): a touchpoint earns 2**53 points or more; make a point worth more")
    earning = np.flatnonzero(units > 0)
    touched, points = touched.where(units > 0), units[earning] * rule.points
    calendar, day = cut.record.program.calendar, touched.day.astype(np.int64) + rule.pending_days
    customer, row = touched.customer.astype(np.int64), touched.index.astype(np.int64)
    active_us, seen_row = touched.at, row
    if rule.pending_days:
        active_us, seen_row = starts_of(day, calendar), cut.rows.from_day(customer, day)
    expires_us, gone_row = np.full(len(row), NEVER_US), row
    if expires_days is not None:
        last = day + expires_days
        expires_us, gone_row = starts_of(last, calendar), cut.rows.from_day(customer, last)
    is_touch = np.full(len(row), not rule.pending_days)
    return Lots(
        customer, row, touched.at, active_us, day, expires_us, seen_row, gone_row, points.astype(np.int64), is_touch
    )


def _minor_unit(rule: Earning, cut: Cut) -> int:
    minor = Fraction(rule.per_amount or 0) * minor_per(cut)
    if minor.denominator != 1:
        wrong = f"per_amount={rule.per_amount} has more decimals than {cut.currency or 'a log without money'}"
        raise InvalidArgument(f"Earning({rule.kinds!r}): {wrong}")
    return minor.numerator


def _bad_redemption(cut: Cut, touched: Touched, wrong: Int64, programme: LoyaltyProgramme) -> InvalidArgument:
    first = int(wrong[0])
    who, at = cut.record.log.ids(touched.customer[[first]])[0], utc_of(int(touched.at[first]))
    return InvalidArgument(
        f"{len(wrong)} touchpoints {programme.redeemed_by!r} have no whole number from 0 on as"
        f" {programme.points_attribute!r}, the first of customer {who!r} on {at:%Y-%m-%d %H:%M} UTC; mend them"
    )
