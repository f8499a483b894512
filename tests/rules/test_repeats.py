"""How often one text comes, how many texts there are, and how many are new: `Most` and `Distinct`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import Distinct, Most, Touchpoint, TouchpointLog
from lifecycle.errors import DefinitionError
from lifecycle.model import Calendar
from lifecycle.rules import Fact, Points, Rows, Value, _repeats, _spans

from .readings import PASSIVE, both, context, touchpoint, unannounced

BEGIN = datetime(2024, 2, 27, 20, tzinfo=UTC)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
WHERE = "w >= 1"
FACTS: dict[str, Most | Distinct] = {
    f"{name} {form}": fact if window is None else fact.within(window[0], ago=window[1])
    for name, fact in {
        "most": Most("view", of="page"),
        "most of life": Most(of="page", where=WHERE),
        "texts": Distinct("view", of="page"),
        "new": Distinct("view", of="page", new=True),
        "new where": Distinct(("view", "buy"), of="page", where=WHERE, new=True),
    }.items()
    for form, window in {
        "": None,
        "7": (7, 0),
        "1": (1, 0),
        "3 ago 2": (3, 2),
        "2 ago 9": (2, 9),
        "30": (30, 0),
    }.items()
    if window is not None or "new" not in name
}


@some.composite
def histories(draw: some.DrawFn) -> list[list[Touchpoint]]:
    """The views of up to three customers."""
    found = []
    pages = some.sampled_from(draw(some.sampled_from([["A", "B", None], ["A", "A", "B", "", 3, "3", 0.5], ["A"]])))
    hours = some.sampled_from(draw(some.sampled_from([[0, 1, 24], [0, 0.001, 30, 60, 100, 250], [4]])))
    for number in range(draw(some.integers(1, 3))):
        at, history = BEGIN, []
        for step in draw(some.lists(hours, min_size=1, max_size=14)):
            at += timedelta(hours=step)
            about = {"page": draw(pages), "w": draw(some.sampled_from([0, 1, 5]))}
            kind = draw(some.sampled_from(["view", "view", "view", "buy", "mail_sent"]))
            history.append(Touchpoint(f"c{number}", kind, at, attributes=about))
        found.append(history)
    return found


def day(one: Touchpoint, zone: str) -> int:
    """The calendar day of a touchpoint."""
    return Calendar(zone).day_of(one.at_us)


def expected(fact: Most | Distinct, history: Sequence[Touchpoint], today: int, zone: str) -> int:
    """The value from the whole history at once."""
    seen = []
    for one in history:
        page = one.attributes.get("page")
        heard = one.kind in fact.kinds if fact.kinds else one.kind not in PASSIVE
        if heard and page not in (None, 0.5) and (fact.where is None or one.attributes["w"] >= 1):
            seen.append((str(page), today - day(one, zone)))
    low, high = (0, 10**6) if fact.days is None else (fact.days.ago, fact.days.ago + fact.days.n - 1)
    inside = [page for page, age in seen if low <= age <= high]
    if isinstance(fact, Most):
        return Counter(inside).most_common(1)[0][1] if inside else 0
    return len(set(inside) - {page for page, age in seen if age > high}) if fact.new else len(set(inside))


def rows_of(found: list[list[Touchpoint]], zone: str) -> Rows:
    """The columns of some customers."""
    log = TouchpointLog.from_touchpoints(one for history in found for one in history)
    return Rows(log.block(0, log.n_customers), Calendar(zone), {}, PASSIVE, 2)


def columns(fact: Fact, rows: Rows, wanted: list[tuple[int, int, int]]) -> list[Value]:
    """The values from the columns at (customer, how many rows are seen, day)."""
    who, seen, today = (np.array(part) for part in zip(*wanted, strict=True))
    points = Points(who.astype(np.int32), rows.starts[who] + seen, today.astype(np.int32))
    column = fact.bind(context()).query(rows, points)
    assert column.values.dtype == np.int64
    return [column.value(place) for place in range(len(wanted))]


def tuples(value: Any) -> Any:
    """Lists as tuples."""
    return tuple(map(tuples, value)) if isinstance(value, list) else value


@settings(max_examples=80)
@given(histories(), some.sampled_from(ZONES))
def test_texts_are_those_of_the_whole_history(found: list[list[Touchpoint]], zone: str) -> None:
    """The fold, the columns, and a count over the whole history give one number, in every zone and window."""
    rows = rows_of(found, zone)
    wanted = [
        (customer, seen, day(one, zone) + later)
        for customer, history in enumerate(found)
        for seen, one in enumerate(history, 1)
        for later in (0, 1, 3, 8, 33)
    ]
    for name, fact in FACTS.items():
        truth = [expected(fact, found[who][:seen], today, zone) for who, seen, today in wanted]
        assert columns(fact, rows, wanted) == truth, name
        assert folds(fact, found, wanted, zone) == truth, name


def folds(fact: Fact, found: list[list[Touchpoint]], wanted: list[tuple[int, int, int]], zone: str) -> list[Value]:
    """The values from folds; the states are JSON values and tuples."""
    bound, values = fact.bind(context()), []
    for customer, seen, today in wanted:
        state = bound.start
        for one in found[customer][:seen]:
            if one.kind in bound.kinds if bound.kinds is not None else one.kind not in PASSIVE:
                state = bound.fold(state, one, day(one, zone))
        assert tuples(json.loads(json.dumps(state))) == state
        values.append(bound.read(state, today, 0))
    return values


@settings(max_examples=100)
@given(histories(), some.sampled_from(ZONES))
def test_whatever_time_changes_was_announced(found: list[list[Touchpoint]], zone: str) -> None:
    """A text that enters or leaves a window is told beforehand, by the state and by the rows."""
    rows = rows_of(found, zone)
    for name, fact in FACTS.items():
        assert unannounced(fact.bind(context()), found, rows) == [], name


@settings(max_examples=200)
@given(some.data())
def test_spans_are_counted_whichever_way(data: some.DataObject) -> None:
    """Chains of equal texts, each span counted for itself, and any cut into chunks give one number."""
    sizes = data.draw(some.lists(some.integers(1, 40), min_size=1, max_size=3))
    n_texts, n_days = data.draw(some.integers(1, 4)), data.draw(some.integers(1, 12))
    codes = np.array(data.draw(some.lists(some.integers(0, n_texts - 1), min_size=sum(sizes), max_size=sum(sizes))))
    gaps = data.draw(some.lists(some.integers(0, 2), min_size=sum(sizes), max_size=sum(sizes)))
    ends = np.cumsum(sizes)
    customer = np.repeat(np.arange(len(sizes)), sizes)
    days = np.concatenate([np.cumsum(part) for part in np.split(np.array(gaps), ends[:-1])])
    before = np.array([
        max((place for place in range(at) if codes[place] == codes[at] and customer[place] == customer[at]), default=-1)
        for at in range(len(codes))
    ])  # fmt: skip
    spans = [
        (low, high)
        for low in range(len(codes))
        for high in range(low, len(codes) + 1)
        if low == high or (customer[low] == customer[high - 1] and days[high - 1] - days[low] < n_days)
    ]
    low, high = np.array(spans).T
    most = [max(Counter(codes[a:b].tolist()).values(), default=0) for a, b in spans]
    different = [len(set(codes[a:b].tolist())) for a, b in spans]
    for cost, chunk in ((0, 1), (0, 7), (10**9, 10**6), (1, 100)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_repeats, "_SORTING", cost)
            patch.setattr(_spans, "CHUNK", chunk)
            assert _repeats.n_most(codes, before, low, high, days, n_days).tolist() == most
            assert _repeats.n_different(before, low, high).tolist() == different


@settings(max_examples=100)
@given(some.data())
def test_windows_that_slide_are_counted_in_one_sweep(data: some.DataObject) -> None:
    """Spans whose ends ascend as their begins do, in any order, are counted as each for itself."""
    sizes = data.draw(some.lists(some.integers(0, 30), min_size=1, max_size=3))
    n = sum(sizes)
    codes = np.array(data.draw(some.lists(some.integers(0, 3), min_size=n, max_size=n)), np.int64)
    begin = np.repeat(np.cumsum(sizes) - sizes, sizes)
    before = np.array([
        max((place for place in range(begin[at], at) if codes[place] == codes[at]), default=-1) for at in range(n)
    ], np.int64)  # fmt: skip
    width = data.draw(some.integers(1, 30))
    skipped = data.draw(some.integers(0, 5))
    high = np.maximum(np.arange(n) + 1 - skipped, begin)
    low = np.minimum(np.maximum(high - width, begin), high)
    order = np.array(data.draw(some.permutations(range(n))), np.int64)
    low, high = low[order], high[order]
    swept = _repeats._swept(before, low, high)
    assert swept is not None
    assert swept.tolist() == [len(set(codes[a:b].tolist())) for a, b in zip(low, high, strict=True)]
    assert swept.dtype == np.int64


VIEWS = [
    touchpoint("view", day, page=page) for day, page in ((0, "a"), (0, "b"), (1, "a"), (1, "b"), (3, "b"), (9, "c"))
]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("fact", "later", "value"),
    [
        (Most("view", of="page"), 0, 3),
        (Most("view", of="page").within(10), 0, 3),
        (Most("view", of="page").within(9), 0, 2),
        (Most("view", of="page").within(7), 0, 1),
        (Most("view", of="page").within(7, ago=3), 0, 3),
        (Most("view", of="page").within(2, ago=8), 0, 2),
        (Most("view", of="page").within(1), 1, 0),
        (Most("view", of="other"), 0, 0),
        (Most(), 0, 0),
        (Distinct("view", of="page").within(7), 0, 2),
        (Distinct("view", of="page").within(2, ago=8), 0, 2),
        (Distinct("view", of="page").within(3, ago=5), 0, 1),
        (Distinct("view", of="page").within(3, ago=6), 0, 2),
        (Distinct("view", of="page").within(1, ago=7), 0, 0),
        (Distinct("view", of="page").within(1, ago=7), 7, 1),
        (Distinct("view", of="page", new=True).within(1), 0, 1),
        (Distinct("view", of="page", new=True).within(9), 0, 1),
        (Distinct("view", of="page", new=True).within(10), 0, 3),
        (Distinct("view", of="page", new=True).within(10, ago=1), 0, 2),
        (Distinct("view", of="page", new=True).within(30), 29, 1),
        (Distinct("view", of="page", new=True).within(30), 30, 0),
    ],
)
def test_most_and_new(fact: Fact, later: int, value: int) -> None:
    """The most frequent text of a window, its different texts, and those never seen before it."""
    assert both(fact, VIEWS, later) == value


@pytest.mark.smoke
@pytest.mark.parametrize("window", [None, (3, 0), (3, 1)])
def test_amounts_are_told_apart_too(window: tuple[int, int] | None) -> None:
    """Where the attribute is the amount, equal amounts are one text; refunds and large amounts are others."""
    amounts = ["5", "-5", "5", "42949672.96", "5", "0", "-5", "5.00"]
    history = [touchpoint("bought", at / 10, amount=amount) for at, amount in enumerate(amounts)]
    history.append(touchpoint("bought", 1.5, amount="7"))
    history.append(touchpoint("bought", 1.6))
    ends = {None: (4, 5), (3, 0): (4, 5), (3, 1): (4, 4)}[window]
    for fact, value in zip((Most("bought", of="amount"), Distinct("bought", of="amount")), ends, strict=True):
        assert both(fact if window is None else fact.within(window[0], ago=window[1]), history, 0) == value


@pytest.mark.smoke
def test_a_text_seen_daily_is_kept_at_few_days() -> None:
    """Of a text that comes every day, a state holds what a window can still need, not every day of its reach."""
    calendar, history = Calendar("UTC"), [touchpoint("view", at, page="a") for at in range(400)]
    for fact, most in (
        (Distinct("view", of="page"), 1),
        (Distinct("view", of="page").within(30), 1),
        (Distinct("view", of="page").within(30, ago=60), 8),
        (Distinct("view", of="page", new=True).within(30, ago=60), 1),
        (Most("view", of="page"), 1),
        (Most("view", of="page").within(30, ago=60), 90),
    ):
        bound = fact.bind(context())
        state = bound.start
        for one in history:
            state = bound.fold(state, one, calendar.day_of(one.at_us))
            assert len(state) <= most


@pytest.mark.smoke
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("ago", [0, 1, 2, 4])
def test_no_day_is_forgotten_that_a_window_needs(n: int, ago: int) -> None:
    """Whatever the days on which a text came, every later window knows whether it holds one of them."""
    bound = Distinct("view", of="page").within(n, ago=ago).bind(context())
    view = touchpoint("view", page="a")
    for days in product((False, True), repeat=8):
        state = bound.start
        for today in range(14):
            if today < 8 and days[today]:
                state = bound.fold(state, view, today)
            window = range(max(today - ago - n + 1, 0), max(today - ago + 1, 0))
            assert bound.read(state, today, 0) == any(day < 8 and days[day] for day in window), (days, today)


@pytest.mark.smoke
def test_thousands_of_one_text() -> None:
    """A machine that views one page all day is counted like anybody else, at one moment and after each view."""
    history = [touchpoint("view", at / 5_000, page="a" if at % 50 else "b") for at in range(3_000)]
    rows = rows_of([history], "UTC")
    first = day(history[0], "UTC")
    wanted = [(0, seen, first + 1) for seen in range(2_501, 3_001)]
    assert columns(Most("view", of="page").within(2), rows, wanted[-1:]) == [2_940]
    counts = columns(Most("view", of="page").within(2), rows, wanted)
    assert counts == columns(Most("view", of="page"), rows, wanted)
    assert counts == [seen - (seen + 49) // 50 for _, seen, _ in wanted]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Most("view", of=""), "Most: of='' is not a name; write a text"),
        (lambda: Most("view", of=None), "Most: of=None is not a name"),  # type: ignore[arg-type]
        (lambda: Most("view").within(0), "within=0 is not a whole number of days"),
        (lambda: Distinct("view", new=True), "new=True counts texts; name their attribute"),
        (lambda: Distinct("view", new=True).within(3), "new=True counts texts"),
        (lambda: Distinct("view", of="page", new="yes"), "new='yes' is neither True nor False"),  # type: ignore[arg-type]
        (lambda: Distinct("view", of="page", new=True).bind(context()), "of='page' needs a window; add .within(30)"),
    ],
)
def test_what_cannot_be_counted(make: Any, message: str) -> None:
    """What makes no sense is refused when it is declared or bound."""
    with pytest.raises(DefinitionError) as caught:
        make()
    assert message in str(caught.value)
