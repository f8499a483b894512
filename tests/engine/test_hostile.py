"""Input that means harm, or happens by accident, as it reaches facts, engines and what they tell.

The numbers are the entries of the catalogue of bad inputs in the reliability research. What a touchpoint itself
refuses is tested in `tests/model/test_hostile.py`; here stands what passes it. Each is either refused by both engines
with a declared error, or means the same to both; and costs little memory.
"""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lifecycle import (
    Count,
    Definition,
    Distinct,
    First,
    Flag,
    Last,
    Max,
    Mean,
    Min,
    Move,
    Open,
    Sum,
    Touchpoint,
    TouchpointLog,
    replay,
)
from lifecycle.errors import CurrencyMismatch, FactOverflow, InvalidTouchpoint, LateTouchpoint, LifecycleError

from .shop import FACTS, shop

AT = datetime(2024, 1, 30, 12, tzinfo=UTC)
PLAIN = {
    "x_number": Last(of="x"),
    "x_text": Last(of="x", type="text"),
    "x_date": Last(of="x", type="date"),
    "x_first": First(of="x"),
    "x_least": Min(of="x").within(400),
    "x_most": Max(of="x"),
    "x_texts": Distinct(of="x"),
    "x_flag": Flag(of="x"),
    "x_is_a": Count(where="x == 'a' or x >= 5"),
    "x_not_a": Count(where="not (x == 'a')"),
    "x_open": Open("opened", "closed", ref="x"),
    "x_oldest": Open("opened", "closed", ref="x").oldest(),
}
SUMS = {"x_sum": Sum(of="x"), "x_mean": Mean(of="x", decimals=2)}
Outcome = dict[str, tuple[tuple[Move, ...], dict[str, object], int]]


def greedy(*, sums: bool = True) -> Definition:
    """The shop with facts that read the attribute `x` in every way."""
    return shop(facts={**FACTS, **PLAIN, **(SUMS if sums else {})})


def tp(kind: str = "visit", day: float = 0, *, customer: str = "ann", amount: object = None, **rest: Any) -> Touchpoint:
    """A touchpoint some days after noon of 30 January 2024; other keywords are attributes."""
    about = {name: rest.pop(name) for name in ("channel", "id", "sequence", "currency") if name in rest}
    if amount is not None:
        about.setdefault("currency", "EUR")
    return Touchpoint(customer, kind, AT + timedelta(days=day), amount=amount, attributes=rest, **about)  # type: ignore[arg-type]


def live(definition: Definition, touchpoints: list[Touchpoint], end: datetime) -> Outcome:
    """What the live engine makes of them: moves, facts and how many there were, by customer."""
    customers: dict[str, Any] = {}
    moves: dict[str, tuple[Move, ...]] = {}
    for touchpoint in touchpoints:
        id = touchpoint.customer
        step = definition.advance(customers[id], touchpoint) if id in customers else definition.begin(touchpoint)
        customers[id], moves[id] = step.customer, moves.get(id, ()) + step.moves
    found: Outcome = {}
    for id, customer in customers.items():
        step = definition.pass_time(customer, end - timedelta(microseconds=1))
        facts = definition.facts_of(step.customer, end - timedelta(microseconds=1))
        found[id] = (moves[id] + step.moves, told(facts), step.customer.n_touchpoints)
    return found


def columns(definition: Definition, touchpoints: list[Touchpoint], end: datetime) -> Outcome:
    """What a replay makes of them."""
    story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=end)
    found: Outcome = {}
    for row in story.as_of(end).rows():
        id = row["customer"]
        facts = told({name: row[name] for name in definition.facts})
        found[id] = (story.customer(id).moves, facts, story.customer(id).n_touchpoints)
        assert story.live(id).stage == story.customer(id).stage
    return found


def told(facts: dict[str, object]) -> dict[str, object]:
    """Facts so that those of both engines compare: money as floats, dates as days, missing flags as no."""
    found: dict[str, object] = {}
    for name, value in facts.items():
        if isinstance(value, float) and math.isnan(value):
            value = None
        if name in {"x_date", "renewal"} and value is not None and not isinstance(value, int):
            value = (value - AT.date().replace(year=1970, month=1, day=1)).days  # type: ignore[operator]
        if name == "x_flag":
            value = bool(value)
        found[name] = float(value) if isinstance(value, Decimal) else value
    return found


def outcome(run: Callable[..., Outcome], definition: Definition, touchpoints: list[Touchpoint]) -> Outcome | type:
    """What comes of it, or the class of the declared error."""
    end = max(touchpoint.at for touchpoint in touchpoints) + timedelta(days=60)
    try:
        return run(definition, touchpoints, end)
    except LifecycleError as error:
        return type(error)


def burst(n: int, **about: Any) -> list[Touchpoint]:
    """Many touchpoints of one moment."""
    return [tp(**about) for _ in range(n)]


VALUES = [
    0, -0.0, 1, -1, True, False, 2**53 - 1, 2**53, -(2**53), 2**63 - 1, -(2**63), 10**18, 1e15, 1e16, 1e300, -1e305,
    1.7e308, 5e-324, 0.1, Decimal("0.1"), Decimal("-0"), Decimal("1E+15"), Decimal("1E-12"), Decimal(2**60), None,
    "", " ", "a", "A", "0", "5", "NaN", "inf", "1e400", "١٢٣", "2024-02-29", "2024-02-30", "2024-02-29T25:00",
    "0000-00-00", "9999-12-31", "1969-12-31", "2201-01-01", "-", "2024-1-1", "jose\u0301", "josé", "İ",
    "🙂" * 1_000, "x" * 60_000,
    "<script>", "=1+1", "{0.__class__}", "'; drop table", "\u202e", "\x1b[31m", "\r\n", [], [1, 2], ["a", ["b"]],
    {"a": 1}, {}, datetime(2024, 1, 1, tzinfo=UTC), AT.date(),
]  # fmt: skip
ODD_KEYS = [
    "", "x.y", "__class__", "__proto__", "$where", "select", "%s", ":name", "<customer>", "<<customer>", "<kind>",
    "<at>", "<amount>", "<currency>", "<id>", "<sequence>", "customer", "at", "kind", "amount", "currency", "channel",
    "id", "timer.0",
]  # fmt: skip
HISTORIES: dict[str, list[Touchpoint]] = {
    "16 refunds beyond what was paid": [
        tp("bought", amount=5),
        tp("bought", 1, amount=-50),
        tp("bought", 2, amount="-0.01"),
    ],
    "18 nothing but refunds": [tp("bought", day, amount=-1) for day in range(5)],
    "25 an hour that comes twice": [
        Touchpoint("ann", "visit", datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold))
        for fold in (0, 1)
    ],
    "26 an hour that never comes": [
        Touchpoint("ann", "visit", datetime(2024, 3, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    ],
    "32 years ahead": [tp("bought", amount=5), tp("visit", 366 * 100)],
    "33 since 1970": [Touchpoint("ann", "bought", datetime(1970, 1, 1, tzinfo=UTC)), tp("visit")],
    "33 until 2200": [tp("visit"), Touchpoint("ann", "visit", datetime(2200, 10, 1, 23, tzinfo=UTC))],
    "34 a thousand of one moment": burst(1_000, kind="bought", amount=1),
    "36 one id twice, same content": [tp("bought", amount=5, id="e1")],
    "38 numbers of several types": [tp(x=1), tp(x=1.0), tp(x=True), tp(x="1"), tp(x=Decimal(1))],
    "40 ids that look alike": [tp("bought", amount=5, id=id) for id in ("e1", "E1", "é1", "e\u03011", "e1 x")],
    "45 customers that look alike": [tp(customer=id) for id in ("josé", "jose\u0301", "JOSÉ", "İ", "i", "I", "ı")],
    "47 emoji": [tp(x="🙂" * 10_000, customer="🙂"), tp("🙂", 1, customer="🙂")],
    "49 as many attributes as there may be": [tp(**{f"k{number}": number for number in range(256)})],
    "64 keys that hash alike": [tp(x=value, y=value) for value in (-1, -2, 0, 2**61 - 1, -(2**61 - 1), 0.0)],
    "65 unknown kinds": [
        tp(kind, day) for day, kind in enumerate(("mystery", "Ünknown", "名前", "drop table", "timer.0"))
    ],
    "65 events of timers": [tp("bought", amount=5), tp("silence", 1), tp("Cooled", 2)],
    "66 nothing where something is read": [
        tp(kind, day) for day, kind in enumerate(("bought", "profile_set", "opened"))
    ],
    "66 another type each time": [
        tp("opened", day, x=value) for day, value in enumerate((1, "1", True, None, "a", 2.5))
    ],
    "67 an end before a beginning": [tp("closed", x="a"), tp("closed", 1, x="a"), tp("opened", 2, x="a")],
    "67 back before lost": [tp("visit"), tp("visit", 1), tp("stage_set", 2, stage="back"), tp("bought", 3, amount=500)],
    "67 set where one stands": [
        tp("stage_set", stage="lead"),
        tp("stage_set", 1, stage="lost"),
        tp("stage_set", 1, stage="lost"),
    ],
    "opened again and again": [tp("opened", day / 50, x=str(day % 7)) for day in range(300)],
    "two thousand references": [tp("opened", day / 500, x=str(day)) for day in range(2_000)],
}
CASES = {
    **HISTORIES,
    **{
        f"x is {ascii(value)[:30]} ({type(value).__name__})": [
            tp("opened", x=value),
            tp("bought", 1, x=value, amount=5),
            tp(day=2),
        ]
        for value in VALUES
    },
    **{
        f"{type(value).__name__} {ascii(value)[:20]} beside a text": [tp(x=value), tp(day=1, x="a")] for value in VALUES
    },
    **{
        f"a key called {key}": [tp("bought", amount=5, **{key: "evil"}), tp(day=1, **{key: 7})]
        for key in ODD_KEYS
        if key not in {"id", "currency", "amount", "channel", "customer", "kind"}
    },
}


@pytest.mark.smoke
@pytest.mark.parametrize("name", CASES)
def test_both_engines_say_the_same(name: str) -> None:
    """Moves, figures and every fact agree, or both refuse; a declared error at worst."""
    for definition in (greedy(sums=False), greedy()):
        one, other = (outcome(run, definition, CASES[name]) for run in (live, columns))
        assert one == other


@pytest.mark.parametrize("key", [key for key in ODD_KEYS if key != "channel"])
def test_an_attribute_is_only_an_attribute(key: str) -> None:
    """Whatever an attribute is called, it does not touch customer, kind, time or amount of its touchpoint."""
    touchpoint = Touchpoint(
        "ann", "bought", AT, amount=5, currency="EUR", attributes={key: "evil"}, id="e1", sequence=3
    )
    log = TouchpointLog.from_touchpoints([touchpoint])
    assert log.touchpoints(0) == (touchpoint,)
    assert replay(shop(), log).as_of("2024-02-01")["spend"].tolist() == [5.0]


def test_a_huge_number_survives_a_log() -> None:
    """Numbers that are no exact integers come back from a log as they went in, and can be folded again (10, 19)."""
    for value in (1e300, -1e300, 1e16, float(2**53), 0.5, 2**53 - 1):
        story = replay(greedy(sums=False), TouchpointLog.from_touchpoints([tp(x=value)]))
        assert story.log.touchpoints(0)[0].attribute("x") == value
        assert story.live("ann").n_touchpoints == 1


@pytest.mark.parametrize("value", [2.0**53, -1e16, 1e300, -1.7e308])
def test_what_is_too_large_to_be_summed(value: float) -> None:
    """A number that no exact sum can hold is refused by both engines (10, 12)."""
    definition = greedy()
    with pytest.raises(FactOverflow):
        live(definition, [tp(x=value)], AT + timedelta(days=1))
    with pytest.raises(FactOverflow):
        columns(definition, [tp(x=value)], AT + timedelta(days=1))


def test_money_that_is_too_large_to_be_summed() -> None:
    """Money beyond 2**53 minor units is refused when it is summed, not wrapped round (10)."""
    most = Decimal(2**53 - 1).scaleb(-2)
    for run in (live, columns):
        with pytest.raises(FactOverflow):
            run(greedy(), [tp("bought", amount=most), tp("bought", 1, amount=most)], AT + timedelta(days=9))
        kept = run(greedy(), [tp("bought", amount=most), tp("bought", 1, amount=-most)], AT + timedelta(days=9))
        assert kept["ann"][1]["spend"] == 0.0


@pytest.mark.smoke
@pytest.mark.parametrize("currency", ["USD", "JPY", "BHD"])
def test_currencies_do_not_mix(currency: str) -> None:
    """An amount in another currency is refused by both, wherever it stands (16)."""
    for touchpoints in ([tp(amount=1, currency=currency)], [tp("bought", amount=5), tp(amount=1, currency=currency)]):
        assert outcome(live, shop(), touchpoints) is outcome(columns, shop(), touchpoints) is CurrencyMismatch


def test_an_old_touchpoint_is_refused_live_and_sorted_in_a_log() -> None:
    """Years old is late to the live engine; a log puts it in its place (33)."""
    touchpoints = [tp("bought", amount=5), tp("visit", -3_650)]
    with pytest.raises(LateTouchpoint):
        live(shop(), touchpoints, AT)
    story = replay(shop(), TouchpointLog.from_touchpoints(touchpoints))
    assert story.live("ann") == replay(shop(), TouchpointLog.from_touchpoints(touchpoints[::-1])).live("ann")


def test_duplicates() -> None:
    """The same id and content is dropped and counted; other content or customer is a bad row (36, 37, 39, 40)."""
    one = tp("bought", amount=5, id="e1")
    log = TouchpointLog.from_touchpoints([one, one, one])
    assert (len(log), log.duplicates) == (1, 2)
    assert replay(shop(), log).as_of("2024-02-01")["purchases"].tolist() == [1]
    for other in (
        tp("bought", amount=6, id="e1"),
        tp("bought", amount=5, id="e1", customer="bo"),
        tp("bought", 1, amount=5, id="e1"),
    ):
        with pytest.raises(LifecycleError, match="id 'e1' was used before, in row 0, with other content"):
            TouchpointLog.from_touchpoints([one, other])


def test_one_bad_row_of_a_thousand() -> None:
    """The rest of a batch is not lost: the bad row is set aside, told, and counted (40)."""
    rows: dict[str, list[object]] = {
        "customer": [str(number % 50) for number in range(1_000)],
        "kind": ["visit"] * 1_000,
        "at": [AT + timedelta(hours=number) for number in range(1_000)],
    }
    rows["customer"][500] = "null"
    with pytest.raises(LifecycleError, match="1 of 1000 rows cannot be used"):
        TouchpointLog.from_columns(rows)
    log = TouchpointLog.from_columns(rows, on_error="quarantine")
    assert (len(log), len(log.quarantine)) == (999, 1)
    assert replay(shop(), log).n_customers == 50


HOSTILE_TEXTS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>",
    "\x1b[2Jgone",
    "line\r\nann → advocacy on 2024-01-01",
    "\u202egnol",
    "zero\u200bwidth",
    "{0.__class__.__init__.__globals__}",
    "%s%d",
    "a" * 5_000,
]


@pytest.mark.smoke
@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
def test_hostile_text_stays_text(text: str) -> None:
    """In words, tables and HTML a host's text cannot write a line, a tag or a mark of its own (46, 58, 59)."""
    definition = shop(facts={**FACTS, "note": Last("noted", of="note", type="text")})
    touchpoints = [tp("noted", note=text), tp("stage_set", 1, stage="lost", who=text, why=text), tp("visit", 9)]
    log = TouchpointLog.from_touchpoints(touchpoints)
    story = replay(definition, log, until="2024-03-01")
    lines = str(story.customer("ann")).split("\n")
    assert len(lines) == 2
    step = definition.advance(definition.begin(touchpoints[0]).customer, touchpoints[1])
    said = [
        *lines,
        story.why("ann"),
        step.why(),
        *repr(story.as_of("2024-03-01")).split("\n"),
        repr(story),
        *repr(story.moves).split("\n"),
    ]
    for line in said:
        assert line.isprintable()
    for table in (story.as_of("2024-03-01"), story.moves, story.unanswered()):
        assert "<img" not in table._repr_html_()
        assert "<script" not in table._repr_html_()
        assert table._repr_html_().isprintable()
    assert list(story.as_of("2024-03-01")["note"]) == [text]


def test_a_text_in_a_figure_is_escaped() -> None:
    """A figure shows a text as it would be written in a program."""
    from lifecycle import CustomerMachine, role

    class Odd(CustomerMachine):
        here, there = role.prospect(initial=True), role.active()
        asked = here.to(there, cond="plan != 'free'")

    definition = Definition(Odd, name="odd", facts={"plan": Last("asked", of="plan", type="text")})
    step = definition.begin(tp("asked", plan="\x1b[2J\u202e'\n"))
    assert step.why() == "here → there on 2024-01-30 12:00: 'asked'; plan \"\\x1b[2J\\u202e'\\n\" ≠ 'free'"


@pytest.mark.parametrize("kind", ["<b>bold</b>", "a" * 200, "名前", "drop table", "'quoted'"])
def test_hostile_kinds_reach_no_output_unescaped(kind: str) -> None:
    """A kind that nobody knows is kept, counted and shown as text (46, 57, 65)."""
    story = replay(shop(), TouchpointLog.from_touchpoints([tp("visit"), tp(kind, 1)]))
    assert dict(zip(*(story.unanswered()[name].tolist() for name in ("kind", "unanswered")), strict=True))[kind] == 1
    assert "<b>" not in story.unanswered()._repr_html_()


@pytest.mark.parametrize(
    ("name", "touchpoints"),
    [
        ("a thousand of one moment", burst(1_000, kind="bought", amount=1)),
        ("a large text, many times", [tp(day=day, x="x" * 60_000) for day in range(50)]),
        ("a new key each time", [tp(day=day, **{f"key {day}": day}) for day in range(300)]),
        ("a new kind each time", [tp(f"kind {day}", day / 10) for day in range(1_000)]),
        ("a new customer each time", [tp(customer=f"c{number}") for number in range(1_000)]),
        (
            "a life of 230 years",
            [Touchpoint("ann", "bought", datetime(year, 1, 1, tzinfo=UTC)) for year in range(1970, 2200)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_little_memory(name: str, touchpoints: list[Touchpoint]) -> None:
    """What a stranger can send costs memory in proportion to what was sent."""
    definition = greedy(sums=False)
    end = max(touchpoint.at for touchpoint in touchpoints) + timedelta(days=60)
    for run in (live, replay_only):
        tracemalloc.start()
        try:
            run(definition, touchpoints, end)
            assert tracemalloc.get_traced_memory()[1] < 25_000_000
        finally:
            tracemalloc.stop()


def replay_only(definition: Definition, touchpoints: list[Touchpoint], end: datetime) -> None:
    """A replay and a table of all facts."""
    replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=end).as_of(end)


def test_a_touchpoint_that_is_refused_leaves_the_customer_as_it_was() -> None:
    """After any refusal the customer goes on as if nothing had been sent."""
    definition = greedy()
    customer = definition.begin(tp("bought", amount=5)).customer
    before = customer.facts, customer.clocks
    for bad, error in (
        (tp("stage_set", 1, stage="vip"), InvalidTouchpoint),
        (tp("bought", 1, amount=1, currency="JPY"), CurrencyMismatch),
        (tp("visit", 1, customer="bo"), InvalidTouchpoint),
        (tp("visit", -1), LateTouchpoint),
        (tp("visit", 1, x=1e300), FactOverflow),
    ):
        with pytest.raises(error):
            definition.advance(customer, bad)
        assert (customer.facts, customer.clocks) == before


@pytest.mark.parametrize("wrong", [None, "visit", 7, {"kind": "visit"}, ("ann", "visit", AT), object()])
def test_what_is_no_touchpoint(wrong: Any) -> None:
    """Something else in a log of touchpoints is refused with its place."""
    with pytest.raises(LifecycleError, match=r"item 1 is a .*, not a Touchpoint"):
        TouchpointLog.from_touchpoints([tp(), wrong])
