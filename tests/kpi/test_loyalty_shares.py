"""Loyal, satisfied, captive, unheard; delight; and whether satisfaction goes with staying."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle import Count, Definition, Last, Loyalty, Story, TouchpointLog, replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import (
    Cut,
    Period,
    captive_share,
    delight_rate,
    expectation_met_rate,
    loyal_share,
    measure,
    satisfaction_retention_link,
    satisfied_share,
    unheard_share,
)
from lifecycle.tally import LinkTally, RatioTally

from .club import Club, cut_of, touch

LIKING = Definition(
    Club,
    name="liking",
    facts={"score": Last("nps", of="score"), "visits": Count("visit")},
    loyalty=Loyalty("score >= 7", "visits >= 2"),
)


def _cut() -> Cut:
    told = [touch("01-02", "joined", who=who) for who in ("ann", "bob", "cay", "dan", "eve")]
    told += [touch("02-01", "nps", who=who, score=score) for who, score in (("ann", 9), ("bob", 8), ("cay", 2))]
    told += [touch(f"02-0{day}", "visit", who=who) for who in ("ann", "cay") for day in (2, 3)]
    # Eve likes it and left; Fay joined too late to be retained; what Dan says afterwards is not known yet.
    told += [touch("02-01", "nps", who="eve", score=9), touch("02-20", "left", who="eve")]
    told += [touch("02-10", "joined", who="fay"), touch("02-11", "nps", who="fay", score=9)]
    told += [touch("03-01", "nps", who="dan", score=9)]
    return Cut(replay(LIKING, TouchpointLog.from_touchpoints(told), until="2026-06-01"), Period.of("2026-02", "UTC"))


def test_the_retained_fall_into_four_parts() -> None:
    """Each of the four who were there at both ends is in one part; together they are all."""
    shares = [kpi(_cut()) for kpi in (loyal_share, satisfied_share, captive_share, unheard_share)]
    assert shares == [RatioTally(1, 4)] * 4


def test_the_shares_are_those_of_the_story(made_story: Story) -> None:
    """Of who was active on both days, as the table of the story tells, one by one."""
    cut = Cut(made_story, Period.of("2025-Q4", "UTC"))
    stages = {stage.id for stage in made_story.stages if stage.role == "active"}
    before = {row["customer"] for row in made_story.as_of("2025-10-01").rows() if row["stage"] in stages}
    rows = [row["loyalty"] for row in made_story.loyalty("2026-01-01").rows() if row["customer"] in before]
    for name, kpi in (("loyal", loyal_share), ("captive", captive_share), ("unheard", unheard_share)):
        assert kpi(cut) == RatioTally(rows.count(name), len(rows))


def test_without_a_loyalty_there_is_no_share() -> None:
    """A definition that does not say what loyalty is cannot be asked."""
    with pytest.raises(InvalidArgument, match="the definition has no loyalty; pass loyalty="):
        loyal_share(cut_of([touch("01-02", "joined")]))


def test_delight_is_more_than_was_expected() -> None:
    """Of three pairs one exceeded and one met it; a pair without a score, and one of before, do not count."""
    told = []
    for name, day, stated, rated in (
        ("a", "03-02", 3, 5), ("b", "03-02", 4, 4), ("c", "03-02", 5, 4), ("d", "02-02", 1, 5), ("e", "03-02", 1, None),
    ):  # fmt: skip
        told.append(touch("02-01", "expectation_stated", expectation=name, score=stated))
        told.append(touch(day, "experience_rated", expectation=name, **({} if rated is None else {"score": rated})))
    cut = cut_of([*told, touch("03-09", "experience_rated", expectation="unasked", score=5)], "2026-03")
    assert delight_rate(cut) == RatioTally(1, 3)
    assert expectation_met_rate(cut) == RatioTally(2, 3)


def test_the_link_is_the_correlation_of_score_and_staying() -> None:
    """As numpy computes it, of the last answer in the window and of those active at the start only."""
    generator = np.random.default_rng(3)
    told, scores, stayed = [], [], []
    for number in range(60):
        who, score = f"c{number}", int(generator.integers(1, 6))
        stays = bool(generator.random() < score / 6)
        told += [touch("01-02", "joined", who=who), touch("01-03", "csat", who=who, score=6 - score)]
        told += [touch("02-03", "csat", who=who, score=score), touch("03-03", "csat", who=who, score=3)]
        told += [] if stays else [touch("03-20", "left", who=who)]
        scores.append(score)
        stayed.append(stays)
    told += [touch("02-03", "csat", who="never joined", score=1), touch("03-01 10:00", "joined", who="late")]
    found = measure(cut_of(told, "2026-03"), satisfaction_retention_link)
    assert found.value == pytest.approx(np.corrcoef(scores, stayed)[0, 1], abs=1e-12)
    assert found.denominator == 60
    assert (found.low or 0) < (found.value or 0) < (found.high or 0)


def test_an_answer_older_than_the_window_does_not_count() -> None:
    """The days are calendar days before the period: the first of them counts, the day before it does not."""
    told = [touch("01-01", "joined"), touch("02-19", "csat", score=5), touch("2026-01-01", "joined", who="bob")]
    told += [touch("02-18 23:59", "csat", who="bob", score=4)]
    link = satisfaction_retention_link.using({"days": 10})(cut_of(told, "2026-03"))
    assert isinstance(link, LinkTally)
    assert link.n == 1
    with pytest.raises(InvalidArgument, match="days=0 is not above 0"):
        satisfaction_retention_link.using({"days": 0})(cut_of(told, "2026-03"))
