"""What each fact says, by example; `both` asks the fold and the columns and holds them equal."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lifecycle import (
    Count,
    Difference,
    Distinct,
    First,
    Flag,
    Gap,
    InStage,
    Last,
    Max,
    Mean,
    Min,
    Open,
    Ratio,
    Since,
    Sum,
    Tenure,
    Touchpoint,
    TouchpointLog,
)
from lifecycle.errors import DefinitionError, FactOverflow, LifecycleError
from lifecycle.rules import Column, bind_facts

from .readings import asked, both, context, folded, touchpoint

pytestmark = pytest.mark.smoke

VISITS = [touchpoint("visit", day) for day in (0, 0.1, 1, 29, 30)]


@pytest.mark.parametrize(
    ("fact", "later", "value"),
    [
        (Count("visit").within(1), 0, 1),
        (Count("visit").within(1), 1, 0),
        (Count("visit").within(2), 0, 2),
        (Count("visit").within(2), 1, 1),
        (Count("visit").within(30), 0, 3),
        (Count("visit").within(31), 0, 5),
        (Count("visit").within(30), 29, 1),
        (Count("visit").within(30), 30, 0),
        (Count("visit").within(30, ago=30), 0, 2),
        (Count("visit").within(30, ago=30), 29, 4),
        (Count("visit").within(30, ago=30), 30, 3),
        (Count("visit").within(30, ago=30), 58, 2),
        (Count("visit").within(30, ago=30), 59, 1),
        (Count("visit").within(30, ago=30), 60, 0),
        (Count("visit").within(1, ago=1), 0, 1),
        (Count("visit").within(1, ago=30), 0, 2),
        (Distinct("visit"), 0, 4),
        (Distinct("visit").within(31), 0, 4),
        (Distinct("visit").within(30, ago=1), 0, 3),
        (Since("visit"), 0, 0),
        (Since("visit"), 400, 400),
        (Tenure(), 0, 30),
        (Gap("visit"), 0, 7.5),
        (Gap("visit"), 9, 7.5),
    ],
)
def test_edges_of_windows(fact: Count, later: int, value: object) -> None:
    """A window of n days is today and the n - 1 days before; `ago` moves it back by whole days (S14)."""
    assert both(fact, VISITS, later) == value


def test_never_seen_counts_from_the_start_or_is_missing() -> None:
    """`Since` of what never came counts from the first touchpoint, unless it is to be missing (S14)."""
    assert both(Since("login"), VISITS, 3) == 33
    assert both(Since("login", otherwise="missing"), VISITS, 3) is None
    assert both(Since("login"), VISITS[:1]) == 0


def test_sums_are_exact_in_minor_units() -> None:
    """Money is summed in minor units: ten times ten cents are one euro, refunds count against."""
    dimes = [touchpoint("bought", day, amount="0.10") for day in range(10)]
    assert both(Sum("bought"), dimes) == 100
    assert both(Sum("bought"), [*dimes, touchpoint("bought", 10, amount="-1.01")]) == -1
    assert both(Mean("bought"), dimes) == 10.0
    assert both(Sum("bought").within(3), dimes) == 30
    assert both(Sum("bought"), [touchpoint("bought", amount=5, currency="JPY")], currency="JPY") == 5
    assert both(Sum("bought"), VISITS) == 0
    assert both(Mean("bought"), VISITS) is None


def test_an_attribute_is_rounded_before_it_is_summed() -> None:
    """Numbers are rounded one by one, half to even, so that no order changes the sum."""
    halves = [touchpoint("use", day, hours=hours) for day, hours in enumerate((0.5, 1.5, 2.5))]
    assert both(Sum("use", of="hours", decimals=0), halves) == 0 + 2 + 2
    assert both(Sum("use", of="hours", decimals=1), halves) == 45
    tenths = [touchpoint("use", hours=0.1), touchpoint("use", hours=0.2)]
    assert both(Sum("use", of="hours"), tenths) == 300_000


def test_extremes_and_ends() -> None:
    """The smallest, the largest, the first and the last value; touchpoints without one are passed over."""
    found = [touchpoint("use", day, **about) for day, about in enumerate([{}, {"n": 3}, {"n": 1}, {"n": "x"}, {}])]
    assert both(Min("use", of="n"), found) == 1.0
    assert both(Max("use", of="n"), found) == 3.0
    assert both(First("use", of="n"), found) == 3.0
    assert both(Last("use", of="n"), found) == 1.0
    assert both(Last("use", of="n", type="text"), found) == "x"
    assert both(Max("use", of="n").within(3), found) == 1.0
    assert both(Max("use", of="n").within(2), found) is None
    assert both(Last("use", of="n"), found[:1]) is None
    assert both(Last("use", of="n").stale_after(days=3), found) == 1.0
    assert both(Last("use", of="n").stale_after(days=1), found) is None
    assert both(Last("use", of="n").stale_after(days=2), found) == 1.0


def test_flags() -> None:
    """A flag says whether something was seen, or the last yes or no."""
    found = [touchpoint("use", 0, beta=True), touchpoint("use", 1, beta=False), touchpoint("use", 2)]
    assert both(Flag("use"), found) == 1
    assert both(Flag("login"), found) == 0
    assert both(Flag("use", of="beta"), found[:1]) == 1
    assert both(Flag("use", of="beta"), found) == 0
    assert both(Flag("use", of="alpha"), found) is None


def test_gap_needs_two() -> None:
    """The mean gap is missing before the second touchpoint, and 0 for two on one day."""
    assert both(Gap("visit"), VISITS[:1]) is None
    assert both(Gap("visit"), VISITS[:2]) == 0.0


def ticket(kind: str, day: float, ref: str | None = None) -> Touchpoint:
    """A touchpoint that opens or closes something."""
    about = {} if ref is None else {"ref": ref}
    return touchpoint(kind, day, **about)


@pytest.mark.parametrize(
    ("history", "n", "oldest"),
    [
        ([("opened", 0, "a")], 1, 0),
        ([("opened", 0, "a"), ("opened", 5, "a")], 1, 5),
        ([("opened", 0, "a"), ("opened", 5, "b"), ("use", 9, None)], 2, 9),
        ([("opened", 0, "a"), ("opened", 5, "b"), ("closed", 9, "a")], 1, 4),
        ([("opened", 0, "a"), ("closed", 1, "a"), ("opened", 5, "a"), ("use", 9, None)], 1, 4),
        ([("closed", 0, "a"), ("opened", 1, "a"), ("use", 2, None)], 1, 1),
        ([("opened", 0, "a"), ("closed", 1, "a"), ("closed", 2, "a")], 0, None),
        ([("opened", 0, None), ("opened", 1, None), ("use", 3, None)], 1, 3),
        ([("opened", 0, None), ("closed", 1, "a"), ("use", 3, None)], 1, 3),
        ([("opened", 0, None), ("closed", 1, ""), ("use", 3, None)], 0, None),
        ([("opened", 0, ""), ("closed", 1, None)], 0, None),
        ([("closed", 0, "nobody opened this")], 0, None),
        ([("opened", 0, "a"), ("closed", 0, "a"), ("opened", 0, "a")], 1, 0),
    ],
)
def test_open_by_reference(history: list[tuple[str, float, str | None]], n: int, oldest: int | None) -> None:
    """What is opened and closed is matched by its reference; none at all is one reference too."""
    found = [ticket(*row) for row in history]
    fact = Open("opened", "closed")
    assert both(fact, found) == n  # type: ignore[arg-type]
    assert both(fact.oldest(), found) == oldest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later", "week", "holidays", "age"),
    [
        (0, "1111100", (), 0),
        (1, "1111100", (), 1),
        (4, "1111100", (), 4),  # 30 January 2024 was a Tuesday
        (5, "1111100", (), 4),
        (6, "1111100", (), 4),
        (7, "1111100", (), 5),
        (7, "1111111", (), 7),
        (7, "1111100", (date(2024, 2, 1), date(2024, 2, 3)), 4),
        (7, "1111100", (date(2024, 2, 6),), 5),
        (7, "0000010", (), 1),
        (31, "1111100", (date(2024, 2, 29),), 22),
    ],
)
def test_business_days_of_the_oldest(later: int, week: str, holidays: tuple[date, ...], age: int) -> None:
    """Business days run from the day of opening to yesterday; weekends and holidays do not count."""
    fact = Open("opened", "closed").oldest("business_days", week=week, holidays=holidays)
    assert both(fact, [touchpoint("opened")], later) == age


@pytest.mark.parametrize(
    ("of", "to", "value"), [(1, 2, 0.5), (0, 2, 0.0), (0, 0, None), (3, 0, None), (None, 2, None), (2, None, None)]
)
def test_a_ratio_of_nothing_is_missing(of: int | None, to: int | None, value: float | None) -> None:
    """Anything ÷ 0, and 0 ÷ 0 are missing, like a quotient of what is missing (S12)."""
    column = [Column(np.array([part or 0]), np.array([part is not None])) for part in (of, to)]
    ratio = Ratio("of", "to")
    assert ratio.scalar(of, to, (1, 1)) == value
    assert ratio.column(*column, (1, 1)).value(0) == value


def test_a_ratio_knows_units() -> None:
    """Euros per touchpoint come out in euros, whatever they are stored in."""
    facts = bind_facts({"n": Count(), "spend": Sum(), "each": Ratio("spend", "n")}, context())
    states = tuple(fact.fold(fact.start, touchpoint("bought", amount="2.50"), 0) for fact in facts.folded.values())
    assert facts.reader(states, 0, 0, lambda name: None)("each") == 2.5


def test_sums_stop_where_floats_stop_being_exact() -> None:
    """A sum of 2**53 and more is refused by both engines, as a declared error (S12)."""
    most = 2**53 - 1
    amount = f"{most // 100}.{most % 100:02d}"
    near, over = (
        [touchpoint("bought", amount=amount)],
        [touchpoint("bought", amount=amount), touchpoint("bought", amount="0.01")],
    )
    assert both(Sum("bought"), near) == most
    for fact in (Sum("bought"), Sum("bought").within(5), Mean("bought")):
        lent = context()
        with pytest.raises(FactOverflow, match="beyond 2\\*\\*53: count in larger units"):
            folded(fact.bind(lent), over)
        with pytest.raises(FactOverflow, match="beyond 2\\*\\*53: count in larger units"):
            asked(fact.bind(lent), TouchpointLog.from_touchpoints(over), [(0, 2, 19_752)], lent)
    assert both(Sum("bought"), [*near, touchpoint("bought", amount=f"-{amount}"), near[0]]) == most


@pytest.mark.parametrize("value", [2.0**53, 1e300, -1e305, 1.7e308])
def test_a_number_too_large_for_a_sum_is_refused(value: float) -> None:
    """One huge attribute is a declared error to both engines, never infinite."""
    lent, found = context(), [touchpoint("use", hours=value)]
    for fact in (Sum("use", of="hours"), Sum("use", of="hours", decimals=9).within(2), Mean("use", of="hours")):
        with pytest.raises(FactOverflow):
            folded(fact.bind(lent), found)
        with pytest.raises(FactOverflow):
            asked(fact.bind(lent), TouchpointLog.from_touchpoints(found), [(0, 1, 19_752)], lent)
    assert both(Max("use", of="hours"), found) == value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Count("visit").within(0), "within=0 is not a whole number of days from 1 to 36,600"),
        (lambda: Count("visit").within(36_601), "within=36601 is not a whole number"),
        (lambda: Count("visit").within(True), "within=True is not a whole number"),
        (lambda: Count("visit").within(1.5), "within=1.5 is not a whole number"),
        (lambda: Count("visit").within(7, ago=-1), "ago=-1 is not a whole number of days from 0 to 36,600"),
        (lambda: Distinct("visit", new=True), "new=True counts texts; name their attribute"),
        (lambda: Last("use", of="n").stale_after(days=-1), "stale_after(days=-1) is not a whole number of days"),
        (lambda: Last("use", of="n").stale_after(days=True), "stale_after(days=True)"),
        (lambda: Open("a", "b").oldest("business_days", week="11111"), "is not seven signs 0 or 1"),
        (lambda: Open("a", "b").oldest("business_days", week="0000000"), "is not seven signs 0 or 1"),
        (lambda: Count("visit", where="n =").bind(context()), "cannot be read"),
        (lambda: Count("visit", where=["n"]).bind(context()), "a condition is a text"),
        (lambda: Count("visit", where="n" * 2_000).bind(context()), "at most 1000 are read"),
    ],
)
def test_what_no_fact_can_be(make: object, message: str) -> None:
    """A fact with a part that makes no sense is refused when it is declared or bound."""
    with pytest.raises(LifecycleError) as caught:
        make()  # type: ignore[operator]
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "messages"),
    [
        ({"logins 30d": Count()}, ["fact 'logins 30d': a name is letters, digits and underscores"]),
        ({"": Count()}, ["fact '': a name is letters"]),
        (
            {"stage": Count(), "signal_x": Count(), "v": Count()},
            ["fact 'stage': the name is reserved", "'signal_x'", "'v'"],
        ),
        ({"n": 7}, ["fact 'n': 7 has no method bind(context)"]),
        ({"n": Count(), "r": Ratio("n", "m")}, ["fact 'r' reads 'm', which is not a fact; declare it"]),
        ({"views": Count(), "r": Ratio("view", "views")}, ["did you mean 'views'?"]),
        ({"r": Ratio("s", "s"), "s": Ratio("r", "r")}, ["fact 'r' and 's' refer to each other in a circle"]),
        ({"r": Ratio("r", "r")}, ["refer to each other in a circle"]),
        ({"t": Last(of="x", type="text"), "r": Ratio("t", "t")}, ["fact 'r': 't' is a text, not a number"]),
        ({"a": Sum(), "b": Count(), "d": Difference("a", "b")}, ["takes a plain number from a EUR"]),
    ],
)
def test_facts_that_do_not_fit_together(facts: dict[str, object], messages: list[str]) -> None:
    """All problems of the facts of a definition are told together."""
    with pytest.raises(DefinitionError) as caught:
        bind_facts(facts, context())  # type: ignore[arg-type]
    for message in messages:
        assert message in str(caught.value)


def test_formulas_over_formulas_in_any_order() -> None:
    """A formula may stand before what it reads, and read other formulas; facts keep their declared order."""
    declared = {"more": Difference("share", "half"), "share": Ratio("n", "all"), "n": Count("a"), "all": Count()}
    facts = bind_facts({**declared, "half": Ratio("two", "all"), "two": Count("a").within(2)}, context())
    assert list(facts.types) == ["more", "share", "n", "all", "half", "two"]
    states = [fact.start for fact in facts.folded.values()]
    for day in (0, 1, 2, 3):
        states = [
            fact.fold(state, touchpoint("a"), day) for state, fact in zip(states, facts.folded.values(), strict=True)
        ]
    assert facts.reader(tuple(states), 3, 0, lambda name: None)("more") == 4 / 4 - 2 / 4


def test_what_depends_on_the_stage_is_known() -> None:
    """Facts that need the stage are found, through formulas over formulas too."""
    declared = {"latest": Difference("later", "tenure"), "later": Difference("tenure", "here")}
    facts = bind_facts({**declared, "tenure": Tenure(), "here": InStage(), "n": Count()}, context())
    assert facts.unknown_without_stage() == {"here", "later", "latest"}
