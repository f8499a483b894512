"""Points that come and go, by hand; `test_loyalty_ledger.py` holds them against their slow twin."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle.errors import DefinitionError, FactOverflow, InvalidArgument, UnknownCustomer
from lifecycle.kpi import Earning, LoyaltyProgramme, Tier, loyalty_ledger
from lifecycle.kpi._points import Lots, Redemptions, spend

from .club import cut_of, touch


def test_points_expire_at_midnight_and_are_not_redeemed_on_that_day() -> None:
    """Midnight comes before the touchpoints of the day; the end of a period is exclusive (S2, S7)."""
    bought = [touch("01-01 10:00", "purchase", amount="10"), touch("01-11 00:00", "points_redeemed", points=4)]
    programme = LoyaltyProgramme(earnings=Earning("purchase", per_amount=1), expires_days=10)
    for end, active, expired in (("2026-01-11", 10, 0), ("2026-01-12", 0, 10)):
        ledger = loyalty_ledger(cut_of(bought, ("2026-01-01", end)), programme)  # type: ignore[arg-type]
        assert (ledger.active[0], ledger.expired[0], ledger.redeemed[0]) == (active, expired, 0)


def test_a_redemption_needs_whole_points() -> None:
    """The message names the first customer and moment."""
    bad = [touch("01-01", "joined"), touch("01-05 12:00", "points_redeemed", points=2.5)]
    with pytest.raises(InvalidArgument, match=r"1 touchpoints .* have no whole .*'ada' on 2026-01-05"):
        _ = loyalty_ledger(cut_of(bad)).active
    with pytest.raises(UnknownCustomer, match="'bob'"):
        loyalty_ledger(cut_of([touch("01-01", "joined")])).statement("bob")


def test_units_of_money_must_be_whole_minor_units() -> None:
    """A point for each tenth of a cent cannot be counted."""
    programme = LoyaltyProgramme(earnings=Earning("purchase", per_amount="0.001"))
    with pytest.raises(InvalidArgument, match=r"per_amount=0\.001 has more decimals than EUR"):
        _ = loyalty_ledger(cut_of([touch("01-01", "purchase", amount="5")]), programme).earned


def test_points_beyond_all_bounds_are_refused() -> None:
    """Sums stay exact: of one touchpoint below 2**53, of all below 2**61."""
    rich = [touch("01-01", "purchase", amount="90000000000")]
    programme = LoyaltyProgramme(earnings=Earning("purchase", 1_000_000, per_amount="0.01"))
    with pytest.raises(FactOverflow, match="2\\*\\*53"):
        _ = loyalty_ledger(cut_of(rich), programme).earned
    one = np.zeros(1, np.int64)
    lots = Lots(*[one] * 8, one + 2**61, np.ones(1, bool))
    with pytest.raises(FactOverflow, match="2\\*\\*61"):
        spend(lots, Redemptions(one[:0], one[:0], one[:0], one[:0]))


def test_a_long_history_is_scanned_whole() -> None:
    """A thousand redemptions of one customer beside one of another: each takes what is left, first in first out."""
    n, number, none = 1000, np.arange(1000), np.zeros(1000, np.int64)
    lots = Lots(
        none, 2 * number, 10 * number, 10 * number, number, 10 * number + 35, 2 * number, 2 * number + 8,
        number % 5 + 1, np.ones(n, bool),
    )  # fmt: skip
    customer, at = np.append(none, 1), np.append(10 * number + 3, 5)
    asked = Redemptions(customer, 2 * np.arange(n + 1) + 1, at, np.append(number % 4, 9))
    found = spend(lots, asked)
    purse: list[list[int]] = []
    for place in range(n):
        while purse and purse[0][0] <= 10 * place:
            purse.pop(0)
        purse.append([10 * place + 35, place % 5 + 1])
        wanted = place % 4
        for lot in purse:
            taken = min(wanted, lot[1])
            lot[1], wanted = lot[1] - taken, wanted - taken
        mine = np.flatnonzero(found.row == 2 * place + 1)
        assert found.points[mine].tolist() == [place % 4 - wanted]
    assert found.points[found.customer == 1].tolist() == [0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Earning(()), "no kind is given"),
        (lambda: Earning("purchase", 0), "points=0 is no whole number from 1"),
        (lambda: Earning("purchase", per_amount=0), "per_amount=0 is not above 0"),
        (lambda: Earning("purchase", pending_days=-1), "pending_days=-1 is no whole number of days"),
        (lambda: Tier("gold", -5), "points=-5 is no whole number"),
        (lambda: LoyaltyProgramme(tiers=(Tier("silver", 5),)), "points that ascend from 0"),
        (lambda: LoyaltyProgramme(tiers=(Tier("a", 0), Tier("a", 5))), "give other names"),
        (lambda: LoyaltyProgramme(window_days=0), "give a day or more"),
        (lambda: LoyaltyProgramme(pace_days=400), "a pace within the window"),
        (lambda: LoyaltyProgramme(expires_days=0), "None for never"),
        (lambda: LoyaltyProgramme(point_cost=-1), "point_cost=-1 is no amount"),
    ],
)
def test_a_programme_that_cannot_be_is_refused(make: object, message: str) -> None:
    """The message says what was wrong and what to give."""
    with pytest.raises(DefinitionError, match=message):
        make()  # type: ignore[operator]


def test_points_of_two_waits_expire_in_the_order_in_which_they_became_active() -> None:
    """No touchpoint lies between the two midnights: what waited 3 days is gone, what waited 14 is not."""
    rules = [Earning("purchase", 7, pending_days=14), Earning("purchase", 5, pending_days=3)]
    cut = cut_of([touch("01-01", "purchase", amount="1")], ("2026-01-01", "2026-01-20"))  # type: ignore[arg-type]
    ledger = loyalty_ledger(cut, LoyaltyProgramme(earnings=rules, expires_days=10))
    assert (ledger.active[0], ledger.expired[0]) == (7, 5)
