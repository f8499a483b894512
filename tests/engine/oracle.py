"""A slow second opinion: python-statemachine, facts recomputed from the whole history, time walked day by day."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from lifecycle import ACTIVITY, ENTRY, DateOf, Definition, Touchpoint
from lifecycle.chart import current_leaf, machine_at, machine_variant, restore
from lifecycle.model import normalise_kind
from lifecycle.rules import (
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
    OldestOpen,
    Open,
    Ratio,
    Since,
    Sum,
    Tenure,
)  # fmt: skip

EPOCH = date(1970, 1, 1)
PASSIVE = {"odd", "profile_set", "stage_set"}
Trace = list[tuple[int, str, str, str, str]]


@cache
def day_starts(zone: str) -> list[int]:
    """The first instant of every date from 2009 on, by trying every quarter of an hour near the change of date."""
    tz, starts = ZoneInfo(zone), []
    day, at = date(2009, 1, 1), datetime(2008, 12, 31, 6, tzinfo=UTC)
    while day < date(2034, 1, 1):
        while at.astimezone(tz).date() < day:
            at += timedelta(minutes=15)
        starts.append(int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000)
        day += timedelta(1)
        # No day is shorter than 22 hours, but a skipped one has none.
        at += timedelta(hours=22) if at.astimezone(tz).date() < day else timedelta(0)
    return starts


FIRST_DAY = (date(2009, 1, 1) - EPOCH).days


class Oracle:
    """One definition's second opinion; one machine, restored per customer."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        chart = definition.program.chart
        self.chart = chart
        variant = machine_variant(definition.machine_class, definition.program.facts)
        self.machine = machine_at(variant, chart.stages[chart.initial].id, lambda name: None)
        self.leaf = {stage.id: place for place, stage in enumerate(chart.stages)}
        self.keys = {normalise_kind(kind): event for event, kinds in definition.events.items() for kind in kinds}
        self.starts = day_starts(definition.zone)
        self.armed = cache(self.armed)  # type: ignore[method-assign]

    def day(self, us: int) -> int:
        return bisect_right(self.starts, us) - 1 + FIRST_DAY

    def key(self, kind: str) -> str:
        return self.keys.get(normalise_kind(kind), normalise_kind(kind))

    def kind(self, touchpoint: Touchpoint) -> str:
        return self.key(touchpoint.kind)

    def run(self, history: tuple[Touchpoint, ...], until_us: int) -> Trace:
        """The trajectory: (at, from, to, event, cause) of every move strictly before `until_us`."""
        self.history: list[tuple[Touchpoint, int]] = []
        self.begin_day = today = self.day(history[0].at_us)
        self.stage = self.chart.stages[self.chart.initial].id
        self.entered = dict.fromkeys(self.path(self.stage), (today, 0))
        self.armed_on = dict.fromkeys(self.armed(self.stage), today)
        self.fired: dict[int, tuple[int, int]] = {}
        self.trace: Trace = []
        for touchpoint in history:
            day = self.day(touchpoint.at_us)
            self.pass_days(today, day)
            today = day
            self.history.append((touchpoint, day))
            self.take(touchpoint, day)
        self.pass_days(today, self.day(until_us - 1))
        return self.trace

    def path(self, stage: str) -> list[str]:
        return [self.chart.nodes[node] for node in self.chart.paths[self.leaf[stage]]]

    def armed(self, stage: str) -> list[tuple[int, str]]:
        return [(timer, self.chart.nodes[node]) for timer, node in self.chart.armed[self.leaf[stage]]]

    def pass_days(self, after: int, last: int) -> None:
        for day in range(after + 1, last + 1):
            for timer in range(len(self.chart.timers)) if self.armed_on else ():
                self.ring(timer, day)

    def ring(self, timer: int, day: int) -> None:
        node = dict(self.armed(self.stage)).get(timer)
        if node is None or self.armed_on[timer, node] >= day:
            return
        rule, basis = self.chart.timers[timer], self.basis(timer, node)
        if basis is None:
            return
        before, on = self.fired.get(timer, (None, 0))
        if before == basis:
            if rule.every_days is None or day < on + rule.every_days:
                return
        elif day < basis + rule.after_days:
            return
        self.fired[timer] = (basis, day)
        self.ask(rule.event, self.starts[day - FIRST_DAY], day, "timer")

    def basis(self, timer: int, node: str) -> int | None:
        since = self.chart.timers[timer].since
        if since is ENTRY:
            return self.entered[node][0]
        if isinstance(since, DateOf):
            return self.fact(since.fact, 0)  # type: ignore[return-value]
        named = (since,) if isinstance(since, str) else since
        kinds = None if since is ACTIVITY else {self.key(kind) for kind in named}
        for touchpoint, day in reversed(self.history):
            if self.listens(kinds, touchpoint):
                return day
        return self.begin_day

    def listens(self, kinds: set[str] | None, touchpoint: Touchpoint) -> bool:
        return self.kind(touchpoint) not in PASSIVE if kinds is None else self.kind(touchpoint) in kinds

    def take(self, touchpoint: Touchpoint, day: int) -> None:
        kind = self.kind(touchpoint)
        if kind == "stage_set":
            target = str(touchpoint.attribute("stage"))
            if target != self.stage:
                self.move(target, touchpoint.at_us, day, "stage_set", "person")
        elif kind not in {timer.event for timer in self.chart.timers}:
            self.ask(kind, touchpoint.at_us, day, "touchpoint")

    def ask(self, event: str, at_us: int, day: int, cause: str) -> None:
        restore(self.machine, self.stage, lambda name: self.fact(name, day))
        self.machine.send(event)
        target = current_leaf(self.machine)
        if target != self.stage:
            self.move(target, at_us, day, event, cause)

    def move(self, target: str, at_us: int, day: int, event: str, cause: str) -> None:
        self.trace.append((at_us, self.stage, target, event, cause))
        old_armed = self.armed(self.stage)
        inside = {node: self.entered[node] for node in self.path(target) if node in self.entered}
        self.entered = {node: inside.get(node, (day, len(self.history))) for node in self.path(target)}
        self.stage = target
        kept = {pair: self.armed_on[pair] for pair in self.armed(target) if pair in old_armed}
        self.armed_on = {pair: kept.get(pair, day) for pair in self.armed(target)}

    # --- facts, from the whole history every time -----------------------------------------------------------------

    def fact(self, name: str, today: int) -> object:
        return self.value(self.definition.facts[name], today)

    def rows(self, fact: object) -> list[tuple[Touchpoint, int]]:
        kinds = getattr(fact, "kinds", ())
        keys = {self.key(kind) for kind in kinds} or None
        where = PASSES[getattr(fact, "where", None)]
        return [
            (touchpoint, day)
            for touchpoint, day in self.history
            if self.listens(keys, touchpoint) and where(touchpoint)
        ]

    def windowed(self, fact: object, today: int) -> list[tuple[Touchpoint, int]]:
        days = getattr(fact, "days", None)
        rows = self.rows(fact)
        if days is None:
            return rows
        return [(touchpoint, day) for touchpoint, day in rows if 0 <= today - days.ago - day < days.n]

    def number(self, touchpoint: Touchpoint, of: str) -> float | int | None:
        if of == "amount":
            return touchpoint.minor
        value = touchpoint.attribute(of)
        return float(value) if isinstance(value, (int, float)) else None

    def value(self, fact: object, today: int) -> object:
        match fact:
            case Ratio() | Difference():
                return self.derived(fact, today)
            case InStage():
                return self.in_stage(fact, today)
            case Tenure():
                return today - self.begin_day
            case Count():
                return len(self.windowed(fact, today))
            case Mean():
                values = self.units(fact, today)
                return sum(values) / len(values) if values else None
            case Sum():
                return sum(self.units(fact, today))
            case Min() | Max():
                values = [v for t, _ in self.windowed(fact, today) if (v := self.number(t, fact.of)) is not None]
                return (min if isinstance(fact, Min) else max)(values, default=None)
            case Last() | First():
                return self.one(fact, today)
            case Since():
                seen = [day for _, day in self.rows(fact)]
                return today - seen[-1] if seen else today - self.begin_day if fact.otherwise == "start" else None
            case Flag() if fact.of is None:
                return int(bool(self.rows(fact)))
            case Flag():
                values = [v for t, _ in self.rows(fact) if (v := self.number(t, fact.of)) is not None]
                return values[-1] if values else None
            case Distinct():
                rows = self.windowed(fact, today)
                of = fact.of
                return len({day for _, day in rows} if of is None else {t.attribute(of) for t, _ in rows} - {None})
            case Gap():
                days = [day for _, day in self.rows(fact)]
                return (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else None
            case Open():
                return len(self.open(fact))
            case OldestOpen():
                return self.age(fact, today)
        raise AssertionError(fact)

    def units(self, fact: Sum, today: int) -> list[int]:
        scale = 1 if fact.of == "amount" else 10**fact.decimals
        numbers = [self.number(touchpoint, fact.of) for touchpoint, _ in self.windowed(fact, today)]
        return [round(number * scale) for number in numbers if number is not None]

    def one(self, fact: First, today: int) -> object:
        values: list[tuple[object, int]] = []
        for touchpoint, day in self.rows(fact):
            if fact.type == "number":
                value: object = self.number(touchpoint, fact.of)
            else:
                text = touchpoint.attribute(fact.of)
                value = text if fact.type == "text" else None
                if fact.type == "date" and isinstance(text, str) and text[:2] == "20":
                    value = (date.fromisoformat(text) - EPOCH).days
            if value is not None:
                values.append((value, day))
        if not values:
            return None
        if not isinstance(fact, Last):
            return values[0][0]
        return None if fact.stale_days is not None and today - values[-1][1] > fact.stale_days else values[-1][0]

    def open(self, fact: Open) -> dict[str, int]:
        found: dict[str, int] = {}
        for touchpoint, day in self.history:
            ref = str(touchpoint.attribute(fact.ref) or "")
            if self.kind(touchpoint) == fact.opened:
                found.setdefault(ref, day)
            elif self.kind(touchpoint) == fact.closed:
                found.pop(ref, None)
        return found

    def age(self, fact: OldestOpen, today: int) -> int | None:
        opened = min(self.open(fact.of).values(), default=None)
        if opened is None or fact.unit == "days":
            return None if opened is None else today - opened
        days = [EPOCH + timedelta(day) for day in range(opened, today)]
        return sum(day.weekday() < 5 and day not in fact.holidays for day in days)

    def derived(self, fact: Ratio | Difference, today: int) -> object:
        first, second = self.fact(fact.of, today), self.fact(fact.to, today)
        if first is None or second is None:
            return None
        if isinstance(fact, Difference):
            return first - second  # type: ignore[operator]
        return first / second if second else None  # type: ignore[operator]

    def in_stage(self, fact: InStage, today: int) -> int | None:
        node = self.stage if fact.stage is None else fact.stage
        if node not in self.entered:
            return None
        day, seen = self.entered[node]
        if fact.count is None:
            return today - day
        return sum(self.kind(touchpoint) == fact.count for touchpoint, _ in self.history[seen:])


def _score(touchpoint: Touchpoint) -> bool:
    score, trial = touchpoint.attribute("score"), touchpoint.attribute("trial")
    return isinstance(score, (int, float)) and score >= 5 and not trial


PASSES = {
    None: lambda touchpoint: True,
    "feature == 'A'": lambda touchpoint: touchpoint.attribute("feature") == "A",
    "score >= 5 and not trial": _score,
    "channel != 'web'": lambda touchpoint: touchpoint.channel not in (None, "web"),
}


def plain(value: object) -> object:
    """A value that compares across int, float and numpy."""
    return value.item() if isinstance(value, np.generic) else value
