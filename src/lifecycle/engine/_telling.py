"""One customer's story in words: what happened, why, and why not."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

import attrs
import numpy as np

from lifecycle.chart import Route
from lifecycle.errors import InvalidArgument
from lifecycle.model import Cause, Customer, Figure, Move, Stage, Stay, Touchpoint, moment
from lifecycle.rules import Points, Read, ReadColumn, Rows

from ._answers import all_routes
from ._asof import fact_columns, stage_at
from ._clock import StageClock
from ._live import advance, begin, pass_time
from ._live_walk import note_of
from ._program import Program
from ._record import Record


@attrs.frozen
class CustomerStory:
    """One customer's way through the stages, explained."""

    id: str
    """Who."""
    stage: Stage
    """Where the customer stands at the end."""
    started: datetime
    """The first touchpoint, in the definition's zone."""
    n_touchpoints: int
    """How many touchpoints there were."""
    moves: tuple[Move, ...]
    """Every move with its figures."""
    options: tuple[tuple[Route, str, tuple[Figure, ...]], ...] = attrs.field(repr=False, eq=False)
    """Each route out of the stage, the timer that raises its event in words, and the figures of now."""
    ways: Mapping[str, tuple[str, ...]] = attrs.field(repr=False)
    """For each stage within reach the shortest way of stages to it."""
    around: Mapping[str, tuple[str, ...]] = attrs.field(repr=False)
    """For each stage its own id and the ids of the compounds around it."""

    def __str__(self) -> str:
        head = f"{self.id}: {self.n_touchpoints} touchpoints since {self.started:%Y-%m-%d}, now in {self.stage}"
        return "\n  ".join([head, *(str(move) for move in self.moves)])

    @property
    def stays(self) -> tuple[Stay, ...]:
        """The intervals that the customer spent in stages, in order."""
        starts = [self.started, *(move.at for move in self.moves)]
        stages = [*(move.source for move in self.moves), self.stage]
        ends = [*starts[1:], None]
        return tuple(Stay(self.id, *stay) for stay in zip(stages, starts, ends, strict=True))

    def why(self, move: int = -1) -> str:
        """One move in words with its figures, the last one unless asked.

        Raises:
            InvalidArgument: there is no such move.
        """
        if not self.moves:
            return f"{self.id} never moved: in {self.stage} since {self.started:%Y-%m-%d}"
        if not -len(self.moves) <= move < len(self.moves):
            raise InvalidArgument(f"{self.id!r} has {len(self.moves)} moves, counted from 0; there is no move {move}")
        return str(self.moves[move])

    def why_not(self, stage: str) -> str:
        """What it would take to stand in a stage, with the figures of now.

        Raises:
            InvalidArgument: no way leads there, or the lifecycle has no such stage.
        """
        if stage in self.around[self.stage.id]:
            return f"{self.id} does stand in {stage}"
        within = [way for leaf, way in self.ways.items() if stage in self.around[leaf]]
        if not within:
            raise InvalidArgument(
                f"no way leads from {self.stage} to {stage!r}; stages within reach: {', '.join(self.ways)}"
            )
        way = min(within, key=len)
        _, following, *_ = way
        lines = [f"{self.id} is in {self.stage}, not in {stage}:"]
        if len(way) > 2:
            lines.append("the way there: " + " → ".join(way))
        for route, timer, figures in self.options:
            if list(self.around)[route.target] == following:
                wanted = "; ".join(map(str, figures)) or "no condition, only the event is awaited"
                lines.append(f"to {following} on '{route.event}'{timer}: {wanted}")
        return "\n  ".join(lines)


def tell(record: Record, id: str | int) -> CustomerStory:
    """`Story.customer`.

    Raises:
        UnknownCustomer: the log has no such customer.
    """
    code = record.log.code_of(id)
    chart, calendar = record.program.chart, record.program.calendar
    leaf = int(stage_at(record, record.until_us)[0][code])
    when = {timer.event: f" ({timer.when})" for timer in chart.timers}
    now = _now(record, code)
    options = [
        (route, when.get(route.event, ""), route.condition.figures(now) if route.condition else ())
        for (here, _), routes in chart.routes.items()
        if here == leaf
        for route in routes
        if not route.is_touch
    ]
    return CustomerStory(
        id=str(id),
        stage=chart.stages[leaf],
        started=moment(int(record.started[code]), calendar.zone),
        n_touchpoints=int(record.log.starts[code + 1] - record.log.starts[code]),
        moves=moves_of(record, code),
        options=tuple(options),
        ways=_ways(record, leaf),
        around={
            stage.id: tuple(chart.nodes[node] for node in path)
            for stage, path in zip(chart.stages, chart.paths, strict=True)
        },
    )


def live_customer(record: Record, id: str | int) -> Customer:
    """`Story.live`: the live fold over the customer's touchpoints, then time until just before the end."""
    touchpoints = record.log.touchpoints(record.log.code_of(id))
    return fold(record.program, touchpoints, record.until_us - 1)


def fold(program: Program, touchpoints: tuple[Touchpoint, ...], now_us: int) -> Customer:
    """The customer after touchpoints in order, and time until an instant."""
    customer = begin(program, touchpoints[0]).customer
    for touchpoint in touchpoints[1:]:
        customer = advance(program, customer, touchpoint).customer
    return pass_time(program, customer, now_us).customer


def moves_of(record: Record, code: int) -> tuple[Move, ...]:
    """The moves of one customer, each with the figures that the columns give at that point."""
    program, moved = record.program, record.moved
    rows = program.rows(record.log.block(code, code + 1))
    low, high = np.searchsorted(moved.customer, (code, code + 1))
    routes = all_routes(program)
    customer = str(record.log.ids(np.array([code]))[0])
    moves = []
    clock = _Clocks(program, rows)
    for place in range(int(low), int(high)):
        at_us, row, timer = int(moved.at[place]), int(moved.row[place]), int(moved.timer[place])
        day = int(moved.day[place])
        stop = row + 1 if timer < 0 else int(np.searchsorted(rows.day, day))
        source, target = int(moved.source[place]), int(moved.target[place])
        cause: Cause = "touchpoint" if timer < 0 else "timer"
        event, figures, note = "stage_set", (), ""
        if moved.route[place] >= 0:
            route = routes[moved.route[place]]
            event = route.event
            if route.condition is not None:
                figures = route.condition.figures(_one(clock.reader(source, stop, day)))
        else:
            cause, note = "person", _note(record, code, row)
        stages = program.chart.stages
        moves.append(
            Move(customer, at_us, stages[source], stages[target], event, cause, figures, note, program.calendar.zone)
        )
        clock.enter(source, target, stop, day)
    return tuple(moves)


class _Clocks:
    """The stage clocks of one customer along its moves."""

    def __init__(self, program: Program, rows: Rows) -> None:
        self.program, self.rows = program, rows
        self.day = np.full((len(program.clocks), 1), rows.day[0], np.int32)
        self.row = np.zeros((len(program.clocks), 1), np.int64)

    def reader(self, leaf: int, stop: int, day: int) -> ReadColumn:
        points = Points(np.zeros(1, np.int32), np.array([stop]), np.array([day], np.int32))
        clock = StageClock(self.program, self.rows, leaf)
        return self.program.facts.columns(
            self.rows, points, lambda name: clock.column(name, points, self.day, self.row)
        )

    def enter(self, source: int, target: int, stop: int, day: int) -> None:
        for clock in self.program.entered(source, target):
            self.day[clock], self.row[clock] = day, stop


def _one(read: ReadColumn) -> Read:
    return lambda name: read(name).value(0)


def _note(record: Record, code: int, row: int) -> str:
    return note_of(record.log.touchpoints(code)[row])


def _now(record: Record, code: int) -> Read:
    """Reads any fact of one customer at the end of the record."""
    one = record.part(np.array([code]))
    columns = fact_columns(one, one.until_us)
    types = record.program.facts.types

    def read(name: str) -> int | float | str | None:
        column = columns[name]
        if types[name].kind != "text":
            return column.value(0)
        text: str | None = column.values[0] if column.valid is None or column.valid[0] else None
        return text

    return read


def _ways(record: Record, leaf: int) -> Mapping[str, tuple[str, ...]]:
    """For each stage within reach the shortest way of stages to it."""
    chart = record.program.chart
    ids = [stage.id for stage in chart.stages]
    ways: dict[str, tuple[str, ...]] = {ids[leaf]: (ids[leaf],)}
    waiting = deque([leaf])
    while waiting:
        here = waiting.popleft()
        for (source, _), routes in chart.routes.items():
            for route in routes if source == here else ():
                if ids[route.target] not in ways:
                    ways[ids[route.target]] = (*ways[ids[here]], ids[route.target])
                    waiting.append(route.target)
    return ways
