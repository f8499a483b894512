"""Time: the result does not depend on how often it is passed, and days are those of the zone (S2, S4, S9, S10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import Count, Customer, Definition, InStage, Move, Story, Touchpoint, TouchpointLog, replay
from lifecycle.errors import LateTouchpoint

from .shop import ANN, log_of, shop, tp
from .test_equality import column_run, trace
from .worlds import World, make_world

TICK = timedelta(microseconds=1)


def lived(world: World, history: tuple[Touchpoint, ...], asked: list[datetime]) -> tuple[Customer, tuple[Move, ...]]:
    """A customer at the end of a world, and every move, time being passed to each asked instant on the way."""
    definition = world.definition
    step, waiting = definition.begin(history[0]), sorted(asked)
    moves = step.moves
    for touchpoint in (*history[1:], None):
        end = world.until - TICK if touchpoint is None else touchpoint.at
        while waiting and waiting[0] <= end:
            # Time passed to the very instant of a touchpoint, or before: both are allowed.
            step = definition.pass_time(step.customer, waiting.pop(0))
            moves += step.moves
        if touchpoint is None:
            step = definition.pass_time(step.customer, end)
        else:
            step = definition.advance(step.customer, touchpoint)
        moves += step.moves
    return step.customer, moves


@settings(max_examples=120, deadline=None)
@given(some.integers(0, 400), some.integers(0, 2), some.lists(some.floats(0, 1), max_size=25), some.booleans())
def test_how_often_time_is_passed_does_not_matter(seed: int, who: int, parts: list[float], at_midnight: bool) -> None:
    """Time passed to any instants between touchpoints gives the same moves and an equal customer, `next_due` too."""
    world = make_world(seed, n_customers=3)
    history = world.histories[who]
    span = world.until - history[0].at
    asked = [history[0].at + part * span for part in parts]
    if at_midnight:
        zone = world.definition.program.calendar
        asked = [max(history[0].at, zone.midnight(zone.day_of(int(at.timestamp() * 1e6)))) for at in asked]
    assert lived(world, history, asked) == lived(world, history, [])


@pytest.mark.parametrize("seed", range(20))
def test_passing_time_from_due_day_to_due_day(seed: int) -> None:
    """Who always asks again at `next_due` sees each move at the instant at which it was due, and misses none."""
    world = make_world(seed, n_customers=6)
    definition = world.definition
    for history in world.histories:
        customer = definition.begin(history[0]).customer
        for touchpoint in history[1:]:
            customer = definition.advance(customer, touchpoint).customer
        found: tuple[Move, ...] = ()
        waiting = customer
        while waiting.next_due is not None and waiting.next_due < world.until:
            due = waiting.next_due.astimezone(UTC)  # a microsecond before, on the wall, may be an hour after
            assert definition.pass_time(waiting, due - TICK).customer == waiting
            step = definition.pass_time(waiting, due)
            assert all(move.at == due and move.cause == "timer" for move in step.moves)
            assert step.customer.next_due is None or step.customer.next_due > due
            found, waiting = found + step.moves, step.customer
        at_once = definition.pass_time(customer, world.until - TICK)
        assert (found, waiting) == (at_once.moves, at_once.customer)


@pytest.mark.smoke
def test_a_silent_customer_churns_on_the_exact_day() -> None:
    """45 days after the last purchase the customer is lost, at midnight, though nobody called until much later."""
    definition = shop()
    customer = definition.begin(tp("ann", "bought", 0, 5)).customer
    for called in (
        datetime(2024, 3, 15, tzinfo=UTC),
        datetime(2024, 3, 15, 0, 0, 1, tzinfo=UTC),
        datetime(2030, 1, 1, tzinfo=UTC),
    ):
        (move,) = definition.pass_time(customer, called).moves
        assert (move.target.id, move.at) == ("lost", datetime(2024, 3, 15, tzinfo=UTC))
    (move,) = definition.advance(customer, tp("ann", "joined", 700)).moves
    assert move.at == datetime(2024, 3, 15, tzinfo=UTC)
    log = log_of((tp("ann", "bought", 0, 5),))
    assert len(replay(definition, log, until="2024-03-15").moves) == 1
    assert len(replay(definition, log, until=datetime(2024, 3, 15, 0, 0, 0, 1, tzinfo=UTC)).moves) == 2


def utc(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DAYS = [
    # zone, last purchase (UTC), days, the instant (UTC) at which the timer fires
    ("UTC", "2024-01-30T23:59:59.999999", 30, "2024-02-29T00:00"),
    ("UTC", "2023-01-30T00:00", 30, "2023-03-01T00:00"),
    ("UTC", "2024-02-29T12:00", 365, "2025-02-28T00:00"),
    ("UTC", "2023-12-31T23:59:59", 1, "2024-01-01T00:00"),
    ("UTC", "2024-12-31T00:00", 1, "2025-01-01T00:00"),
    ("Asia/Tokyo", "2024-01-30T14:59:59", 1, "2024-01-30T15:00"),  # 23:59:59 on the 30th
    ("Asia/Tokyo", "2024-01-30T15:00", 1, "2024-01-31T15:00"),  # 00:00 on the 31st
    ("Asia/Tokyo", "2023-12-31T15:00", 1, "2024-01-01T15:00"),  # already new year there
    ("America/New_York", "2024-01-01T04:59:59", 1, "2024-01-01T05:00"),  # still the old year there
    ("America/New_York", "2024-03-09T12:00", 1, "2024-03-10T05:00"),  # the day on which clocks go forward
    ("America/New_York", "2024-03-10T12:00", 1, "2024-03-11T04:00"),  # the day after: 23 hours later
    ("America/New_York", "2024-11-02T12:00", 1, "2024-11-03T04:00"),  # the day on which clocks go back
    ("America/New_York", "2024-11-03T12:00", 1, "2024-11-04T05:00"),  # the day after: 25 hours later
    ("America/New_York", "2024-02-09T12:00", 30, "2024-03-10T05:00"),
    ("America/New_York", "2024-02-10T12:00", 30, "2024-03-11T04:00"),
    ("Europe/London", "2024-03-30T12:00", 1, "2024-03-31T00:00"),
    ("Europe/London", "2024-03-31T12:00", 1, "2024-03-31T23:00"),
    ("America/Sao_Paulo", "2018-11-03T12:00", 1, "2018-11-04T03:00"),  # 00:00 is skipped: the day begins at 01:00
    ("America/Sao_Paulo", "2018-02-17T12:00", 1, "2018-02-18T03:00"),  # 23:00 comes twice the evening before
    ("America/Sao_Paulo", "2018-02-18T02:30", 1, "2018-02-18T03:00"),  # the second 23:30 is still the 17th
    ("Asia/Beirut", "2024-03-30T12:00", 1, "2024-03-30T22:00"),  # 00:00 is skipped
    ("Asia/Kathmandu", "2024-05-05T18:14", 1, "2024-05-05T18:15"),  # five hours and three quarters ahead
    ("America/St_Johns", "2024-07-01T12:00", 1, "2024-07-02T02:30"),  # two and a half hours behind in summer
    ("Pacific/Apia", "2011-12-29T12:00", 1, "2011-12-30T10:00"),  # 30 December 2011 never came there
    ("Pacific/Apia", "2011-12-29T12:00", 2, "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-29T12:00", 3, "2011-12-31T10:00"),
    ("Pacific/Kiritimati", "2024-01-01T09:59", 1, "2024-01-01T10:00"),  # fourteen hours ahead
    ("Pacific/Pago_Pago", "2024-01-01T10:59", 1, "2024-01-01T11:00"),  # eleven hours behind
]


def silent(zone: str, days: int) -> Definition:
    """The shop with a timer of so many days."""
    timers = (attrs.evolve(shop().timers[0], after_days=days), attrs.evolve(shop().timers[1], after_days=36_500))
    return shop(zone, timers=timers)


@pytest.mark.smoke
@pytest.mark.parametrize(("zone", "bought", "days", "due"), DAYS)
def test_midnights_of_the_zone(zone: str, bought: str, days: int, due: str) -> None:
    """A timer fires at 00:00 of its zone, whatever clocks do that night; both engines say the same instant."""
    definition = silent(zone, days)
    touchpoint = Touchpoint("ann", "bought", utc(bought), amount=5, currency="EUR")
    customer = definition.begin(touchpoint).customer
    assert customer.next_due == utc(due)
    assert definition.pass_time(customer, utc(due) - TICK).moves == ()
    (move,) = definition.pass_time(customer, utc(due)).moves
    assert move.at == utc(due)
    log = TouchpointLog.from_touchpoints([touchpoint])
    assert replay(definition, log, until=utc(due)).live("ann").stage.id == "new"
    story = replay(definition, log, until=utc(due) + TICK)
    assert story.moves["at"].tolist()[-1] == utc(due).replace(tzinfo=None)
    assert story.customer("ann").moves[-1] == move


def test_windows_and_clocks_count_days_of_the_zone() -> None:
    """An hour can be another day: facts count dates of the zone, not 24 hours."""
    touchpoints = [
        Touchpoint("ann", "visit", utc(at)) for at in ("2024-03-09T23:30", "2024-03-10T14:30", "2024-03-10T15:30")
    ]
    facts = {"today": Count("visit").within(1), "days_here": InStage()}
    found = {}
    for zone in ("UTC", "Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"):
        definition = shop(zone, facts={**shop().facts, **facts})
        story = replay(definition, TouchpointLog.from_touchpoints(touchpoints), until=utc("2024-03-10T15:31"))
        row = next(iter(story.as_of(utc("2024-03-10T15:31")).rows()))
        live = story.live("ann")
        assert {name: definition.facts_of(live, utc("2024-03-10T15:30"))[name] for name in facts} == {
            name: row[name] for name in facts
        }
        found[zone] = (row["today"], row["days_here"])
    assert found == {
        "UTC": (2, 1), "Asia/Tokyo": (1, 1), "America/New_York": (2, 1), "Pacific/Kiritimati": (2, 1),
    }  # fmt: skip


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("seed", range(8))
def test_stock_and_flow_agree(seed: int, by: str) -> None:
    """Stock at a boundary, plus the flows in, less the flows out, is the next stock (S2)."""
    story = column_run(make_world(seed, n_customers=10))
    census, flow = story.census(by), story.flow(by)  # type: ignore[arg-type]
    stages = [stage.id for stage in story.stages]
    stock = dict.fromkeys(stages, 0)
    moves = list(flow.rows())
    for row in census.rows():
        for move in (move for move in moves if move["period"] == row["period"]):
            stock[move["target"]] += move["moves"]
            if move["source"] != "(new)":
                stock[move["source"]] -= move["moves"]
        assert stock == {stage: row[stage] for stage in stages}
        assert row["total"] == sum(stock.values())
    assert sum(stock.values()) == story.n_customers
    assert sum(move["moves"] for move in moves) == len(story.moves) + story.n_customers


@pytest.mark.parametrize("seed", range(6))
def test_the_census_is_what_stands_at_each_boundary(seed: int) -> None:
    """The census of a period counts the stages as of its end."""
    world = make_world(seed, n_customers=10)
    story, calendar = column_run(world), world.definition.program.calendar
    periods = story.census("month")["period"]
    ends = [*periods[1:].tolist(), None]
    for row, end in zip(story.census("month").rows(), ends, strict=True):
        moment = world.until if end is None else calendar.midnight(calendar.day_on(end))
        standing = story.as_of(moment)["stage"].tolist()
        assert {stage.id: standing.count(stage.id) for stage in story.stages} == {
            stage.id: row[stage.id] for stage in story.stages
        }


@pytest.mark.smoke
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York", "America/Sao_Paulo"])
def test_a_touchpoint_at_the_end_of_a_period_never_changes_it(zone: str) -> None:
    """What happens at 00:00 belongs to the new period: the old one is the same without it (S2)."""
    definition = shop(zone)
    edge = definition.program.calendar.midnight(
        definition.program.calendar.day_of(int(utc("2024-03-15T12:00").timestamp() * 1e6))
    )
    before = (Touchpoint("ann", "visit", edge - timedelta(days=2)),)
    at_the_edge = Touchpoint("ann", "bought", edge, amount=5, currency="EUR")
    newcomer = Touchpoint("bo", "bought", edge, amount=5, currency="EUR")
    until = edge + timedelta(days=40)
    without = replay(definition, log_of(before), until=until)
    story = replay(definition, log_of((*before, at_the_edge), (newcomer,)), until=until)
    for by in ("day", "week", "month"):
        ends = [*story.census(by)["period"][1:].tolist(), None]  # type: ignore[arg-type]
        calendar = definition.program.calendar
        rows = zip(story.census(by).rows(), without.census(by).rows(), ends, strict=True)  # type: ignore[arg-type]
        for row, old, end in rows:
            if end is not None and calendar.midnight(calendar.day_on(end)) <= edge:
                assert row == old
    assert repr(story.as_of(edge)) == repr(without.as_of(edge))
    assert len(story.as_of(edge + TICK)) == 2
    assert repr(replay(definition, log_of((*before, at_the_edge), (newcomer,)), until=edge).stays) == repr(
        replay(definition, log_of(before), until=edge).stays
    )


@pytest.mark.smoke
def test_what_is_late_in_columns() -> None:
    """An extension may bring what is as old as the last touchpoint, or older than a mere look at the time (S4)."""
    story = replay(shop(), log_of(ANN), until="2024-03-05")  # waiting for 9 March
    assert extended(story, ANN[-1].at).log.n_customers == 1
    assert extended(story, utc("2024-02-20T00:00")).n_customers == 1
    for late in (ANN[-1].at - TICK, ANN[0].at):
        with pytest.raises(LateTouchpoint, match="1 customers, the first is 'ann', have touchpoints older"):
            extended(story, late)
    cooled = replay(shop(), log_of(ANN), until="2024-03-10")  # 9 March was processed
    assert extended(cooled, utc("2024-03-09T00:00")).n_customers == 1
    with pytest.raises(LateTouchpoint, match="replay the whole log instead"):
        extended(cooled, utc("2024-03-08T23:59:59.999999"))


def extended(story: Story, at: datetime) -> Story:
    """The story with one more visit of Ann."""
    return story.extend(TouchpointLog.from_touchpoints([Touchpoint("ann", "visit", at)]))


@pytest.mark.parametrize("seed", range(100, 112))
def test_late_is_the_same_for_both(seed: int) -> None:
    """What the live engine refuses as late, an extension of the same customer refuses, and the other way round."""
    world = make_world(seed, n_customers=6)
    story = column_run(world)
    for history in world.histories:
        customer = story.live(history[0].customer)
        edge = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=customer.head_us)
        story.extend(TouchpointLog.from_touchpoints([Touchpoint(customer.id, "odd", edge)]), until=world.until)
        world.definition.advance(customer, Touchpoint(customer.id, "odd", edge))
        late = Touchpoint(customer.id, "odd", edge - TICK)
        with pytest.raises(LateTouchpoint):
            world.definition.advance(customer, late)
        with pytest.raises(LateTouchpoint):
            story.extend(TouchpointLog.from_touchpoints([late]), until=world.until)


def test_midnight_comes_before_the_touchpoints_of_its_instant() -> None:
    """A timer due on the day of a purchase fires before it, even at 00:00 (S7)."""
    history = (
        tp("ann", "bought", 0, 5),
        Touchpoint("ann", "bought", utc("2024-03-15T00:00"), amount=5, currency="EUR"),
    )
    story = replay(shop(), log_of(history))
    assert story.moves["target"].tolist() == ["new", "lost", "back"]
    definition = shop()
    step = definition.advance(definition.begin(history[0]).customer, history[1])
    assert [move.target.id for move in step.moves] == ["lost", "back"]
    assert trace(step.moves) == trace(story.customer("ann").moves[1:])
