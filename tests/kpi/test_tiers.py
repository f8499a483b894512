"""Tiers of a loyalty programme, by hand; `test_loyalty_ledger.py` holds them against their slow twin."""

from __future__ import annotations

from datetime import datetime

import pytest

from lifecycle.kpi import Earning, loyalty_ledger, measure, tier_census

from .club import DRINKS, cafe, cut_of, touch


def test_the_table_shows_tier_and_way_to_the_next() -> None:
    """Silver since the 20 points became active; 24 to gold; at 26 points in 90 days the rest takes 84 days."""
    table = loyalty_ledger(cut_of(DRINKS, ("2026-01-01", "2026-03-20")), cafe()).table()  # type: ignore[arg-type]
    (row,) = table.rows()
    assert (row["tier"], row["next_tier"], row["window_points"], row["points_to_next"]) == ("silver", "gold", 26, 24)
    assert row["since"] == datetime(2026, 1, 15)
    assert row["until"] == datetime(2027, 1, 15)
    assert row["days_to_next"] == 84
    assert (row["earned"], row["pending"], row["active"], row["redeemed"], row["refused"]) == (26, 0, 1, 25, 18)
    assert row["liability"] == pytest.approx(0.01)


def test_a_held_tier_is_kept_and_then_lost() -> None:
    """Gold at once; the window forgets after 10 days, the hold keeps it for 30; then the base."""
    bought = [touch("01-05 10:00", "purchase", amount="60"), touch("02-20", "login")]
    programme = cafe(earnings=Earning("purchase", per_amount=1), window_days=10, pace_days=10, hold_days=30)
    tiers = []
    for end in ("2026-01-10", "2026-02-04", "2026-02-05"):
        (row,) = loyalty_ledger(cut_of(bought, ("2026-01-01", end)), programme).table().rows()  # type: ignore[arg-type]
        tiers.append((row["tier"], row["window_points"]))
    assert tiers == [("gold", 60), ("gold", 0), ("base", 0)]


def test_the_census_counts_everybody_who_has_begun() -> None:
    """Who never bought anything is in the base tier; who comes later is not counted yet."""
    visits = [
        touch("01-01", "purchase", amount="50"), touch("01-01", "login", "bob"), touch("07-01", "login", "cid"),
    ]  # fmt: skip
    programme = cafe(earnings=Earning("purchase", per_amount=2))
    found = measure(cut_of(visits, "2026-Q1"), tier_census.using({"programme": programme}))
    assert dict(found.parts) == {"base": 1, "silver": 1}


def test_a_tier_that_is_reached_at_the_midnight_on_which_it_ends_goes_on() -> None:
    """Points that become active at 00:00 leave no gap; a purchase later on that day begins anew."""
    programme = cafe(
        earnings=[Earning("purchase", per_amount=1, pending_days=1), Earning("review", 20)],
        window_days=2, pace_days=2, hold_days=5,
    )  # fmt: skip
    bought = [touch("01-01", "purchase", amount="20"), touch("01-06", "purchase", amount="20")]
    reviews = [*bought[:1], touch("01-07 12:00", "review")]
    for touchpoints, since in ((bought, datetime(2026, 1, 2)), (reviews, datetime(2026, 1, 7, 12))):
        cut = cut_of(touchpoints, ("2026-01-01", "2026-01-09"))  # type: ignore[arg-type]
        (row,) = loyalty_ledger(cut, programme).table().rows()
        assert (row["tier"], row["since"]) == ("silver", since)
