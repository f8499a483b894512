"""Health over time: bands with hysteresis over check-ups, the trend, and when a score is stale."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import InStage, Ratio, Touchpoint
from lifecycle.signs import Health, Measure

from .club import tp, utc
from .measuring import FACTS, JOINED, health_at, ill_or_well, measured

# --- bands ----------------------------------------------------------------------------------------------------------

BANDS = [
    # one row a day: the score from noon on, the band then; poor from 0, fair from 40, good from 70, margin 5
    (50, "fair"), (69, "fair"), (70, "fair"), (74.5, "fair"), (75, "good"), (70, "good"), (65, "good"), (64.5, "fair"),
    (72, "fair"), (35, "fair"), (34.5, "poor"), (44.5, "poor"), (45, "fair"), (95, "good"), (10, "poor"), (90, "good"),
    (36, "fair"), (0, "poor"), (100, "good"),
]  # fmt: skip


def days_of(scores: list[float]) -> list[Touchpoint]:
    """A score for each day of January from noon on."""
    return [measured(f"2026-01-{day:02}T12:00", a=score) for day, score in enumerate(scores, 2)]


def bands_of(health: Health, scores: list[float], *more: Touchpoint) -> list[str | None]:
    """The band of each day at one o'clock."""
    definition, found = ill_or_well(health), []
    touchpoints = sorted([JOINED, *days_of(scores), *more], key=lambda touchpoint: touchpoint.at)
    for day in range(2, 2 + len(scores)):
        at = utc(f"2026-01-{day:02}T13:00")
        found.append(health_at(definition, *(one for one in touchpoints if one.at <= at), at=at).band)
    return found


A = [Measure("a", bad=0, good=100)]


@pytest.mark.smoke
def test_a_band_is_kept_within_the_margin() -> None:
    """Whoever is in a band stays there until the score leaves it by the margin; the first band is that of the score."""
    scores = [score for score, _ in BANDS]
    assert bands_of(Health(A, every_days=1), scores) == [band for _, band in BANDS]
    assert bands_of(Health(A, every_days=1), [70]) == ["good"]
    assert bands_of(Health(A, every_days=1), [69.9]) == ["fair"]


@pytest.mark.smoke
def test_without_a_margin_a_band_is_that_of_the_score() -> None:
    """A margin of 0 keeps nothing."""
    scores = [50, 69.9, 70, 69.9, 40, 39.9, 0, 100]
    wanted = ["fair", "fair", "good", "fair", "fair", "poor", "poor", "good"]
    assert bands_of(Health(A, every_days=1, margin=0), scores) == wanted


@pytest.mark.smoke
def test_bands_remember_check_ups_only() -> None:
    """Monday 5 and 12 January are check-ups: a spike between two of them is shown, and forgotten."""
    #         2nd Fri, 3rd, 4th, Mon 5th: fair at its midnight, …
    scores = [50, 50, 60, 80, 72, 66, 50, 50, 50, 80, 80, 66]
    found = bands_of(Health(A), scores)
    #  the first week has no check-up before it: the band of the score itself; the 6th and 7th remember the 5th
    assert found[:3] == ["fair", "fair", "fair"]
    assert found[3:7] == ["good", "fair", "fair", "fair"]
    #  the 11th and 12th read good; at the midnight of Monday the 12th the score was 80, which the 13th remembers
    assert found[9:] == ["good", "good", "good"]


@pytest.mark.smoke
def test_a_spell_without_a_score_forgets_the_band() -> None:
    """After a check-up outside the watched stages the next band is that of the score itself."""
    scores = [50, 72, 72, 72, 72]
    assert bands_of(Health(A, every_days=1), scores) == ["fair"] * 5
    left, back = tp("left", "2026-01-03T15:00"), tp("returned", "2026-01-05T10:00")
    assert bands_of(Health(A, every_days=1), scores, left, back) == ["fair", "fair", None, "good", "good"]
    # Out and back between two check-ups: none of them was missed.
    same_day = tp("returned", "2026-01-03T18:00")
    assert bands_of(Health(A, every_days=1), scores, left, same_day) == ["fair"] * 5


@pytest.mark.smoke
def test_bands_of_the_hosts_own() -> None:
    """Any names, any ascending edges; one band is enough."""
    own = Health(A, every_days=1, margin=0, bands={"red": 0, "amber": 25, "green": 50, "gold": 90})
    assert bands_of(own, [10, 25, 49, 50, 89, 90]) == ["red", "amber", "amber", "green", "green", "gold"]
    assert bands_of(Health(A, bands={"all": 0}), [0, 100]) == ["all", "all"]


EDGES = (0, 12, 34, 35, 36, 44, 45, 46, 64, 65, 66, 69, 70, 74, 75, 76, 90, 100)


@settings(max_examples=40)
@given(
    some.lists(some.sampled_from(EDGES), min_size=1, max_size=27),
    some.sampled_from((0, 5, 20)),
    some.sampled_from((1, 3, 7)),
)
def test_bands_agree_however_long_ago_they_were_decided(scores: list[float], margin: float, every: int) -> None:
    """The columns look back only as far as a band needs; the live engine remembers: the same band on the last day."""
    definition = ill_or_well(Health(A, every_days=every, margin=margin))
    days = days_of(scores)
    health_at(definition, JOINED, *days, at=days[-1].at + timedelta(hours=1))


# --- trend ----------------------------------------------------------------------------------------------------------


@pytest.mark.smoke
def test_the_trend_looks_back_to_a_check_up() -> None:
    """On Wednesday 4 February it is the score less that of Monday 5 January, the check-up on or before 7 January."""
    definition = ill_or_well(Health(A))
    scores = {"2026-01-04": 40, "2026-01-05": 90, "2026-02-01": 55}
    touchpoints = [JOINED, *(measured(f"{day}T12:00", a=score) for day, score in scores.items())]
    found = health_at(definition, *touchpoints, at="2026-02-04T12:00")
    assert (found.score, found.trend) == pytest.approx((55, 15))
    assert found.changes == (("a", found.trend),)
    # From Monday 9 February on it is that of 12 January, 90 points.
    assert health_at(definition, *touchpoints, at="2026-02-08T23:59").trend == pytest.approx(15)
    assert health_at(definition, *touchpoints, at="2026-02-09").trend == pytest.approx(-35)


@pytest.mark.smoke
def test_without_a_score_then_there_is_no_trend() -> None:
    """Before the first check-up, or where the check-up had no score, the trend is missing."""
    definition = ill_or_well(Health(A, trend_days=7))
    known = JOINED, measured("2026-01-06T12:00", a=40)
    assert health_at(definition, *known, at="2026-01-07").trend is None  # 29 December: not begun
    assert health_at(definition, *known, at="2026-01-12").trend is None  # 5 January: not measured yet
    assert health_at(definition, *known, at="2026-01-19").trend == 0
    away = tp("left", "2026-01-11T12:00"), tp("returned", "2026-01-13T12:00")
    assert health_at(definition, *known, *away, at="2026-01-20").trend is None  # away on Monday the 12th
    assert health_at(definition, *known, *away, at="2026-01-27").trend == 0


@pytest.mark.smoke
def test_check_ups_every_so_many_days() -> None:
    """`every_days=1` with `trend_days=3` compares with the midnight three days ago; 0 with today's."""
    touchpoints = [JOINED, *days_of([10, 20, 30, 40, 50, 60])]  # from noon of the 2nd on
    three = ill_or_well(Health(A, every_days=1, trend_days=3))
    assert health_at(three, *touchpoints, at="2026-01-07T13:00").trend == 60 - 20
    none = ill_or_well(Health(A, every_days=1, trend_days=0))
    assert health_at(none, *touchpoints, at="2026-01-07T13:00").trend == 60 - 50


# --- staleness ------------------------------------------------------------------------------------------------------


@pytest.mark.smoke
def test_a_score_grows_stale() -> None:
    """Days since a touchpoint that a measure listens to, since the start if there was none; stale beyond the limit."""
    definition = ill_or_well(Health(A, stale_days=10))
    other = tp("visit", "2026-01-12T09:00")  # no measure listens to visits
    touchpoints = [JOINED, measured("2026-01-03T12:00", a=40), other]
    found = {day: health_at(definition, *touchpoints, at=f"2026-01-{day}T10:00") for day in (12, 13, 14)}
    assert [(one.stale_days, one.is_stale) for one in found.values()] == [(9, False), (10, False), (11, True)]
    zero = Health([Measure("a", bad=0, good=1, missing="zero")], stale_days=3)
    never = health_at(ill_or_well(zero), JOINED, at="2026-01-05T10:00")
    assert (never.score, never.stale_days, never.is_stale) == (0, 4, True)


@pytest.mark.smoke
def test_what_a_measure_listens_to() -> None:
    """A quotient listens to both its parts; days in a stage to nothing, so a score of them alone is never stale."""
    facts = {**FACTS, "half": Ratio("visits", "orders"), "here": InStage()}
    both = ill_or_well(Health([Measure("half", bad=0, good=1)]), facts=facts)
    ordered, visited, mail = tp("order", "2026-01-05T09:00"), tp("visit", "2026-01-07T09:00"), tp("mail", "2026-01-08")
    assert health_at(both, JOINED, ordered, mail, at="2026-01-09").stale_days == 4
    assert health_at(both, JOINED, ordered, visited, mail, at="2026-01-09").stale_days == 2
    clock = ill_or_well(Health([Measure("here", bad=0, good=9)], stale_days=1), facts=facts)
    assert health_at(clock, JOINED, at="2026-01-09").is_stale is False


def test_zones_decide_the_day_of_a_check_up() -> None:
    """A check-up is at the midnight of the definition's zone on which Monday begins."""
    cases = (("UTC", "2026-01-04T23:59", "2026-01-05T00:00"), ("Asia/Tokyo", "2026-01-04T14:59", "2026-01-04T15:00"))
    for zone, before, after in cases:
        definition = ill_or_well(Health(A, trend_days=0), zone=zone)
        known = JOINED, measured("2026-01-02T12:00", a=40)
        assert health_at(definition, *known, at=before).trend is None
        assert health_at(definition, *known, at=after).trend == 0
