"""Win-back: who came back of those who were lost, after what, and what it brought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import WinBackKinds, measure, win_back_rate, win_backs

from .stall import at, cut_of, histories, parts_added, story_of, tp

pytestmark = pytest.mark.smoke
SHORT = win_back_rate.using({"days": 20})


def lost(customer: str, when: str = "02-05") -> list[Touchpoint]:
    """A customer of January who is lost in February."""
    return [tp(customer, "joined", "01-05"), tp(customer, "left", when)]


def test_back_within_days() -> None:
    """The n-th day counts, the next one does not; on the way back is back only if asked for."""
    found = [*lost("a"), tp("a", "joined", "02-25 23:59"), *lost("b"), tp("b", "joined", "02-26"), *lost("c")]
    cut = cut_of([*found, tp("c", "looked", "02-10")])
    one = measure(cut, SHORT)
    assert (one.numerator, one.denominator, one.kpi) == (1, 3, "win_back_rate[days=20]")
    assert measure(cut, SHORT.using({"until": "returning"})).numerator == 2


def test_losses_that_are_too_young_are_left_out() -> None:
    """Also of who is back already, for those away have had no time yet; they are counted in a note."""
    found = [*lost("a"), *lost("b", "02-10"), tp("b", "joined", "02-11")]
    one = measure(cut_of(found, until="2026-02-26"), SHORT)
    assert (one.numerator, one.denominator, one.notes[-1]) == (0, 1, "1 whose days are not over yet")
    assert measure(cut_of(found, until="2026-02-25"), SHORT).value is None
    assert measure(cut_of(found, until="2026-03-03"), SHORT).denominator == 2


def test_who_is_lost_twice_counts_once() -> None:
    """From the first loss of the period; who falls silent on the way back was lost before, a prospect was none."""
    found = [*lost("a"), tp("a", "joined", "02-06"), tp("a", "left", "02-07")]
    found += [*lost("b", "01-20"), tp("b", "looked", "02-01"), tp("b", "left", "02-02")]
    one = measure(cut_of(found), SHORT)
    assert (one.numerator, one.denominator) == (1, 1)
    assert len(win_backs(story_of(found), "2026-02")) == 2


def test_another_word_is_refused() -> None:
    """And named."""
    with pytest.raises(InvalidArgument, match="until='customer' is none of: active, returning"):
        win_back_rate.using({"until": "customer"})(cut_of(lost("a")))
    with pytest.raises(InvalidArgument, match="by 'owner' is none of: reason, attempts, offer"):
        win_backs(story_of(lost("a")), "2026-02").by("owner")  # type: ignore[arg-type]


def campaign() -> list[Touchpoint]:
    """Five losses: three back, one of them late; with reasons, attempts, offers and money."""
    found = [touchpoint for who in "abcde" for touchpoint in lost(who)]
    found += [
        tp("a", "subscription_cancelled", "02-04", reason="price"),
        tp("b", "churn_reason", "02-20", reason="price"),
    ]
    found += [tp("c", "churn_reason", "02-05", reason="moved"), tp("d", "churn_reason", "01-02", reason="old")]
    done = {"purpose": "win_back", "outcome": "done", "cost": 2.5}
    found += [tp(who, "play_outcome", "02-10", **done) for who in "abcd"]
    found += [tp("a", "play_outcome", "02-11", **{**done, "outcome": "failed"})]
    found += [tp("a", "play_outcome", "02-12", **{**done, "purpose": "survey"})]
    found += [tp("a", "win_back_attempted", "02-13", cost=0.07), tp("a", "offer_made", "02-14", type="gift", cost=5)]
    found += [tp("a", "joined", "02-15"), tp("a", "win_back_attempted", "02-16", cost=100)]
    found += [tp("a", "purchase", "02-15", "80", order="x"), tp("a", "purchase", "03-01", "20")]
    found += [tp("a", "refund", "03-02", "30", order="x"), tp("a", "left", "03-05"), tp("a", "purchase", "03-06", "9")]
    found += [tp("b", "joined", "02-25"), tp("b", "purchase", "01-30", "1000"), tp("b", "purchase", "04-01", "10")]
    found += [tp("c", "offer_made", "02-14", type="call"), tp("c", "joined", "06-01"), tp("e", "offer_made", "02-14")]
    return found


def test_every_loss_with_what_was_done() -> None:
    """Reason of this loss, attempts and offers until they are back, revenue until the next loss."""
    rows = {row["customer"]: row for row in win_backs(story_of(campaign()), "2026-02", days=30).table().rows()}
    told = {who: tuple(list(row.values())[2:]) for who, row in rows.items()}
    assert rows["a"]["lost"] == at("02-05").replace(tzinfo=None)
    back = {who: row["back"] and row["back"].date().isoformat()[5:] for who, row in rows.items()}
    assert back == {"a": "02-15", "b": "02-25", "c": "06-01", "d": None, "e": None}
    assert told["a"][:3] + told["a"][4:] == ("price", 2, "gift", "back", 70.0, pytest.approx(7.57))
    assert told["b"][:3] + told["b"][4:] == ("price", 1, None, "back", 10.0, 2.5)
    assert told["c"][:3] + told["c"][4:] == ("moved", 1, "call", "late", 0.0, 2.5)
    assert told["d"][:3] + told["d"][4:] == (None, 1, None, "away", 0.0, 2.5)  # the old reason is of another time
    assert told["e"][:3] + told["e"][4:] == (None, 0, "", "away", 0.0, 0.0)


def test_groups_of_losses_against_the_cost_of_new_customers() -> None:
    """Counted reasons, attempts and offers, with rate, interval and money; all in the last row."""
    found = win_backs(story_of(campaign()), "2026-02", days=30)
    by_reason = {row["group"]: row for row in found.by("reason", cac=50).rows()}
    assert list(by_reason) == ["(unknown)", "moved", "price", "(all)"]
    price = by_reason["price"]
    assert (price["lost"], price["known"], price["back"], price["rate"]) == (2, 2, 2, 1.0)
    assert (price["second_value"], price["cost"]) == (80.0, pytest.approx(10.07))
    assert price["cost_per_win_back"] == pytest.approx(5.035)
    assert price["of_acquisition_cost"] == pytest.approx(5.035 / 50)
    whole = by_reason["(all)"]
    assert (whole["lost"], whole["back"], whole["attempts"]) == (5, 2, 5)
    assert 0 < whole["low"] < 0.4 < whole["high"] < 1
    assert np.isnan(by_reason["(unknown)"]["cost_per_win_back"])
    assert found.by("offer")["group"].tolist() == ["", "(none)", "call", "gift", "(all)"]
    assert found.by("attempts")["lost"].tolist() == [1, 3, 1, 5]


def test_hosts_name_their_own_kinds() -> None:
    """What is an attempt is a setting."""
    story = story_of([*lost("a"), tp("a", "postcard", "02-07")])
    assert win_backs(story, "2026-02", kinds=WinBackKinds(attempts=("postcard",))).attempts.tolist() == [1]
    empty = win_backs(story, "2026-03")
    assert (len(empty), empty.by()["lost"].tolist(), len(empty.table())) == (0, [0], 0)


@settings(max_examples=15)
@given(touchpoints=histories(), colours=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_any_split_adds_up(touchpoints: list[Touchpoint], colours: list[int]) -> None:
    """In either order."""
    cut = cut_of(touchpoints, "2026-03")
    for kpi in (SHORT, SHORT.using({"until": "returning"})):
        assert parts_added(kpi, cut, colours) == (kpi(cut), kpi(cut))


@settings(max_examples=30)
@given(histories())
def test_losses_are_what_a_slow_reading_gives(touchpoints: list[Touchpoint]) -> None:
    """Move by move, and touchpoint by touchpoint of each customer."""
    story = story_of(touchpoints)
    found = win_backs(story, "2026-03", days=20)
    told = [_plain(row) for row in found.table().rows()]
    assert told == _read(story.moves.rows(), touchpoints)
    first = {row[0]: row for row in reversed(told)}
    tally = win_back_rate.using({"days": 20})(cut_of(touchpoints, "2026-03")).tally
    assert (tally.hits, tally.of) == (sum(row[4] == "back" for row in first.values()), len(first))


def _plain(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("customer", "reason", "attempts", "offer", "outcome", "cost")
    return tuple(round(row[name], 9) if name == "cost" else row[name] for name in names)


def _read(moves: Any, touchpoints: list[Touchpoint]) -> list[tuple[Any, ...]]:
    found, by_customer = [], {}
    for row in moves:
        by_customer.setdefault(row["customer"], []).append(row)
    for who, own in by_customer.items():
        rest = sorted((one for one in touchpoints if one.customer == who), key=lambda one: one.at)
        for place, row in enumerate(own):
            loss = row["at"].replace(tzinfo=at("01-01").tzinfo)
            if (row["source"], row["target"]) != ("customer", "gone") or not at("03-01") <= loss < at("04-01"):
                continue
            later = [one["at"].replace(tzinfo=loss.tzinfo) for one in own[place + 1 :] if one["target"] == "customer"]
            before = [one["at"].replace(tzinfo=loss.tzinfo) for one in own[:place] if one["target"] == "customer"]
            back, since = (later or [at("12-31")])[0], before[-1]
            spell = [one for one in rest if loss <= one.at <= back]
            tried = [one for one in spell if one.kind == "win_back_attempted"]
            offered = [one for one in spell if one.kind == "offer_made"]
            cost = sum(round(one.attributes.get("cost", 0) * 100) for one in (*tried, *offered)) / 100
            days = (back.date() - loss.date()).days
            outcome = "back" if days <= 20 else "late" if later else "away"
            offer = offered[-1].attributes["type"] if offered else None
            told = [one for one in rest if one.kind == "churn_reason" and since <= one.at <= back]
            told = [one for one in told if "reason" in one.attributes]
            found.append((who, told[-1].attributes["reason"] if told else None, len(tried), offer, outcome, cost))
    return found
