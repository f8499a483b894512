"""The ledger of a loyalty programme against its slow twin, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.kpi import (
    Earning,
    LoyaltyLedger,
    LoyaltyProgramme,
    Tier,
    loyalty_ledger,
    measure,
    points_balance,
    points_liability,
    programme_cost_ratio,
    tier_census,
)
from lifecycle.model import Calendar, utc_of

from .club import DRINKS, cafe, cut_of, touch
from .slow_points import Row, SlowTiers, points_of

DAY = 86_400_000_000
BEGIN = 20_454 * DAY  # 2026-01-01
TIERS = (Tier("base", 0), Tier("silver", 10), Tier("gold", 25))
ZONES = ("UTC", "America/New_York", "Asia/Tokyo")
programmes = st.builds(
    lambda waits, lasts, window, hold, pace: LoyaltyProgramme(
        earnings=[Earning("buy", per_amount=1 + place, pending_days=wait) for place, wait in enumerate(waits)],
        redeemed_by="redeem", expires_days=lasts, tiers=TIERS, window_days=window, hold_days=hold,
        pace_days=min(pace, window),
    ),
    st.lists(st.sampled_from([0, 3, 14]), min_size=1, max_size=2), st.sampled_from([None, 1, 10, 30]),
    st.sampled_from([1, 10, 30]), st.sampled_from([0, 5, 40]), st.sampled_from([1, 7, 30]),
)  # fmt: skip
instants = st.one_of(st.integers(0, 60 * DAY), st.integers(0, 60 * 24).map(lambda hour: hour * DAY // 24))
rows = st.tuples(instants.map(lambda us: BEGIN + us), st.sampled_from(["buy", "buy", "redeem"]), st.integers(0, 15))
bases = st.lists(st.lists(rows, max_size=12), min_size=1, max_size=4)


def history(base: list[list[Row]]) -> tuple[list[list[Row]], list[Touchpoint]]:
    """The rows of each customer in order, with amounts in minor units; and the touchpoints."""
    found: list[list[Row]] = []
    touchpoints: list[Touchpoint] = []
    for number, mine in enumerate(base):
        found.append([(us, kind, 100 * n if kind == "buy" else n) for us, kind, n in sorted(mine, key=lambda r: r[0])])
        touchpoints.append(Touchpoint(f"c{number}", "welcomed", utc_of(BEGIN)))
        for us, kind, n in found[-1]:
            known = {"points": n} if kind == "redeem" else {}
            amount = f"{n / 100:.2f}" if kind == "buy" else None
            touchpoints.append(
                Touchpoint(f"c{number}", kind, utc_of(us), amount=amount, currency=amount and "EUR", attributes=known)
            )
    return found, touchpoints


@settings(max_examples=120)
@given(bases, programmes, st.sampled_from(ZONES), st.integers(1, 100))
def test_the_ledger_is_that_of_the_slow_twin(
    base: list[list[Row]], programme: LoyaltyProgramme, zone: str, days: int
) -> None:
    """Points of every state and tiers with their dates, of several customers at once, as one event after another."""
    found, touchpoints = history(base)
    end = np.datetime64("2026-01-01") + days
    cut = cut_of(touchpoints, ("2026-01-01", str(end)), zone)  # type: ignore[arg-type]
    ledger, calendar = loyalty_ledger(cut, programme), Calendar(zone)
    for number, mine in enumerate(found):
        slow = points_of(mine, programme, cut.end_us, calendar)
        assert {name: int(getattr(ledger, name)[number]) for name in slow} == slow
        assert slow["earned"] == slow["pending"] + slow["active"] + slow["expired"] + slow["redeemed"]
        tiers, seen = SlowTiers(mine, programme, cut.end_us, calendar), ledger.tiers
        assert seen.tier[number] == tiers.tier
        assert (None if seen.until_us[number] == 2**63 - 1 else seen.until_us[number]) == tiers.until()
        assert (None if seen.since_us[number] == -(2**63) else seen.since_us[number]) == tiers.since()
        days_left = seen.days[number]
        assert (None if np.isnan(days_left) else days_left) == tiers.days_to_next()


@settings(max_examples=40)
@given(bases, programmes)
def test_a_statement_ends_with_what_the_ledger_holds(base: list[list[Row]], programme: LoyaltyProgramme) -> None:
    """Line by line the pending and active points never fall below 0, and end as in the ledger."""
    _, touchpoints = history(base)
    ledger = loyalty_ledger(cut_of(touchpoints, "2026-02"), programme)
    for number in range(len(base)):
        statement = ledger.statement(f"c{number}")
        ends = [int(statement[name][-1]) if len(statement) else 0 for name in ("pending", "active")]
        assert ends == [ledger.pending[number], ledger.active[number]]
        assert all((statement[name] >= 0).all() for name in ("pending", "active"))
        assert (np.diff(statement["at"].astype("i8")) >= 0).all()


@settings(max_examples=40)
@given(bases, programmes)
def test_points_that_come_and_go_are_the_change_of_the_stock(
    base: list[list[Row]], programme: LoyaltyProgramme
) -> None:
    """Opening + earned − expired − redeemed = closing, and the closing of one month is the opening of the next."""
    cuts = [cut_of(history(base)[1], period) for period in ("2026-01", "2026-02")]
    first, second = (points_balance.calculate(cut, programme=programme) for cut in cuts)
    for tally in (first, second):
        assert tally["opening"] + tally["earned"] + tally["expired"] + tally["redeemed"] == tally["closing"]
    assert first["closing"] == second["opening"]


def test_a_statement_tells_every_line() -> None:
    """Earned, active after the fortnight, redeemed first in first out, and no more than there is."""
    statement = loyalty_ledger(cut_of(DRINKS, "2026"), cafe()).statement("ada")
    days = statement["at"].astype("M8[D]").astype(str).tolist()
    lines = list(
        zip(days, *(statement[name].tolist() for name in ("what", "points", "pending", "active")), strict=True)
    )
    assert lines == [
        ("2026-01-01", "earned", 20, 20, 0),
        ("2026-01-10", "earned", 5, 20, 5),
        ("2026-01-12", "redeemed", -3, 20, 2),
        ("2026-01-15", "active", 20, 0, 22),
        ("2026-01-20", "redeemed", -10, 0, 12),
        ("2026-02-01", "redeemed", -12, 0, 0),
        ("2026-03-01", "earned", 1, 1, 0),
        ("2026-03-15", "active", 1, 0, 1),
    ]


def test_what_a_programme_costs_against_its_margin() -> None:
    """25 points at 4 cents are 1 EUR, of 45.89 EUR at 40 % margin; the return of money is no purchase."""
    cut = cut_of(DRINKS, "2026")
    found = measure(cut, programme_cost_ratio.using({"programme": cafe(point_cost="0.04"), "margin": "0.4"}))
    assert found.numerator == 1.0
    assert found.denominator == pytest.approx(45.89 * 0.4)
    assert found.value == pytest.approx(1 / (45.89 * 0.4))
    assert found.kpi == "programme_cost_ratio[margin=0.4, programme=stock@1]"
    nothing = measure(cut_of([touch("01-01", "joined")]), programme_cost_ratio)
    assert nothing.notes[0] == "undefined because it would be divided by 0"


def test_a_point_may_cost_less_than_a_minor_unit() -> None:
    """A third of a cent for each of 26 active points is exact until the end."""
    cut = cut_of([touch("01-01", "purchase", amount="26"), touch("01-02", "login", "bob")])
    found = measure(cut, points_liability.using({"programme": LoyaltyProgramme(point_cost="0.0033")}))
    assert (found.value, found.currency) == (0.0858, "EUR")


def test_any_split_gives_the_same_cost() -> None:
    """The tallies of programmes add up over customers."""
    visits = [one for who in "abcde" for one in (
        touch("01-01", "purchase", who, amount=f"{ord(who)}.50"),
        touch("01-05", "points_redeemed", who, points=ord(who) % 7),
    )]  # fmt: skip
    cut = cut_of(visits, "2026-Q1")
    for kpi in (points_balance, points_liability, tier_census, programme_cost_ratio):
        made = kpi.using({"programme": cafe(earnings=Earning("purchase", per_amount=2))})
        parts = [made(cut.of_customers(np.array(codes))) for codes in ([0, 3], [1], [2, 4])]
        assert parts[0] + parts[1] + parts[2] == made(cut)


@pytest.mark.smoke
def test_a_ledger_of_nobody_is_empty() -> None:
    """No customer, no row."""
    cut = cut_of([touch("01-01", "joined")]).of_customers(np.zeros(0, np.int64))
    assert len(LoyaltyLedger(cut, cafe()).table()) == 0
