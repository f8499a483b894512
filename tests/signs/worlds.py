"""Random signs over the random worlds of the engines."""

from __future__ import annotations

import random

import attrs

from lifecycle import Definition, Distinct, Most, Overdue, Paired, Ratio
from lifecycle.signs import Blueprint, Criterion, Health, Loyalty, Measure, Milestone, Segment, Signal
from tests.engine.worlds import DAYS, World, _Conditions, make_world

MEASURES = {
    "since_visit": (30, 0),
    "since_use": (21, 2),
    "n_win": (0, 4),
    "tenure": (0, 90),
    "score_mean": (0, 10),
    "last_score": (2, 9),
    "ratio": (0, 1),
    "oldest": (14, 0),
    "oldest_business": (5, 1),
    "spend_win": (0, 100),
    "here_days": (0, 60),
    "has_bought": (0, 1),
    "there_uses": (0, 3),
    "overdue": (2, 0),
    "late_ratio": (3, 1),
    "hours": (72, 1),
    "most": (1, 4),
}


class _Signs(_Conditions):
    """Random conditions that read stages, health and signals too."""

    def __init__(self, draw: random.Random, definition: Definition) -> None:
        super().__init__(draw, {})
        self.stages = [stage.id for stage in definition.stages]
        self.signals: list[str] = []
        self.has_health = False

    def atom(self) -> str:
        draw, form = self.draw, self.draw.random()
        if form < 0.08:
            return f"stage {draw.choice(('==', '!='))} '{draw.choice(self.stages)}'"
        if form < 0.16 and self.has_health:
            return f"health {draw.choice(('<', '<=', '>', '>='))} {draw.choice((20, 40, 50, 62.5, 80))}"
        if form < 0.24 and self.signals:
            return f"signal_{draw.choice(self.signals)}"
        if form < 0.34:
            return f"late_ratio {draw.choice(('<=', '>=', '<', '>'))} {draw.choice((0.5, 1, 2))}"
        if form < 0.44:
            small = draw.choice((1, 1, 2))
            return draw.choice((
                f"overdue >= {small}", "overdue == 0", f"hours > {draw.choice((2, 24, 100))}", "short >= 1",
                f"most >= {small + 1}", f"fresh >= {small}", "fresh == 0",
            ))  # fmt: skip
        if form < 0.54:
            return f"{draw.choice(DAYS)} {draw.choice(('>=', '>', '<'))} {draw.choice((3, 5, 14))}"
        return super().atom()


def _facts(draw: random.Random) -> dict[str, object]:
    """Facts of pairs and repeats, beside those of the engines' worlds."""
    return {
        "late_ratio": Ratio("since_visit", "gap"),
        "overdue": Overdue("profile_set", ("ticket_closed", "use"), ref="feature", due="renewal"),
        "hours": Paired("ticket_opened", "ticket_closed", ref="ticket", value="hours").within(draw.choice((3, 30))),
        "short": Paired(
            "answer", "use", ref="feature", value="gap", of="score", statistic="count", below=0
        ).within(14, ago=draw.choice((0, 5))),
        "most": Most(("use", "visit"), of="feature").within(draw.choice((5, 20)), ago=draw.choice((0, 2))),
        "fresh": Distinct(("use", "visit"), of="feature", new=True).within(draw.choice((5, 20))),
    }  # fmt: skip


def with_signs(world: World) -> World:
    """The same world, its definition with random signs."""
    draw = random.Random(world.seed + 777)
    old = world.definition
    write = _Signs(draw, old)
    health = _health(draw, write.stages) if draw.random() < 0.7 else None
    write.has_health = health is not None
    signals = []
    for number in range(draw.randint(2, 6)):
        signals.append(_signal(draw, write, f"g{number}"))
        write.signals.append(f"g{number}")
    segments = [Segment(f"q{number}", write.text(2)) for number in range(draw.randint(0, 2))]
    blueprints = [_blueprint(draw, write, f"b{number}") for number in range(draw.randint(0, 2))]
    draw.shuffle(signals)
    definition = Definition(
        old.machine_class, name=old.name, version=old.version, zone=old.zone, currency=old.currency, events=old.events,
        facts={**old.facts, **_facts(draw)}, timers=old.timers, passive=old.passive,
        signals=signals, segments=segments, health=health, blueprints=blueprints,
        loyalty=Loyalty("last_score >= 5 or score_mean > 4", "n_win >= 1"),
    )  # fmt: skip
    return attrs.evolve(world, definition=definition)


def _signal(draw: random.Random, write: _Signs, name: str) -> Signal:
    stages = draw.choice((None, None, None, ("prospect", "active"), (draw.choice(write.stages),), tuple(write.stages)))
    return Signal(
        name, write.text(2), clear=write.text(1) if draw.random() < 0.4 else None,
        dwell_days=draw.choice((0, 0, 0, 0, 1, 2, 5)), stages=stages,
    )  # fmt: skip


def _health(draw: random.Random, stages: list[str]) -> Health:
    chosen = draw.sample(sorted(MEASURES), draw.randint(2, 4))
    measures = [
        Measure(
            name, bad=MEASURES[name][0], good=MEASURES[name][1], weight=draw.choice((1, 2, 0.3)),
            missing=draw.choice(("leave_out", "zero", "undefined")),
        )
        for name in chosen
    ]  # fmt: skip
    weights = {draw.choice(stages): {chosen[0]: draw.choice((0, 5))}} if draw.random() < 0.5 else {}
    return Health(
        measures, every_days=draw.choice((1, 7, 5)), trend_days=draw.choice((0, 7, 30)), margin=draw.choice((0, 5, 12)),
        weights=weights, stages=draw.choice((None, None, tuple(stages))),
    )  # fmt: skip


def _blueprint(draw: random.Random, write: _Signs, name: str) -> Blueprint:
    milestones = [
        Milestone(f"m{number}", write.text(1), due_days=draw.choice((0, 3, 14, 40)))
        for number in range(draw.randint(1, 3))
    ]
    return Blueprint(
        name, milestones, start=draw.choice((None, draw.choice(write.stages))),
        fit=[Criterion("young", "tenure < 30"), Criterion("scored", "last_score >= 5", weight=2)],
    )  # fmt: skip


def sign_world(seed: int, *, n_customers: int = 12) -> World:
    """The world of a seed with signs."""
    return with_signs(make_world(seed, n_customers=n_customers))
