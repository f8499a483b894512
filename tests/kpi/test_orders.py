"""Orders, their rhythm, and offers."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import mean, median
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Cut,
    Kpi,
    Period,
    average_order_value,
    cohort_repeat_rate,
    cross_sell_rate,
    measure,
    order_count,
    order_value_growth,
    purchase_interval_mean,
    purchase_interval_median,
    repeat_purchase_rate,
    returning_customer_rate,
    upsell_rate,
)
from lifecycle.kpi._order_book import order_book

from .stall import STALL, at, cut_of, earlier, histories, parts_added, story_of, tp

pytestmark = pytest.mark.smoke
KPIS = [
    order_count, repeat_purchase_rate, returning_customer_rate, cohort_repeat_rate.using({"days": 30}),
    purchase_interval_mean, purchase_interval_median, average_order_value, order_value_growth,
    upsell_rate.using({"days": 20}), cross_sell_rate.using({"days": 20}),
]  # fmt: skip
COLOURS = st.lists(st.integers(0, 2), min_size=6, max_size=6)


def ordered(customer: str, *days: str, amount: str = "10.00") -> list[Touchpoint]:
    """Orders of one customer."""
    return [tp(customer, "purchase", day, amount) for day in days]


def test_eight_of_twenty_six() -> None:
    """The worked number: 30.77 %."""
    found = [one for number in range(26) for one in ordered(f"c{number}", "02-03")]
    found += [one for number in range(8) for one in ordered(f"c{number}", "02-20")]
    one = measure(cut_of(found), repeat_purchase_rate)
    assert (one.numerator, one.denominator, f"{100 * one.value:.2f}") == (8, 26, "30.77")


def test_repeat_and_returning_differ() -> None:
    """Repeat needs both orders within the period, returning any earlier one."""
    cut = cut_of([*ordered("a", "01-05", "02-05"), *ordered("b", "02-05", "02-06"), *ordered("c", "02-07")])
    assert measure(cut, repeat_purchase_rate).value == pytest.approx(1 / 3)
    assert measure(cut, returning_customer_rate).value == pytest.approx(2 / 3)


def test_orders_given_back_are_out_and_counted() -> None:
    """A refund without amount, one of the whole amount, a cancellation and a negative order take orders out."""
    found = [tp("a", "purchase", "02-01", "10", order=f"o{number}") for number in range(5)]
    found += [
        tp("a", "refund", "02-02", order="o0"),
        tp("a", "refund", "02-02", "6", order="o1"),
        tp("a", "refund", "02-03", "4", order="o1"),
        tp("a", "order_cancelled", "02-02", order="o2"),
        tp("a", "purchase", "02-02", "-10", order="o3"),
        tp("a", "refund", "02-04", "3", order="o4"),
        tp("a", "refund", "02-05", "3", order="unknown"),
    ]
    cut = cut_of(found)
    counts = measure(cut, order_count)
    assert counts.value == 1
    assert counts.parts == {"given back": 4, "kept": 1, "returns": 7, "returns without order": 1}
    assert measure(cut, repeat_purchase_rate).value == 0.0
    assert measure(cut, repeat_purchase_rate).notes[-1] == "4 orders of the period given back"
    assert order_book(cut).revenue(None, cut.end_us).tolist() == [400]  # 50 less 10, 10, 10, 10, 3 and 3


def test_what_is_told_twice_is_one_order() -> None:
    """The same reference of the same customer is the same order; of another customer it is not."""
    found = [tp("a", "purchase", "02-01", "10", order=7), tp("a", "payment", "02-02", "10", order="7")]
    found += [tp("b", "purchase", "02-02", "10", order=7)]
    cut = cut_of(found)
    assert measure(cut, order_count).value == 2
    assert order_book(cut).revenue(None, cut.end_us).tolist() == [1000, 1000]


def test_a_refund_never_gives_back_more_than_its_order() -> None:
    """Cancelled and refunded is given back once; a refund of what came later is none of it."""
    found = [tp("a", "purchase", "02-01", "10", order="x"), tp("a", "order_cancelled", "02-02", order="x")]
    found += [tp("a", "refund", "02-03", "10", order="x"), tp("b", "refund", "02-01", order="y")]
    cut = cut_of([*found, tp("b", "purchase", "02-02", "5", order="y")])
    assert order_book(cut).revenue(None, cut.end_us).tolist() == [0, 500]


def test_a_refund_after_the_period_changes_nothing_in_it() -> None:
    """What is given back in March was still an order of February."""
    found = [tp("a", "purchase", "02-01", "10", order="x"), tp("a", "refund", "03-01", order="x")]
    assert measure(cut_of(found), order_count).value == 1
    assert measure(cut_of(found, ("2026-02-01", "2026-03-02")), order_count).value == 0


def test_a_cohort_repeats_within_days() -> None:
    """The n-th day counts, the next one does not; whose days are not over is left out and counted."""
    found = [*ordered("a", "02-01 23:00", "03-03 23:59"), *ordered("b", "02-01", "03-04"), *ordered("c", "02-27")]
    one = measure(cut_of(found, until="2026-03-29"), cohort_repeat_rate.using({"days": 30}))
    assert (one.numerator, one.denominator) == (1, 2)
    assert one.notes[-1] == "1 whose days are not over yet"
    later = measure(cut_of(found, until="2026-03-30"), cohort_repeat_rate.using({"days": 30}))
    assert later.denominator == 3
    assert one.kpi == "cohort_repeat_rate[days=30]"


def test_days_are_those_of_the_zone() -> None:
    """In Tokyo 2 February begins at 15:00 UTC of the first: from there 4 March is the thirtieth day."""
    found = [*ordered("a", "02-01 15:00", "03-04 14:59"), *ordered("b", "02-01 14:59", "03-04 14:59")]
    story = story_of(found, until="2026-05-01", definition=attrs.evolve(STALL, zone="Asia/Tokyo"))
    cut = Cut(story, Period.of("2026-02", "Asia/Tokyo"))
    one = measure(cut, cohort_repeat_rate.using({"days": 30}))
    assert (one.numerator, one.denominator) == (1, 2)


def test_who_ordered_before_is_not_in_the_cohort() -> None:
    """Only first orders open it."""
    assert measure(cut_of(ordered("a", "01-05", "02-05", "02-06")), cohort_repeat_rate).value is None


def test_intervals_between_days_with_orders() -> None:
    """Two orders of a day are one; the later end of an interval lies in the period."""
    found = ordered("a", "01-30", "02-01 09:00", "02-01 18:00", "02-11", "03-11")
    cut = cut_of([*found, *ordered("b", "02-02"), *ordered("c", "02-02", "02-05")])
    assert measure(cut, purchase_interval_mean).value == (2 + 10 + 3) / 3
    assert measure(cut, purchase_interval_median).value == 3


def test_order_value_and_its_growth() -> None:
    """The mean in euros with an interval; against the month before; undefined without one."""
    cut = cut_of([*ordered("a", "01-30", amount="20"), *ordered("a", "02-02", "02-03", amount="25")])
    found = measure(cut, average_order_value)
    assert (found.value, found.currency, found.text) == (25.0, "EUR", "25.00 EUR")
    assert measure(cut, order_value_growth).value == 0.25
    first = measure(cut.in_period(cut.period.previous()), order_value_growth)
    assert first.notes == ("undefined because there is nothing to average before",)
    free = cut_of([*ordered("a", "01-30", amount="0"), *ordered("a", "02-02")])
    assert measure(free, order_value_growth).notes == ("undefined because it was 0 before",)


def test_offers_accepted() -> None:
    """By reference, by the latest offer, by an upgrade; not twice, not late, not of the other type."""
    found = [tp(who, "offer_made", "02-01", type="upsell", offer="x") for who in "abcde"]
    found += [tp("a", "offer_accepted", "02-05", offer="x"), tp("a", "offer_accepted", "02-06", offer="x")]
    found += [tp("b", "subscription_upgraded", "03-03"), tp("c", "subscription_upgraded", "03-04")]
    found += [tp("d", "offer_accepted", "02-05", offer="other"), tp("e", "offer_accepted", "01-31", offer="x")]
    found += [tp("a", "offer_made", "02-02", type="upsell", offer="x")]  # told twice
    found += [tp("f", "offer_made", "02-01", type="cross_sell"), tp("f", "offer_accepted", "02-02")]
    found += [tp("g", "offer_made", "02-01", type="cross_sell"), tp("g", "subscription_upgraded", "02-02")]
    cut = cut_of(found)
    up, cross = measure(cut, upsell_rate), measure(cut, cross_sell_rate)
    assert (up.numerator, up.denominator) == (2, 5)
    assert (cross.numerator, cross.denominator) == (1, 2)


def test_offers_that_are_too_young_are_left_out() -> None:
    """And counted."""
    cut = cut_of([tp("a", "offer_made", "02-20", type="upsell")], until="2026-03-01")
    assert measure(cut, upsell_rate).notes == (
        "undefined because there is nobody to count",
        "1 whose days are not over yet",
    )


@pytest.mark.parametrize(
    ("kpi", "chosen", "told"),
    [
        (cohort_repeat_rate, {"days": 0}, "days=0 is no whole number from 1"),
        (cohort_repeat_rate, {"days": True}, "days=True is no"),
        (repeat_purchase_rate, {"kinds": ()}, r"kinds=\(\) names no kind"),
        (repeat_purchase_rate, {"kinds": ("purchase", "refund")}, "refund is an order in kinds= and gives back"),
        (upsell_rate, {"offers": ("",)}, "offers=.* names no kind"),
    ],
)
def test_settings_that_are_none_are_refused(kpi: Kpi, chosen: dict[str, Any], told: str) -> None:
    """With the setting and its value."""
    with pytest.raises(InvalidArgument, match=told):
        kpi.using(chosen)(cut_of(ordered("a", "02-01")))


@settings(max_examples=20)
@given(touchpoints=histories(), colours=COLOURS)
def test_any_split_adds_up(touchpoints: list[Touchpoint], colours: list[int]) -> None:
    """With references, refunds and offers, in either order."""
    cut = cut_of(touchpoints, "2026-03")
    for kpi in KPIS:
        assert parts_added(kpi, cut, colours) == (kpi(cut), kpi(cut))


@settings(max_examples=15)
@given(histories())
def test_nothing_later_changes_a_period(touchpoints: list[Touchpoint]) -> None:
    """Refunds and repetitions that come after it least of all."""
    then = earlier(touchpoints, "2026-03")
    for kpi in KPIS:
        if then is not None and not kpi.looks_ahead:
            assert kpi(then) == kpi(cut_of(touchpoints, "2026-03"))


@settings(max_examples=40)
@given(histories())
def test_orders_are_what_a_slow_reading_gives(touchpoints: list[Touchpoint]) -> None:
    """Order by order: what is kept, what was paid, who repeats, after how many days."""
    cut = cut_of(touchpoints, "2026-03")
    kept, paid = _read(cut, touchpoints)
    book = order_book(cut)
    assert book.revenue(None, cut.end_us).tolist() == [paid[id] for id in cut.record.log.ids().tolist()]
    start = at("03-01")
    inside = {who: [order for order in orders if order.at >= start] for who, orders in kept.items()}
    assert repeat_purchase_rate(cut).tally.hits == sum(len(orders) > 1 for orders in inside.values())
    assert returning_customer_rate(cut).tally.hits == sum(len(kept[who]) > 1 for who, now in inside.items() if now)
    assert average_order_value(cut).total == sum(order.minor for orders in inside.values() for order in orders)
    gaps = []
    for orders in kept.values():
        days = sorted({order.at.date() for order in orders})
        gaps += [(b - a).days for a, b in pairwise(days) if b >= start.date()]
    assert measure(cut, purchase_interval_mean).value == (pytest.approx(mean(gaps)) if gaps else None)
    assert measure(cut, purchase_interval_median).value == (median(gaps) if gaps else None)


def _read(cut: Cut, touchpoints: list[Touchpoint]) -> tuple[dict[str, list[Touchpoint]], dict[str, int]]:
    """The kept orders and the net revenue of each customer, one touchpoint after the other."""
    orders: dict[str, list[Touchpoint]] = defaultdict(list)
    left: dict[tuple[str, str], int] = {}
    paid: dict[str, int] = defaultdict(int)
    void: set[tuple[str, str]] = set()
    for one in sorted(touchpoints, key=lambda touchpoint: touchpoint.at):
        key = (one.customer, str(one.attributes.get("order", "")))
        if one.at >= cut.period.window.end or one.kind not in {"purchase", "refund"}:
            continue
        if one.kind == "purchase" and one.minor >= 0:
            if key[1] and key in left:
                continue
            orders[one.customer].append(one)
            paid[one.customer] += one.minor
            if key[1]:
                left[key] = one.minor
        elif key[1] and key in left:
            back = left[key] if one.minor is None else min(left[key], abs(one.minor))
            left[key] -= back
            paid[one.customer] -= back
            if not left[key]:
                void.add(key)
        else:
            paid[one.customer] -= abs(one.minor or 0)
    kept = {
        who: [order for order in all_orders if (who, str(order.attributes.get("order", ""))) not in void]
        for who, all_orders in orders.items()
    }
    return kept, paid


@settings(max_examples=30)
@given(histories())
def test_cohorts_and_offers_are_what_a_slow_reading_gives(touchpoints: list[Touchpoint]) -> None:
    """Customer by customer, offer by offer."""
    whole = cut_of(touchpoints, ("2026-01-01", "2026-07-01"))
    kept, _ = _read(whole, touchpoints)
    hits = of = 0
    for orders in kept.values():
        if orders and at("03-01") <= orders[0].at < at("04-01"):
            of += 1
            hits += len(orders) > 1 and (orders[1].at.date() - orders[0].at.date()).days <= 30
    cut = cut_of(touchpoints, "2026-03")
    found = cohort_repeat_rate.using({"days": 30})(cut).tally.tally
    assert (found.hits, found.of) == (hits, of)
    accepted, offered = _offers(touchpoints)
    share = cross_sell_rate.using({"days": 20})(cut).tally
    assert (share.hits, share.of) == (accepted, offered)


def _offers(touchpoints: list[Touchpoint]) -> tuple[int, int]:
    """Cross-selling offers of March: how many were accepted within 20 days, and how many there were."""
    answered: dict[int, Any] = {}
    made: list[Touchpoint] = []
    for one in sorted(touchpoints, key=lambda touchpoint: touchpoint.at):
        ref = one.attributes.get("offer")
        own = [place for place, offer in enumerate(made) if offer.customer == one.customer]
        same = [place for place in own if made[place].attributes.get("offer") == ref] if ref else []
        if one.kind == "offer_made" and one.attributes["type"] == "cross_sell" and not same:
            made.append(one)
        if one.kind == "offer_accepted":
            for place in same[:1] if ref else own[-1:]:
                answered.setdefault(place, one.at.date())
    asked = [place for place, offer in enumerate(made) if at("03-01") <= offer.at < at("04-01")]
    hits = [place for place in asked if place in answered and (answered[place] - made[place].at.date()).days <= 20]
    return len(hits), len(asked)
