"""Health: the score with every missing policy and its shares, where there is one, and with which weights (V14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import Count, Flag, Last, Ratio, Sum, Touchpoint, TouchpointLog, replay
from lifecycle.errors import InvalidArgument
from lifecycle.signs import Health, Measure, Segment

from .club import TICK, club, tp, utc
from .measuring import FACTS, JOINED, NAMES, health_at, ill_or_well, measured

# --- the score ------------------------------------------------------------------------------------------------------


@pytest.mark.smoke
def test_the_published_example() -> None:
    """10, 10 and 0 on a scale to 10 are 6.67 of 10; who is without the first of six weights shares it out (V14)."""
    three = Health([Measure(name, bad=0, good=10) for name in "abc"])
    found = health_at(ill_or_well(three), JOINED, measured("2026-01-02", a=10, b=10, c=0), at="2026-01-03")
    assert found.score == pytest.approx(66.67, abs=0.005)
    weights = dict(zip(NAMES, (20, 20, 16, 16, 16, 12), strict=True))
    six = Health([Measure(name, bad=0, good=10, weight=weight) for name, weight in weights.items()])
    known = dict.fromkeys(NAMES[1:], 7)
    found = health_at(ill_or_well(six), JOINED, measured("2026-01-02", **known), at="2026-01-03")
    assert [share.weight * 100 for share in found.shares] == pytest.approx([0, 25, 20, 20, 20, 15])
    assert found.score == pytest.approx(70)


MISSING = [
    # what a missing b (weight 1) does to an a (weight 3) of 80 points: the score, the weights
    ("leave_out", 80, (1.0, 0.0)),
    ("zero", 60, (0.75, 0.25)),
    ("undefined", None, None),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("policy", "score", "weights"), MISSING, ids=[case[0] for case in MISSING])
def test_what_a_missing_value_does(policy: str, score: float | None, weights: tuple[float, float] | None) -> None:
    """It is left out and the other weights grow, or it counts as 0, or there is no score at all."""
    health = Health([
        Measure("a", bad=0, good=10, weight=3),
        Measure("b", bad=0, good=10, weight=1, missing=policy),  # type: ignore[arg-type]
    ])  # fmt: skip
    definition = ill_or_well(health)
    found = health_at(definition, JOINED, measured("2026-01-02", a=8), at="2026-01-03")
    assert found.score == score
    if weights is None:
        assert (found.band, found.trend, found.shares, found.changes) == (None, None, (), ())
    else:
        assert tuple(share.weight for share in found.shares) == weights
        absent = found.shares[1]
        assert (absent.value, absent.share) == (None, 0.0)
        assert absent.points == (0.0 if policy == "zero" else None)
    both = health_at(definition, JOINED, measured("2026-01-02", a=8, b=4), at="2026-01-03")
    assert both.score == 70
    none = health_at(definition, JOINED, at="2026-01-03")
    assert none.score == (0 if policy == "zero" else None)


@pytest.mark.smoke
def test_a_measure_without_weight_cannot_undo_the_score() -> None:
    """Where a stage gives weight 0 to a measure whose absence would undo the score, its absence does not."""
    measures = [Measure("a", bad=0, good=10), Measure("b", bad=0, good=10, missing="undefined")]
    definition = ill_or_well(Health(measures, weights={"full": {"b": 0}}))
    known = JOINED, measured("2026-01-02", a=8)
    assert health_at(definition, *known, at="2026-01-03").score is None
    assert health_at(definition, *known, tp("upgraded", "2026-01-02T12:00"), at="2026-01-03").score == 80


SCALES = [
    # bad, good, value, points
    (0, 10, 7, 70), (0, 10, 12, 100), (0, 10, -3, 0), (30, 0, 0, 100), (30, 0, 30, 0), (30, 0, 12, 60), (30, 0, 99, 0),
    (-5, 5, 0, 50), (1, 3, 1.5, 25), (0, 1, 0.333, 33.3),
]  # fmt: skip


@pytest.mark.smoke
@pytest.mark.parametrize(("bad", "good", "value", "points"), SCALES)
def test_points_lie_between_the_ends(bad: float, good: float, value: float, points: float) -> None:
    """Points run from the bad end (0) to the good end (100), whichever is the larger number, and stop there."""
    definition = ill_or_well(Health([Measure("a", bad=bad, good=good)]))
    found = health_at(definition, JOINED, measured("2026-01-02", a=value), at="2026-01-03")
    assert found.score == pytest.approx(points)
    assert found.shares[0].points == found.score


@pytest.mark.smoke
def test_money_flags_counts_and_quotients() -> None:
    """Money is measured in major units, a flag is 0 or 1, a quotient as it is, and x ÷ 0 is missing."""
    facts = {
        **FACTS, "spent": Sum("paid"), "signed": Flag("signed"), "views": Count("view"),
        "half": Ratio("views", "orders"),
    }  # fmt: skip
    measures = [
        Measure("spent", bad=0, good=50), Measure("signed", bad=0, good=1), Measure("views", bad=0, good=4),
        Measure("half", bad=0, good=2),
    ]  # fmt: skip
    definition = ill_or_well(Health(measures), facts=facts, currency="EUR")
    paid = Touchpoint("ann", "paid", utc("2026-01-02"), amount="20.00", currency="EUR")
    found = health_at(definition, JOINED, paid, tp("view", "2026-01-02"), tp("signed", "2026-01-02"), at="2026-01-03")
    assert [(share.value, share.points) for share in found.shares] == [(2000, 40), (1, 100), (1, 25), (None, None)]
    assert found.score == pytest.approx(55)


@pytest.mark.smoke
def test_time_changes_the_score() -> None:
    """A score is that of the moment asked for: days pass, and it falls without a touchpoint."""
    definition = club(health=Health([Measure("quiet", bad=10, good=0)]))
    scores = [health_at(definition, JOINED, at=f"2026-01-{day:02}").score for day in (2, 3, 10, 11, 20)]
    assert scores == pytest.approx([90, 80, 10, 0, 0])


# --- shares ---------------------------------------------------------------------------------------------------------

POLICIES = ("leave_out", "zero", "undefined")
measures_of = some.lists(
    some.tuples(
        some.integers(-9, 9), some.integers(1, 20), some.booleans(), some.sampled_from((0.1, 1, 2, 3, 16, 20, 1000.5)),
        some.sampled_from(POLICIES),
        some.one_of(some.none(), some.integers(-15, 15), some.floats(-12, 12, allow_nan=False)),
        some.one_of(some.none(), some.integers(-15, 15), some.floats(-12, 12, allow_nan=False)),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=80)
@given(measures_of)
def test_shares_add_to_the_score_and_changes_to_the_trend(drawn: list[tuple]) -> None:  # type: ignore[type-arg]
    """Weights of what is present add to one, shares to the score, changes of shares to the trend; each by itself."""
    health = Health([
        Measure(name, bad=bad, good=bad + size if is_up else bad - size, weight=weight, missing=policy)
        for name, (bad, size, is_up, weight, policy, _, _) in zip(NAMES, drawn, strict=False)
    ])  # fmt: skip
    facts = {name: Last("measured", of=name).stale_after(days=20) for name in NAMES}
    definition = ill_or_well(health, facts=facts)
    first, second = (
        {name: row[place] for name, row in zip(NAMES, drawn, strict=False) if row[place] is not None}
        for place in (5, 6)
    )
    # A check-up on Monday 5 January; on 3 February, 28 days after the 6th, the old values are missing.
    touchpoints = (JOINED, measured("2026-01-03", **first), measured("2026-02-03", **second))
    then = health_at(definition, *touchpoints[:2], at="2026-01-05")
    now = health_at(definition, *touchpoints, at="2026-02-03T12:00")
    for found, values in ((then, first), (now, second)):
        assert found.score == pytest.approx(by_hand(drawn, values), abs=1e-9)
        if found.score is not None:
            assert sum(share.weight for share in found.shares) == pytest.approx(1)
            assert sum(share.share for share in found.shares) == pytest.approx(found.score, abs=1e-9)
            assert all(share.share == pytest.approx((share.points or 0) * share.weight) for share in found.shares)
            assert 0 <= found.score <= 100 + 1e-9
    if then.score is None or now.score is None:
        assert (now.trend, now.changes) == (None, ())
        return
    assert now.trend == pytest.approx(now.score - then.score, abs=1e-9)
    assert sum(change for _, change in now.changes) == pytest.approx(now.trend, abs=1e-9)
    one_by_one = [new.share - old.share for new, old in zip(now.shares, then.shares, strict=True)]
    assert [change for _, change in now.changes] == pytest.approx(one_by_one)
    log = TouchpointLog.from_touchpoints(touchpoints)
    story = replay(definition, log, until=utc("2026-02-03T12:00") + TICK)
    (early,), (late,) = story.health(utc("2026-01-05") + TICK).rows(), story.health().rows()
    columns = [late[f"share_{name}"] - early[f"share_{name}"] for name in NAMES[: len(drawn)]]
    assert columns == pytest.approx(one_by_one, abs=1e-9)
    assert sum(columns) == pytest.approx(late["trend"], abs=1e-9)


def by_hand(drawn: list[tuple], values: dict[str, float]) -> float | None:  # type: ignore[type-arg]
    """The score, the long way round."""
    top = bottom = 0.0
    for name, (bad, size, is_up, weight, policy, _, _) in zip(NAMES, drawn, strict=False):
        if name not in values and policy == "undefined":
            return None
        if name in values:
            points = (values[name] - bad) / size * (100 if is_up else -100)
            top += weight * (0 if points < 0 else 100 if points > 100 else points)
        if name in values or policy == "zero":
            bottom += weight
    return top / bottom if bottom else None


# --- where and with which weights -----------------------------------------------------------------------------------


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stages", "where"),
    [(None, "trial full back"), ("active", "trial full"), (("lead", "back"), "lead back"), (("inside",), "trial full")],
)
def test_where_there_is_a_score(stages: object, where: str) -> None:
    """In the watched stages there is a score, elsewhere none."""
    definition = ill_or_well(Health([Measure("tenure", bad=0, good=9)], stages=stages))  # type: ignore[arg-type]
    path = [
        tp("mail", "2026-01-01T12:00"), tp("joined", "2026-01-02T12:00"), tp("upgraded", "2026-01-03T12:00"),
        tp("left", "2026-01-04T12:00"), tp("returned", "2026-01-05T12:00"),
    ]  # fmt: skip
    found = [health_at(definition, *path[: n + 1], at=path[n].at).score for n in range(5)]
    names = ("lead", "trial", "full", "away", "back")
    assert [name for name, score in zip(names, found, strict=True) if score is not None] == where.split()


WEIGHTS = [
    # weights=, stage, whether the customer is in the segment → the score; a has 80 points, b 20, usual weights 1 and 1
    ({}, "trial", True, 50),
    ({"full": {"a": 3}}, "trial", False, 50),
    ({"full": {"a": 3}}, "full", False, 65),  # b keeps its own
    ({"full": {"a": 3, "b": 0}}, "full", False, 80),
    ({"inside": {"a": 0}}, "full", False, 20),
    ({"inside": {"a": 0}, "full": {"b": 0}}, "full", False, 20),  # the first that applies counts
    ({"full": {"b": 0}, "inside": {"a": 0}}, "full", False, 80),
    ({"full": {"b": 0}, "inside": {"a": 0}}, "trial", False, 20),
    ({"vip": {"b": 0}}, "trial", True, 80),
    ({"vip": {"b": 0}}, "trial", False, 50),
    ({"vip": {"b": 0}, "trial": {"a": 0}}, "trial", True, 80),
    ({"trial": {"a": 0}, "vip": {"b": 0}}, "trial", True, 20),
    ({"full": {"a": 0}, "vip": {"b": 0}}, "trial", True, 80),
    ({"vip": {"b": 0}, "regular": {"a": 0}}, "trial", True, 80),
    ({"regular": {"a": 0}, "vip": {"b": 0}}, "trial", True, 20),
    ({"regular": {"a": 0}, "vip": {"b": 0}}, "trial", False, 20),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("weights", "stage", "is_vip", "score"), WEIGHTS)
def test_the_first_weights_that_apply_count(
    weights: dict[str, dict[str, float]], stage: str, is_vip: bool, score: float
) -> None:
    """Of stages, compounds and segments with weights the first declared wins; what it does not name keeps its own."""
    segments = [Segment("vip", "orders >= 1"), Segment("regular", "stage != 'away'")]
    measures = [Measure("a", bad=0, good=10), Measure("b", bad=0, good=10)]
    definition = ill_or_well(Health(measures, weights=weights), segments=segments)
    touchpoints = [JOINED, measured("2026-01-02T12:00", a=8, b=2)]
    touchpoints += [tp("order", "2026-01-02T12:00")] if is_vip else []
    touchpoints += [tp("upgraded", "2026-01-02T12:00")] if stage == "full" else []
    found = health_at(definition, *touchpoints, at="2026-01-03")
    assert found.score == score
    assert sum(share.share for share in found.shares) == pytest.approx(score)


@pytest.mark.smoke
def test_time_that_changes_a_segment_changes_the_weights() -> None:
    """A segment that time ends moves the score, and a signal upon it, at that midnight."""
    segments = [Segment("new", "tenure < 3")]
    measures = [Measure("a", bad=0, good=10), Measure("b", bad=0, good=10)]
    definition = ill_or_well(Health(measures, weights={"new": {"b": 0}}), segments=segments)
    known = JOINED, measured("2026-01-02T12:00", a=8, b=2)
    assert [health_at(definition, *known, at=f"2026-01-0{day}").score for day in (3, 4)] == [80, 50]


# --- without --------------------------------------------------------------------------------------------------------


@pytest.mark.smoke
def test_a_definition_without_health() -> None:
    """Nobody has a score where none is declared: `health_of` is None, the table is refused with the remedy."""
    definition = club(segments=[Segment("all", "tenure >= 0")])
    customer = definition.begin(JOINED).customer
    assert definition.health_of(customer, utc("2026-01-02")) is None
    story = replay(definition, TouchpointLog.from_touchpoints([JOINED]))
    with pytest.raises(InvalidArgument, match=r"the definition has no health; pass health=Health\(…\) to it"):
        story.health()
    assert "health" not in story.signs_at().columns


def test_many_customers_at_once() -> None:
    """The table has one row for each who has a score, in order of customer, with what each measure adds."""
    definition = ill_or_well(Health([Measure("a", bad=0, good=10), Measure("b", bad=10, good=0)]))
    touchpoints = []
    for number in range(30):
        id, at = f"c{number:02}", utc("2026-01-01") + timedelta(hours=number)
        touchpoints.append(Touchpoint(id, "joined" if number % 3 else "mail", at))
        touchpoints.append(Touchpoint(id, "measured", at, attributes={"a": number % 11, "b": number % 7}))
    table = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until="2026-01-09").health()
    members = [number for number in range(30) if number % 3]
    assert table["customer"].tolist() == [f"c{number:02}" for number in members]
    for row, number in zip(table.rows(), members, strict=True):
        points = number % 11 * 10, 100 - number % 7 * 10
        assert row["health"] == pytest.approx(sum(points) / 2)
        assert (row["share_a"], row["share_b"]) == pytest.approx((points[0] / 2, points[1] / 2))
    assert table.columns.keys() == {
        "customer", "stage", "health", "band", "trend", "stale_days", "is_stale", "share_a", "share_b",
    }  # fmt: skip


def test_points_are_exact_where_they_can_be() -> None:
    """29 on a scale of 0 to 100 is 29 points, so it is in the band that begins there."""
    scored = club(
        facts={"mark": Last("scored", of="mark")},
        health=Health([Measure("mark", bad=0, good=100)], bands={"low": 0, "high": 29}, margin=0),
    )
    customer = scored.begin(tp("joined", "2026-01-01T12:00")).customer
    customer = scored.advance(customer, tp("scored", "2026-01-02T12:00", mark=29)).customer
    reading = scored.health_of(customer, utc("2026-01-02T13:00"))
    assert (reading.score, reading.band) == (29.0, "high")
