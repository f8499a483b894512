"""The quality of acquisition, and who stays after a handover."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Touchpoint, Welcomed
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    UNKNOWN,
    AcquiredMoney,
    WelcomedBand,
    acquisition_quality,
    ltv_to_date,
    measure,
    retention_after_handover,
)
from lifecycle.signs import Blueprint, Criterion, Milestone

from .stall import STALL, at, cut_of, histories, parts_added, story_of, tp

pytestmark = pytest.mark.smoke


def won(
    customer: str, source: str, *, left: str | None = None, paid: str = "10", discount: int = 0
) -> list[Touchpoint]:
    """A customer of 5 February."""
    found = [tp(customer, "welcomed", "01-20", source=source, discount=discount), tp(customer, "joined", "02-05")]
    found.append(tp(customer, "purchase", "03-01", paid))
    return [*found, *([tp(customer, "left", left)] if left else [])]


def test_what_became_of_who_was_won() -> None:
    """By source: retention after n days, margin so far, with intervals; everybody in the last row."""
    found = [*won("a", "search"), *won("b", "search", left="03-01", paid="30"), *won("c", "event", left="05-30")]
    found += [tp("d", "joined", "02-10"), tp("e", "joined", "01-10"), *won("f", "event", left="05-06")]
    table = acquisition_quality(story_of(found), "2026-02", money=AcquiredMoney(margin=0.5))
    rows = {row["group"]: row for row in table.rows()}
    assert list(rows) == [UNKNOWN, "event", "search", "(all)"]
    assert (rows["search"]["customers"], rows["search"]["retained"], rows["search"]["retention"]) == (2, 1, 0.5)
    assert (rows["event"]["retention"], rows[UNKNOWN]["ltv"]) == (0.5, 0.0)  # who left on the 90th day did not stay
    assert (rows["search"]["ltv"], rows["(all)"]["ltv"]) == (10.0, 6.0)
    assert rows["search"]["ltv_low"] < 10 < rows["search"]["ltv_high"]
    assert np.isnan(rows[UNKNOWN]["ltv_low"])
    assert rows["(all)"]["low"] < rows["(all)"]["retention"] < rows["(all)"]["high"]
    assert table.title == "customers won in 2026-02"


def test_who_could_not_be_watched_has_no_retention() -> None:
    """The days must be over; the value to date is known all the same."""
    (row, whole) = acquisition_quality(story_of(won("a", "search"), until="2026-05-06"), "2026-02").rows()
    assert (row["customers"], row["watched"], row["ltv"]) == (1, 0, 10.0)
    assert np.isnan(whole["retention"])
    assert acquisition_quality(story_of(won("a", "search"), until="2026-05-07"), "2026-02")["watched"][0] == 1


def test_by_depth_of_the_discount() -> None:
    """Bands of a number that `welcomed` carries."""
    found = [*won("a", "search"), *won("b", "search", discount=10), *won("c", "search", discount=20, paid="1")]
    table = acquisition_quality(story_of(found), "2026-02", by=WelcomedBand("discount", (1, 20)))
    assert table["group"].tolist() == ["1 to under 20", "20 and more", "under 1", "(all)"]
    assert table["ltv"].tolist() == [10.0, 1.0, 10.0, 7.0]
    with pytest.raises(InvalidArgument, match=r"WelcomedBand\('discount'\): edges=\(20, 1\) do not ascend"):
        WelcomedBand("discount", (20, 1))


def test_fit_to_the_ideal_customer() -> None:
    """The mean of who it is known of, where a blueprint says who that is."""
    fit = (Criterion("full_price", "discount == 0"), Criterion("found_us", "source == 'search'"))
    journey = Blueprint("journey", (Milestone("first", "discount >= 0", due_days=30),), fit=fit)
    definition = attrs.evolve(STALL, blueprints=(journey,))
    found = [*won("a", "search"), *won("b", "search", discount=10), *won("c", "event", discount=10)]
    table = acquisition_quality(story_of([*found, tp("d", "joined", "02-10")], definition=definition), "2026-02")
    assert table["fit_journey"][1:].tolist() == pytest.approx([0.0, 75.0, (100 + 50 + 0) / 3])
    assert np.isnan(table["fit_journey"][0])
    assert "fit_journey" not in acquisition_quality(story_of(found), "2026-02").columns


def test_nobody_was_won() -> None:
    """One row, all of it open."""
    (row,) = acquisition_quality(story_of(won("a", "search")), "2026-04").rows()
    assert (row["group"], row["customers"]) == ("(all)", 0)
    assert np.isnan(row["retention"])
    assert np.isnan(row["ltv"])


@settings(max_examples=15)
@given(histories())
def test_groups_add_up_to_the_whole(touchpoints: list[Touchpoint]) -> None:
    """Customers, watched, retained, and their money; who first came in any month is won in one."""
    story, n_won = story_of(touchpoints), 0
    for month in range(1, 7):
        *groups, whole = acquisition_quality(story, f"2026-0{month}", by=Welcomed("source"), days=30).rows()
        for name in ("customers", "watched", "retained"):
            assert sum(row[name] for row in groups) == whole[name]
        n_won += whole["customers"]
        if groups:
            assert sum(row["ltv"] * row["customers"] for row in groups) == pytest.approx(
                whole["ltv"] * whole["customers"]
            )
    assert n_won == ltv_to_date(cut_of(touchpoints, ("2026-01-01", "2026-07-01"))).n


def handed(customer: str, when: str = "02-05") -> list[Touchpoint]:
    """A customer of January with another owner in February."""
    return [tp(customer, "joined", "01-05"), tp(customer, "owner_changed", when, owner="bob")]


def test_retention_after_a_handover() -> None:
    """Of who was a customer then: active at the end of the n-th day; the first handover counts."""
    found = [*handed("a"), *handed("b"), tp("b", "left", "02-25 23:59"), *handed("c"), tp("c", "left", "02-26")]
    found += [*handed("d", "01-20"), tp("e", "owner_changed", "02-05", owner="bob"), tp("e", "joined", "02-06")]
    found += [tp("a", "owner_changed", "02-20", owner="ann")]
    one = measure(cut_of(found), retention_after_handover.using({"days": 20}))
    assert (one.numerator, one.denominator) == (2, 3)
    young = measure(cut_of(found, until="2026-02-25"), retention_after_handover.using({"days": 20}))
    assert (young.value, young.notes[-1]) == (None, "3 whose days are not over yet")


@settings(max_examples=20)
@given(touchpoints=histories(), colours=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_handovers_are_what_a_slow_reading_gives(touchpoints: list[Touchpoint], colours: list[int]) -> None:
    """Customer by customer, and whatever the split."""
    cut, kpi = cut_of(touchpoints, "2026-03"), retention_after_handover.using({"days": 15})
    hits = of = 0
    moves = list(cut.story.moves.rows())  # type: ignore[attr-defined]
    for who in cut.record.log.ids().tolist():
        own = [(row["at"].replace(tzinfo=at("01-01").tzinfo), row["target"]) for row in moves if row["customer"] == who]
        shifts = sorted(one.at for one in touchpoints if one.customer == who and one.kind == "owner_changed")
        shifts = [shift for shift in shifts if at("03-01") <= shift < at("04-01")]
        if shifts and [target for when, target in own if when < shifts[0]][-1:] == ["customer"]:
            until = at(f"{shifts[0]:%m-%d}").timestamp() + 16 * 86_400
            of += 1
            hits += [target for when, target in own if when.timestamp() < until][-1] == "customer"
    assert (kpi(cut).tally.hits, kpi(cut).tally.of) == (hits, of)
    assert parts_added(kpi, cut, colours) == (kpi(cut), kpi(cut))
