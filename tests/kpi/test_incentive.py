"""Incentives: paid in part at signing, vested after retention, clawed back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Touchpoint, TouchpointLog, replay
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.kpi import Cut, IncentivePlan, Period, incentive_vested, incentives, measure, owner_labels

from .club import cut_of, story_of, touch


def contract(*more: Touchpoint, who: str = "ada", **known: object) -> list[Touchpoint]:
    """A member who signs for twelve months on 15 January, at a commission of 10,000."""
    terms = {"commission": 10_000, "owner": "kim", "deal": "d1", "months": 12} | known
    return [
        touch("01-02", "welcomed", who, owner="lee"),
        touch("01-15 09:00", "joined", who),
        touch("01-15 10:00", "deal_signed", who, **terms),
        *more,
    ]


def months(touchpoints: list[Touchpoint], plan: IncentivePlan | None = None) -> dict[str, float]:
    """What each month of 2026 costs, where it costs something."""
    story = story_of(touchpoints)
    kpi = incentive_vested if plan is None else incentive_vested.using({"plan": plan})
    found = {}
    for month in range(1, 13):
        value = measure(Cut(story, Period.of(f"2026-{month:02d}", "UTC")), kpi).value
        if value:
            found[f"{month:02d}"] = value
    return found


@pytest.mark.smoke
def test_half_a_contract_is_half_clawed_back() -> None:
    """V12: 10,000, a contract of 12 months cancelled after 6, prorated: −5,000 in the period of the cancellation."""
    touchpoints = contract(touch("07-15 12:00", "left"))
    assert months(touchpoints, IncentivePlan(at_signing=1)) == {"01": 10_000, "07": -5_000}
    assert months(touchpoints) == {"01": 7_000, "04": 3_000, "07": -5_000}
    found = measure(cut_of(touchpoints, "2026-07"), incentive_vested)
    assert (found.value, found.currency, found.parts["clawed back"]) == (-5_000, "EUR", -5_000)


def test_a_month_is_full_when_its_day_comes_round() -> None:
    """A day earlier five months are full, and seven twelfths of what was paid are due back."""
    assert months(contract(touch("07-14 23:59", "left")))["07"] == pytest.approx(-5833.33)
    assert months(contract(touch("2027-01-15", "left"))) == {"01": 7_000, "04": 3_000}


def test_what_has_not_vested_is_forfeited() -> None:
    """Gone before the 90 days: the rest is never paid, and of what was paid ten twelfths come back."""
    touchpoints = contract(touch("03-20", "left"))
    assert months(touchpoints) == {"01": 7_000, "03": pytest.approx(-5833.33)}
    (row,) = incentives(cut_of(touchpoints)).table().rows()
    assert (row["state"], row["earned"], row["paid"], row["vested"], row["kept"]) == (
        "ended", 10_000, 7_000, 0, pytest.approx(1166.67),
    )  # fmt: skip


def test_who_leaves_at_the_midnight_of_vesting_has_left() -> None:
    """The 90th day begins on 15 April at 00:00; a moment later both happen."""
    assert "04" in months(contract(touch("2026-04-15 00:00:01", "left"), months=1))
    assert "04" not in months(contract(touch("04-15 00:00", "left"), months=1))
    (row,) = incentives(cut_of(contract(touch("04-15 00:00", "left")))).table().rows()
    assert (row["state"], row["clawed_back"]) == ("ended", 5_250)


def test_who_is_no_customer_on_the_day_does_not_vest() -> None:
    """A guest has signed, but is not active after 90 days."""
    touchpoints = [touch("01-01", "welcomed"), touch("01-02", "deal_signed", commission=100)]
    (row,) = incentives(cut_of(touchpoints)).table().rows()
    assert (row["state"], row["paid"], row["vested"], row["deal"], row["owner"]) == ("forfeited", 70, 0, None, None)


def test_a_deal_may_end_while_the_customer_stays() -> None:
    """The cancellation names it; another deal of the same customer goes on."""
    touchpoints = contract(
        touch("01-15 11:00", "deal_signed", deal="d2", commission=100, months=1),
        touch("07-15 12:00", "deal_cancelled", deal="d1"),
    )
    table = incentives(cut_of(touchpoints)).table()
    assert table["clawed_back"].tolist() == [5_000, 0]
    assert np.isnat(table["ended"]).tolist() == [False, True]


def test_a_deal_told_twice_is_one() -> None:
    """The same reference of the same customer counts once; of another it is another deal."""
    again = contract(touch("02-01", "deal_signed", deal="d1", commission=10_000))
    assert months(again)["01"] == 7_000
    assert "02" not in months(again)
    assert months([*contract(), *contract(who="bob")])["01"] == 14_000


@pytest.mark.parametrize(
    ("left", "back"), [("01-30", 10_000), ("02-13", 10_000), ("02-14", 5_000), ("03-15", 5_000), ("03-16", 0)]
)
def test_tiers_of_days(left: str, back: int) -> None:
    """All of it before the 30th day, half before the 60th, then nothing."""
    plan = IncentivePlan(at_signing=1, clawback="tiered", steps=((30, 1), (60, "0.5")))
    (row,) = incentives(cut_of(contract(touch(f"{left} 12:00", "left"))), plan).table().rows()
    assert row["clawed_back"] == back


def test_full_and_no_clawback() -> None:
    """All that was paid, within the contract; or nothing."""
    touchpoints = contract(touch("12-20", "left"))
    full = incentives(cut_of(touchpoints), IncentivePlan(clawback="full")).table()
    none = incentives(cut_of(touchpoints), IncentivePlan(clawback="none")).table()
    assert (full["clawed_back"].tolist(), none["clawed_back"].tolist()) == ([10_000], [0])


def test_the_owner_is_named_by_the_deal_or_known_then() -> None:
    """Who looked after the customer at the signing, not who does so later."""
    touchpoints = [
        touch("01-01", "welcomed", owner="lee"),
        touch("01-02", "joined"),
        touch("01-03", "deal_signed", commission=1),
        touch("01-04", "owner_changed", owner="max"),
        touch("01-05", "deal_signed", commission=2),
        touch("01-06", "deal_signed", commission=3, owner="kim"),
        touch("01-01", "deal_signed", "bob", commission=4),
    ]
    assert incentives(cut_of(touchpoints)).table()["owner"].tolist() == ["lee", "max", "kim", None]
    cuts = [cut_of(touchpoints, period) for period in ("2026-01", "2026-02")]
    assert [owner_labels(cut).tolist() for cut in cuts] == [["max", None]] * 2
    assert owner_labels(cut_of(touchpoints, ("2026-01-04", "2026-01-05"))).tolist() == ["lee", None]  # type: ignore[arg-type]


DEALS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 28), st.sampled_from(["deal_signed", "left", "joined"])))


@settings(max_examples=30)
@given(DEALS, st.sampled_from(["prorated", "full", "none"]), st.integers(0, 60))
def test_months_add_up_and_any_split_gives_the_same(
    steps: list[tuple[int, int, str]], clawback: str, vest_days: int
) -> None:
    """Paid + vested − clawed back of all months is what is kept; the parts add up to the whole."""
    plan = IncentivePlan(clawback=clawback, vest_days=vest_days, months=2)  # type: ignore[arg-type]
    touchpoints = [touch("01-01", "welcomed", f"c{number}") for number in range(4)]
    for place, (who, day, kind) in enumerate(steps):
        known = {"commission": place + 1} if kind == "deal_signed" else {}
        touchpoints.append(touch(f"0{1 + place % 5}-{day:02d}", kind, f"c{who}", **known))
    kept = incentives(cut_of(touchpoints), plan).table()["kept"].sum()
    assert sum(months(touchpoints, plan).values()) == pytest.approx(kept)
    cut = cut_of(touchpoints, "2026-03")
    parts = [incentive_vested.calculate(cut.of_customers(np.array(who)), plan=plan) for who in ([1, 3], [0, 2])]
    assert parts[0] + parts[1] == incentive_vested.calculate(cut, plan=plan)


def test_what_comes_later_changes_no_period_of_before() -> None:
    """The log that ends with the period gives the same."""
    touchpoints = contract(touch("07-15 12:00", "left"))
    there = cut_of(touchpoints, "2026-04")
    earlier = story_of([one for one in touchpoints if one.at_us < there.end_us])
    assert incentive_vested(Cut(earlier, there.period)) == incentive_vested(there)


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"commission": 1.005}, "1 deals have no exact amount of EUR from 0 on.*'ada' on 2026-01-15 10:00 UTC"),
        ({"commission": -5}, "no exact amount"),
        ({"commission": "a lot"}, "no exact amount"),
        ({"months": 0}, "no whole number from 1 to 1,200 as 'months'"),
        ({"months": 1.5}, "no whole number"),
    ],
)
def test_a_deal_that_cannot_be_is_refused(known: dict[str, object], message: str) -> None:
    """The message names the first customer and moment."""
    with pytest.raises(InvalidArgument, match=message):
        incentive_vested(cut_of(contract(**known)))


def test_a_commission_needs_a_currency() -> None:
    """Neither definition nor log has one."""
    from tests.playbooks.gym import gym

    story = replay(gym(), TouchpointLog.from_touchpoints(contract()), until="2027-01-01")
    with pytest.raises(InvalidArgument, match="commissions are money"):
        incentive_vested(Cut(story, Period.of("2026", "UTC")))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clawback": "half"}, "clawback='half'; give one of"),
        ({"clawback": "tiered"}, "for 'tiered', and only then"),
        ({"steps": ((30, 1),)}, "for 'tiered', and only then"),
        ({"clawback": "tiered", "steps": ((30, 1), (20, 1))}, "ascending days"),
        ({"months": 0}, "months=0 is no whole number"),
        ({"vest_days": -1}, "vest_days=-1 is no whole number of days"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes: dict[str, object], message: str) -> None:
    """The message says what to give."""
    with pytest.raises(DefinitionError, match=message):
        IncentivePlan(**changes)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match=r"at_signing=1\.5 is not from 0 to 1"):
        IncentivePlan(at_signing=1.5)


def test_only_what_comes_after_the_signing_ends_a_deal() -> None:
    """Who left and came back at the very instant, a cancellation before, and one of a deal that is not there."""
    touchpoints = [
        touch("01-01", "joined"),
        touch("01-03", "deal_cancelled", deal="d1"),
        touch("01-05", "left"),
        touch("01-05", "joined"),
        touch("01-05", "deal_signed", deal="d1", commission=10),
        touch("01-06", "deal_cancelled", deal="other"),
        touch("01-06", "deal_cancelled"),
    ]
    table = incentives(cut_of(touchpoints)).table()
    assert np.isnat(table["ended"]).all()
    assert table["state"].tolist() == ["vested"]
