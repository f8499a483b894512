"""By moment: every pair of customer and moment lands where a person would put it."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from lifecycle.backtest import BacktestResult, Moments, Outcomes, judge_columns, judge_moments, raised

from .twin import DAY, Pair, by_moment, columns, make_world

END = 1000 * DAY


def one(at_risk: list[Pair], flagged: list[bool], outcomes: list[Pair], end_us: int = END) -> BacktestResult:
    """A back-test with a horizon of 10 days."""
    known = Outcomes(*columns(outcomes), horizon_days=10, end_us=end_us)
    return judge_moments(Moments(*columns(at_risk), known), np.array(flagged, bool))


def cells(result: BacktestResult) -> tuple[int, ...]:
    """Flagged and followed, flagged only, followed only, neither."""
    assert result.counts is not None
    return attrs.astuple(result.counts)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("flagged", "outcome_day", "wanted"),
    [
        (True, 105, (1, 0, 0, 0)),
        (True, 120, (0, 1, 0, 0)),
        (False, 105, (0, 0, 1, 0)),
        (False, 120, (0, 0, 0, 1)),
        (True, 110, (1, 0, 0, 0)),
        (True, 111, (0, 1, 0, 0)),
        (True, 99, (0, 1, 0, 0)),
        (False, 101, (0, 0, 1, 0)),
    ],
    ids=["hit", "false alarm", "missed", "quiet", "last instant of the horizon", "a day late", "before", "day after"],
)
def test_a_pair_lands_in_its_cell(flagged: bool, outcome_day: int, wanted: tuple[int, ...]) -> None:
    """The outcome counts when it comes after the moment and up to the end of the horizon."""
    assert cells(one([(0, 100 * DAY)], [flagged], [(0, outcome_day * DAY)])) == wanted


def test_an_outcome_of_somebody_else_does_not_count() -> None:
    """Only the customer's own outcomes follow its moments."""
    assert cells(one([(1, 100 * DAY)], [True], [(0, 105 * DAY), (2, 105 * DAY)])) == (0, 1, 0, 0)


def test_a_moment_at_the_outcome_is_left_out() -> None:
    """At the very instant of the outcome it is too late for any sign, so the pair is not judged."""
    result = one([(0, 100 * DAY), (1, 100 * DAY)], [True, True], [(0, 100 * DAY), (0, 105 * DAY)])
    assert (cells(result), result.left_out.n_at_outcome) == ((0, 1, 0, 0), 1)


def test_an_incomplete_horizon_is_left_out_even_when_the_outcome_was_seen() -> None:
    """To keep only those of whom the outcome was seen before the end would overstate the risk."""
    result = one([(0, 100 * DAY), (1, 100 * DAY)], [True, False], [(0, 101 * DAY)], end_us=110 * DAY - 1)
    assert (cells(result), result.left_out.n_censored, result.n_left_out) == ((0, 0, 0, 0), 2, 2)
    assert cells(one([(0, 100 * DAY)], [True], [(0, 101 * DAY)], end_us=110 * DAY)) == (1, 0, 0, 0)


def test_a_customer_may_be_lost_twice() -> None:
    """Each outcome follows the moments before it; moments between belong to the second."""
    moments = [(0, day * DAY) for day in (95, 105, 108, 130)]
    result = one(moments, [True, False, True, False], [(0, 100 * DAY), (0, 112 * DAY)])
    assert (cells(result), result.n_outcomes) == ((2, 0, 1, 1), 2)


@pytest.mark.smoke
def test_shares_are_those_of_the_cells() -> None:
    """Precision, recall, base rate and lift of a table counted by hand: 3 hits, 1 false alarm, 2 missed, 4 quiet."""
    at_risk = [(customer, 100 * DAY) for customer in range(10)]
    outcomes = [(customer, 103 * DAY) for customer in (0, 1, 2, 4, 5)]
    result = one(at_risk, [True] * 4 + [False] * 6, outcomes)
    assert cells(result) == (3, 1, 2, 4)
    assert [result.precision.value, result.recall.value, result.base_rate.value] == [0.75, 0.6, 0.5]
    assert result.lift.value == pytest.approx(1.5)
    assert (result.precision.numerator, result.precision.denominator) == (3, 4)
    assert (result.lift.numerator, result.lift.denominator) == (0.75, 0.5)


def test_a_sign_that_is_never_raised_has_no_precision() -> None:
    """Nothing divided by nothing is undefined, with the reason, and not 0."""
    result = one([(0, 100 * DAY)], [False], [(0, 101 * DAY)])
    assert (result.precision.value, result.lift.value, result.verdict) == (None, None, "unknown")
    assert result.precision.note == "undefined because nothing was flagged"
    assert (result.recall.value, result.recall.numerator, result.recall.denominator) == (0, 0, 1)


def test_an_outcome_that_never_follows_leaves_no_recall() -> None:
    """Without outcomes recall and lift are undefined; precision and base rate are 0."""
    result = one([(0, 100 * DAY)], [True], [])
    assert (result.recall.value, result.lift.value) == (None, None)
    assert result.lift.note == "undefined because the outcome never followed"
    assert (result.precision.value, result.base_rate.value) == (0, 0)


def test_nobody_at_risk_is_no_error() -> None:
    """An empty grid gives undefined numbers."""
    result = one([], [], [])
    assert [result.precision.value, result.recall.value, result.base_rate.value, result.lift.value] == [None] * 4


@pytest.mark.parametrize("first", range(0, 600, 50))
def test_the_counts_are_those_of_the_twin(first: int) -> None:
    """On random histories with repeated outcomes and instants that meet, all counts equal those row by row."""
    for seed in range(first, first + 50):
        world = make_world(seed)
        moments, _, _ = world.made()
        result, wanted = judge_moments(moments, np.array(world.flagged, bool)), by_moment(world, world.flagged)
        assert cells(result) == tuple(wanted[key] for key in ("tp", "fp", "fn", "tn")), seed
        left = (result.left_out.n_censored, result.left_out.n_at_outcome)
        assert left == (wanted["censored"], wanted["at_outcome"]), seed
        assert (result.n_episodes, result.n_outcomes) == (wanted["raised"], wanted["seen"]), seed
        assert len(raised(moments, np.array(world.flagged, bool))) == wanted["alerts"], seed


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_columns_give_the_same(first: int) -> None:
    """Moment by moment, with all customers in a column, the result is the same to the last bit."""
    for seed in range(first, first + 50):
        world = make_world(seed)
        moments, outcomes, _ = world.made()
        flagged = np.array(world.flagged, bool)
        shape = (len(moments.instants), 7)
        risk, stands = np.zeros(shape, bool), np.zeros(shape, bool)
        place = np.searchsorted(moments.instants, moments.at_us)
        risk[place, moments.customer], stands[place, moments.customer] = True, flagged
        wanted = judge_moments(moments, flagged, name="a")
        assert judge_columns(zip(moments.instants, risk, stands, strict=True), outcomes, name="a") == wanted, seed


def test_columns_read_no_flag_of_who_is_not_at_risk() -> None:
    """A flag outside the watched stages counts nowhere, and does not hold a sign up."""
    outcomes = Outcomes(*columns([]), horizon_days=1, end_us=END)
    risk, stands = np.array([[False], [True]]), np.array([[True], [True]])
    result = judge_columns(zip([0, DAY], risk, stands, strict=True), outcomes)
    assert (result.n_episodes, cells(result)) == (1, (0, 1, 0, 0))


def test_columns_skip_outcomes_of_who_has_none() -> None:
    """Customers beyond the columns are nobody's concern."""
    outcomes = Outcomes(*columns([(0, 2 * DAY), (5, 2 * DAY)]), horizon_days=3, end_us=END)
    result = judge_columns([(0, np.array([True, True]), np.array([True, False]))], outcomes)
    assert (cells(result), result.n_outcomes) == ((1, 0, 0, 1), 1)


def test_no_columns_are_no_error() -> None:
    """Without any moment everything is undefined."""
    assert judge_columns([], Outcomes([0], [0], horizon_days=1, end_us=END)).precision.value is None


@pytest.mark.parametrize("seed", range(40))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    """Any order of pairs and of outcomes gives the same result."""
    world, random = make_world(seed), np.random.default_rng(seed)
    moments, outcomes, _ = world.made()
    flagged = np.array(world.flagged, bool)
    mixed, other = random.permutation(len(moments)), random.permutation(len(world.outcomes))
    customer, at = columns(world.outcomes)
    known = attrs.evolve(outcomes, customer=customer[other], at_us=at[other])
    shuffled = Moments(moments.customer[mixed], moments.at_us[mixed], known)
    assert judge_moments(shuffled, flagged[mixed]) == judge_moments(moments, flagged)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_after_the_horizon_changes_anything(seed: int) -> None:
    """Outcomes beyond the last horizon can be deleted, moved or added: the result stays."""
    world, random = make_world(seed), np.random.default_rng(seed)
    if not world.at_risk:
        return
    flagged = np.array(world.flagged, bool)
    result = judge_moments(world.made()[0], flagged)
    beyond = min(max(at for _, at in world.at_risk) + world.horizon_days * DAY, world.end_us)
    early = [pair for pair in world.outcomes if pair[1] <= beyond]
    moved = [(who, at + DAY) for who, at in world.outcomes if at > beyond]
    more = [(int(random.integers(7)), beyond + 1 + int(random.integers(90)) * DAY) for _ in range(5)]
    for later in ([], moved, more):
        changed = attrs.evolve(world, outcomes=early + later).made()[0]
        assert judge_moments(changed, flagged) == result


def test_each_moment_sees_its_own_horizon_only() -> None:
    """Moving an outcome about beyond a moment's horizon does not change that moment's label."""
    moments = [(0, 0), (0, 50 * DAY)]
    labels = []
    for day in (61, 70, 400):
        known = Outcomes(*columns([(0, 5 * DAY), (0, day * DAY)]), horizon_days=10, end_us=END)
        labels.append(Moments(*columns(moments), known).followed.tolist())
    assert labels == [[True, False]] * 3


def test_sparse_codes_are_the_same_customers() -> None:
    """Codes may have large gaps: they are names, and need no memory each."""
    near = one([(0, 0), (1, 0), (1, 7 * DAY)], [True, False, True], [(1, 9 * DAY)])
    far = one([(5, 0), (2**31 - 1, 0), (2**31 - 1, 7 * DAY)], [True, False, True], [(2**31 - 1, 9 * DAY)])
    assert near == far


def test_a_sign_is_raised_again_after_a_gap() -> None:
    """Flagged at every moment it is raised once; out of risk for a moment, or not flagged, once more."""
    outcomes = Outcomes(*columns([]), horizon_days=1, end_us=END)
    moments = Moments(*columns([(0, 0), (0, DAY), (1, 0), (1, DAY), (1, 2 * DAY), (2, 0), (2, 2 * DAY)]), outcomes)
    episodes = raised(moments, np.array([True, True, True, False, True, True, True]))
    assert list(zip(episodes.customer.tolist(), (episodes.start_us // DAY).tolist(), strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 2),
        (2, 0),
        (2, 2),
    ]


@pytest.mark.smoke
def test_a_perfect_sign_is_better_than_chance_and_a_worthless_one_is_not() -> None:
    """Flags that are the label have precision and recall 1; flags that are chance have a lift around 1."""
    random = np.random.default_rng(5)
    at_risk = [(customer, week * 7 * DAY) for customer in range(300) for week in range(20)]
    lost = [(customer, int(random.integers(5, 900)) * DAY // 4) for customer in range(300)]
    moments = Moments(*columns(at_risk), Outcomes(*columns(lost), horizon_days=14, end_us=END))
    perfect = judge_moments(moments, moments.followed)
    assert (perfect.precision.value, perfect.recall.value) == (1, 1)
    assert perfect.lift.value == pytest.approx(1 / (perfect.base_rate.value or 0))
    assert perfect.verdict == "better than chance"
    assert judge_moments(moments, random.random(len(moments)) < 0.2).verdict == "no better than chance"
    assert judge_moments(moments, np.ones(len(moments), bool)).verdict == "no better than chance"
    assert judge_moments(moments, ~moments.followed).verdict == "worse than chance"
