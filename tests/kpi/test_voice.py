"""Closing the loop: which answer belongs to which voice, and how long it took."""

from __future__ import annotations

import pytest

from lifecycle.kpi import Cut, measure, time_to_answer_voice, voice_closed_rate, voice_count, voice_states
from lifecycle.tally import CountsTally, RatioTally

from .club import cut_of, touch


def _march() -> Cut:
    told = [
        touch("03-01 10:00", "voice", voice="v1", topic="price", sentiment=-0.8),
        touch("03-01 11:00", "complaint", complaint="v1", topic="price", sentiment=-1),
        touch("03-02 10:00", "voice_answered", voice="v1"),
        touch("03-03 10:00", "complaint", topic="speed", sentiment=-0.5),
        touch("03-04 10:00", "complaint_acted_on"),
        touch("03-05", "voice", who="bob", topic="people", sentiment=0.9),
        touch("03-06", "voice", who="bob", voice="v3"),
        touch("03-07", "voice_answered", who="bob"),
        touch("03-31", "voice", who="cay", topic=""),
        touch("04-01", "voice_answered", who="cay"),
        touch("04-02", "complaint_answered", complaint="v1"),
    ]
    return cut_of(told, "2026-03")


def test_an_answer_belongs_to_the_voice_that_it_names() -> None:
    """v1 as a voice is answered, v1 as a complaint is not; Bob's answer names none and closes both of his."""
    assert voice_closed_rate(_march()) == RatioTally(3, 6)


def test_acting_on_it_does_not_close_the_loop() -> None:
    """Until the customer is told; an act that names no complaint is about all that are open."""
    assert voice_states(_march()) == CountsTally({"answered": 3, "acted on": 2, "open": 1})


def test_a_filter_chooses_among_voices() -> None:
    """The negative ones: one of three is answered."""
    assert voice_closed_rate.using({"where": "sentiment < 0"})(_march()) == RatioTally(1, 3)
    assert voice_count.using({"where": "sentiment < 0"})(_march()) == CountsTally({"price": 2, "speed": 1})


def test_the_time_to_answer_counts_where_the_answer_falls() -> None:
    """24, 48 and 24 hours in March; April's answers are to a complaint of March and to Cay."""
    found = measure(_march(), time_to_answer_voice)
    assert (found.value, found.denominator, found.notes[-1]) == (24, 3, "3 not answered yet")
    april = measure(Cut(_march().story, cut_of([touch("04-01", "visit")], "2026-04").period), time_to_answer_voice)
    assert (april.value, april.denominator, april.notes[-1]) == (
        pytest.approx((24 + 31 * 24 + 13) / 2),
        2,
        "1 not answered yet",
    )


def test_voices_are_counted_by_topic() -> None:
    """An empty topic is as unknown as none; another attribute can be asked for."""
    assert voice_count(_march()) == CountsTally({"price": 2, "speed": 1, "people": 1, "(unknown)": 2})
    assert voice_count.using({"attribute": "voice"})(_march()) == CountsTally({"v1": 1, "v3": 1, "(unknown)": 4})


def test_who_names_two_voices_means_the_first() -> None:
    """A complaint that has `voice` and `complaint` is known by `voice`, as is the answer to it."""
    told = [touch("03-01", "complaint", voice="v1", complaint="c1"), touch("03-02", "complaint", complaint="c1")]
    assert voice_closed_rate(cut_of([*told, touch("03-03", "complaint_answered", complaint="c1")])) == RatioTally(1, 2)
    assert voice_states(cut_of([*told, touch("03-03", "voice_answered", voice="v1")])) == CountsTally(
        {"answered": 1, "open": 1}
    )
