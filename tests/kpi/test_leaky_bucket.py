"""The leaky bucket: what goes in, out and back, and where it leaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from lifecycle import Banded, Money, Touchpoint, Welcomed
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Cut, Period, WelcomedBand, Worth, churn_rate, leaks, leaky_bucket

from .stall import histories, story_of, tp

pytestmark = pytest.mark.smoke
MONTHS = [f"2026-0{number}" for number in range(1, 7)]


def trade() -> list[Touchpoint]:
    """Six customers: one stays and buys more, one is new, one comes back, two leave, one comes and leaves."""
    found = [tp(who, "joined", "01-05") for who in "abcd"]
    found += [
        tp("a", "purchase", "01-06", "100"),
        tp("b", "purchase", "01-06", "300"),
        tp("c", "purchase", "01-07", "40"),
    ]
    found += [tp("d", "left", "01-20"), tp("a", "purchase", "02-05", "20"), tp("b", "left", "02-10")]
    found += [tp("b", "purchase", "02-02", "13")]  # of February: not what b stood for when it began
    found += [tp("c", "left", "02-11"), tp("d", "joined", "02-12"), tp("d", "purchase", "02-12", "5")]
    found += [tp("e", "joined", "02-13"), tp("e", "purchase", "02-13", "7"), tp("f", "joined", "02-14")]
    return [*found, tp("f", "purchase", "02-14", "1000"), tp("f", "left", "02-15")]


def test_one_period() -> None:
    """Customers and what they stand for, in, out and back; and what refilling costs."""
    (row,) = leaky_bucket(story_of(trade()), "2026-02", cac=Money.of("12.50", "EUR")).rows()
    assert (row["opening"], row["new"], row["back"], row["out"], row["closing"], row["net"]) == (3, 1, 1, 2, 3, 0)
    assert row["in_and_out"] == 1
    money = {name: value for name, value in row.items() if name.startswith("revenue_")}
    assert money == {
        "revenue_opening": 440.0,
        "revenue_new": 7.0,
        "revenue_back": 5.0,
        "revenue_out": 340.0,
        "revenue_grown": 20.0,
        "revenue_closing": 132.0,
        "revenue_net": -308.0,
    }
    assert row["refill_cost"] == 25.0
    assert np.isnan(leaky_bucket(story_of(trade()), "2026-02")["refill_cost"][0])


def test_revenue_of_fewer_days() -> None:
    """Who bought long ago stands for nothing then."""
    table = leaky_bucket(story_of(trade()), ("2026-02-10", "2026-02-12"), worth=Worth(days=10))
    assert table["revenue_opening"].tolist() == [33.0]  # 20 of a and 13 of b, who goes only then
    assert table["period"].tolist() == ["2026-02-10/2026-02-12"]


@settings(max_examples=15)
@given(histories())
def test_stock_and_flow(touchpoints: list[Touchpoint]) -> None:
    """Opening + in + back − out = closing = the next opening, for customers and for money."""
    rows = list(leaky_bucket(story_of(touchpoints), MONTHS).rows())
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        assert row["opening"] + row["new"] + row["back"] - row["out"] == row["closing"]
        into = row["revenue_new"] + row["revenue_back"] + row["revenue_grown"]
        assert row["revenue_opening"] + into - row["revenue_out"] == pytest.approx(row["revenue_closing"], abs=1e-9)
        if following is not None:
            assert row["closing"] == following["opening"]
            assert row["revenue_closing"] == following["revenue_opening"]


@settings(max_examples=15)
@given(histories())
def test_leaks_add_up_to_the_whole(touchpoints: list[Touchpoint]) -> None:
    """Customers, losses, money and shares of all groups; and the rate is one of customers."""
    story = story_of(touchpoints)
    for by in ("source", "stage", Welcomed("owner"), ("source", "owner")):
        *groups, whole = leaks(story, "2026-03", by=by).rows()
        for name in ("customers", "out", "revenue_out"):
            assert sum(row[name] for row in groups) == pytest.approx(whole[name])
        if whole["out"]:
            assert sum(row["share_of_out"] for row in groups) == pytest.approx(1)
            assert whole["times_the_whole"] == 1
    bucket = leaky_bucket(story, "2026-03")
    assert (bucket["opening"][0], bucket["out"][0]) == (whole["customers"], whole["out"])
    assert bucket["revenue_out"][0] == pytest.approx(whole["revenue_out"])


def test_where_it_leaks() -> None:
    """The largest loss of money first, with interval and as a multiple of everybody's rate."""
    found = [tp(f"s{n}", "welcomed", "01-01", source="search", discount=30) for n in range(4)]
    found += [tp(f"e{n}", "welcomed", "01-01", source="event", discount=0) for n in range(4)]
    found += [tp(who + str(n), "joined", "01-02") for who in "se" for n in range(4)]
    found += [
        tp("e0", "purchase", "01-03", "10"),
        tp("s0", "purchase", "01-03", "20"),
        tp("s1", "purchase", "01-03", "5"),
    ]
    story = story_of([*found, *(tp(who, "left", "02-03") for who in ("e0", "s0", "s1"))])
    search, event, whole = leaks(story, "2026-02", by="source").rows()
    assert (search["group"], search["customers"], search["out"], search["revenue_out"]) == ("search", 4, 2, 25.0)
    assert (search["rate"], search["share_of_out"], search["share_of_customers"]) == (0.5, 2 / 3, 0.5)
    assert search["share_of_revenue_out"] == pytest.approx(25 / 35)
    assert search["times_the_whole"] == pytest.approx(0.5 / 0.375)
    assert search["low"] < 0.5 < search["high"]
    assert (event["group"], whole["group"], whole["rate"]) == ("event", "(all)", 0.375)
    cut = Cut(story, Period.of("2026-02", "UTC"))
    assert whole["rate"] == churn_rate(cut).hits / churn_rate(cut).of
    depth = leaks(story, "2026-02", by=WelcomedBand("discount", (1, 20)))
    assert depth["group"].tolist() == ["20 and more", "under 1", "(all)"]
    assert leaks(story, "2026-02", by=Banded("discount", (1, 20)))["out"].tolist() == depth["out"].tolist()


def test_nobody_leaves() -> None:
    """Then shares of the loss are open, and the rate is 0."""
    *_, whole = leaks(story_of([tp("a", "joined", "01-02")]), "2026-02", by="source").rows()
    assert (whole["rate"], whole["out"]) == (0.0, 0)
    assert np.isnan(whole["share_of_out"])
    assert np.isnan(whole["times_the_whole"])


def test_what_cannot_be_asked_is_refused() -> None:
    """No period, one after the end, no such group, days of no number."""
    story = story_of(trade())
    with pytest.raises(InvalidArgument, match="periods is empty"):
        leaky_bucket(story, [])
    with pytest.raises(InvalidArgument, match="2026-09 begins after the end of the story"):
        leaky_bucket(story, ["2026-02", "2026-09"])
    with pytest.raises(InvalidArgument, match="by='sauce' is no stage"):
        leaks(story, "2026-02", by="sauce")
    with pytest.raises(InvalidArgument, match="days=0 is no whole number"):
        leaks(story, "2026-02", by="source", worth=Worth(days=0))
