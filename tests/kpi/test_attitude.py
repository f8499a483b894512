"""NPS, satisfaction and effort: published figures, which answers count, what is refused."""

from __future__ import annotations

import pytest

from lifecycle import Touchpoint
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import ces_mean, ces_share, csat, measure, nps, nps_reasons, nps_transactional
from lifecycle.tally import CountsTally, MeanTally, NpsTally, RatioTally

from .club import cut_of, touch


def _answers(kind: str, *groups: tuple[int, int]) -> list[Touchpoint]:
    """So many customers with each score."""
    scores = [score for score, count in groups for _ in range(count)]
    return [touch("03-05 10:00", kind, who=f"c{place}", score=score) for place, score in enumerate(scores)]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "told"),
    [(162, 108, 54, (33.3, 24.9, 41.1)), (10, 5, 5, (25.0, -11.7, 55.2)), (1, 0, 0, (100.0, -48.5, 98.5))],
)
def test_nps_is_the_worked_one(promoters: int, passives: int, detractors: int, told: tuple[float, ...]) -> None:
    """V11, with its interval to the digits printed; the middle of one promoter's interval is 25, not 100."""
    answers = _answers("nps", (9, promoters), (7, passives), (6, detractors))
    found = measure(cut_of(answers), nps)
    assert tuple(round(number or 0, 1) for number in (found.value, found.low, found.high)) == told
    assert (found.numerator, found.denominator) == (promoters - detractors, promoters + passives + detractors)


def test_standard_error_and_middle_are_the_worked_ones() -> None:
    """V11: 4.14 points, and 33.0 for the middle of the interval."""
    tally = nps(cut_of(_answers("nps", (10, 162), (8, 108), (0, 54))))
    assert isinstance(tally, NpsTally)
    assert (round(tally.standard_error or 0, 2), round(tally.adjusted, 1)) == (4.14, 33.0)


def test_without_answers_nps_is_undefined() -> None:
    """No number, and the reason; never 0."""
    found = measure(cut_of([touch("03-05", "visit")]), nps)
    assert found.value is None
    assert found.notes[0] == "undefined because nobody answered"


def test_the_last_answer_of_the_period_counts() -> None:
    """One answer per customer: not the earlier one, not one after the period, not one before it."""
    told = [touch("02-01", "nps", score=0), touch("03-01", "nps", score=3), touch("03-30", "nps", score=9)]
    cut = cut_of([*told, touch("04-01", "nps", score=0)], "2026-03")
    assert nps(cut) == NpsTally(promoters=1)


def test_an_answer_without_a_score_is_passed_over() -> None:
    """The last one with a score counts."""
    cut = cut_of([touch("03-01", "nps", score=9), touch("03-02", "nps", reason="none")])
    assert nps(cut) == NpsTally(promoters=1)


def test_relational_and_transactional_answers_stay_apart() -> None:
    """By the attribute `survey`; what says nothing is relational, and other sorts are asked for by name."""
    told = [touch("03-01", "nps", score=9), touch("03-02", "nps", score=1, survey="transactional")]
    cut = cut_of([*told, touch("03-03", "nps", score=7, survey="onboarding")])
    assert nps(cut) == NpsTally(promoters=1)
    assert nps_transactional(cut) == NpsTally(detractors=1)
    assert nps.using({"survey": "onboarding"})(cut) == NpsTally(passives=1)


@pytest.mark.parametrize(("score", "shown"), [(11, "11"), (7.5, "7.5"), (-1, "-1"), ("nine", "nine")])
def test_what_is_no_answer_is_refused(score: object, shown: str) -> None:
    """Eleven and seven and a half are told with customer and day."""
    cut = cut_of([touch("03-05", "nps", who="bob", score=8), touch("03-07", "nps", who="cay", score=score)])
    with pytest.raises(
        InvalidArgument, match=rf"nps: 1 answer .* 0 to 10, the first one {shown} .*'cay' on 2026-03-07"
    ):
        nps(cut)


def test_reasons_are_counted_by_group() -> None:
    """Of the answers that the score counts, with what is unknown."""
    told = [
        touch("03-01", "nps", who="ann", score=2, reason="quality"),
        touch("03-02", "nps", who="ann", score=3, reason="price"),
        touch("03-02", "nps", who="bob", score=6, reason="price"),
        touch("03-02", "nps", who="cay", score=10, reason="people"),
        touch("03-02", "nps", who="dan", score=7),
    ]
    wanted = {"detractor: price": 2, "promoter: people": 1, "passive: (unknown)": 1}
    assert nps_reasons(cut_of(told)) == CountsTally(wanted)


def test_csat_is_the_worked_one() -> None:
    """V11: 150 of 250 are 60 %."""
    found = measure(cut_of(_answers("csat", (5, 100), (4, 50), (3, 60), (1, 40))), csat)
    assert (found.value, found.numerator, found.denominator) == (0.6, 150, 250)


@pytest.mark.parametrize(("scale", "satisfied"), [(5, 2), (7, 3), (4, 2), (3, 1)])
def test_the_box_goes_by_the_scale(scale: int, satisfied: int) -> None:
    """One answer of each score: 4 and 5 of 5, 5 to 7 of 7, 3 and 4 of 4, 3 of 3."""
    answers = _answers("csat", *((score, 1) for score in range(1, scale + 1)))
    assert csat.using({"scale": scale})(cut_of(answers)) == RatioTally(satisfied, scale)


def test_every_answer_about_an_occasion_counts() -> None:
    """CSAT counts both answers of one customer."""
    assert csat(cut_of([touch("03-01", "csat", score=5), touch("03-02", "csat", score=1)])) == RatioTally(1, 2)


def test_a_score_off_the_scale_is_refused() -> None:
    """A six of five; and a scale without a box."""
    cut = cut_of([touch("03-01", "csat", score=6)])
    with pytest.raises(InvalidArgument, match="csat of 5: 1 answer is no whole number from 1 to 5, the first one 6"):
        csat(cut)
    with pytest.raises(InvalidArgument, match="no box for scale=10; scales: 5, 7, 4, 3"):
        csat.using({"scale": 10})(cut)


def test_effort_has_two_definitions() -> None:
    """The mean of 1 to 7, and the share of 5 to 7, each under its own id."""
    cut = cut_of(_answers("ces", (4, 1), (5, 2), (7, 1)))
    assert ces_mean(cut) == MeanTally(4, 21, 115)
    assert ces_share(cut) == RatioTally(3, 4)
    with pytest.raises(InvalidArgument, match="ces: 1 answer is no whole number from 1 to 7, the first one 0"):
        ces_share(cut_of(_answers("ces", (0, 1))))
