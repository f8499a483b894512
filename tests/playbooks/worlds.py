"""Random playbooks over the random worlds of the signs."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import attrs

from lifecycle import Definition, Touchpoint
from lifecycle.playbooks import (
    AccountLimit,
    Action,
    Cadence,
    Cap,
    ChannelPreference,
    Consent,
    DiscountLimit,
    Goal,
    Holdout,
    HoldWhile,
    NoSelling,
    OnePerDay,
    Playbook,
    Policy,
    QuietHours,
    Stop,
    SurveyFatigue,
    Tier,
    Trigger,
    Wait,
    became,
    cleared,
    entered,
    happened,
    left,
    on_date,
    overdue,
    raised,
    reached,
    silent,
)
from tests.engine.worlds import KINDS, World
from tests.signs.worlds import _Signs, sign_world

CLOCKS = ("00:00", "09:00", "02:30", "23:45")
CUSTOMER_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "America/Havana", "Nowhere/Land", "Pacific/Apia")
FILTERS = (None, None, None, "feature == 'A'", "score >= 5", "channel != 'web'")
KEYS = ("feature", "score", "ticket", "channel")
CHANNELS = ("email", "sms", "phone", "")


class _Playbooks:
    """Random playbooks of one definition."""

    def __init__(self, draw: random.Random, definition: Definition) -> None:
        self.draw, self.definition = draw, definition
        self.write = _Signs(draw, definition)
        self.write.has_health = definition.health is not None
        self.write.signals = [signal.name for signal in definition.signals]
        self.nodes = list(definition.program.chart.nodes)
        self.milestones = [
            f"{blueprint.name}.{milestone.name}"
            for blueprint in definition.blueprints
            for milestone in blueprint.milestones
        ]

    def kinds(self) -> tuple[str, ...]:
        return tuple(self.draw.sample(KINDS, self.draw.choice((1, 1, 2))))

    def trigger(self) -> Trigger:
        draw, write = self.draw, self.write
        makers = [
            lambda: entered(*draw.sample(self.nodes, draw.choice((1, 1, 2)))),
            lambda: left(draw.choice(self.nodes)),
            lambda: raised(*draw.sample(write.signals, draw.choice((1, 1, 2)))),
            lambda: cleared(draw.choice(write.signals)),
            lambda: happened(*self.kinds(), where=draw.choice(FILTERS)),
            lambda: happened(*self.kinds()),
            lambda: on_date("renewal", days=draw.choice((0, 0, -7, 10)), yearly=draw.random() < 0.5),
            lambda: silent(draw.choice((1, 5, 14)), *draw.choice(((), ("visit",), ("use", "answer")))),
            lambda: became(write.text(1)),
        ]
        if self.milestones:
            makers += [lambda: reached(draw.choice(self.milestones)), lambda: overdue(draw.choice(self.milestones))]
        return draw.choice(makers)()

    def action(self) -> Action:
        draw = self.draw
        return Action(
            f"a{draw.randint(0, 3)}", channel=draw.choice(CHANNELS), after_days=draw.choice((0, 0, 0, 1, 3, 30)),
            after_hours=draw.choice((0, 0, 0, 5)), at=draw.choice((None, None, *CLOCKS)),
            only_if=self.write.text(1) if draw.random() < 0.25 else None, expires_days=draw.choice((1, 2, 7)),
            purpose=draw.choice((None, None, "listen", "expand")), transactional=draw.random() < 0.1,
            discount_percent=draw.choice((0, 0, 10, 30)),
        )  # fmt: skip

    def steps(self, depth: int, *, has_key: bool) -> list[Any]:
        draw = self.draw
        found: list[Any] = []
        for _ in range(draw.randint(1, 3) if depth else draw.choice((1, 1, 2))):
            form = draw.random()
            if form < 0.6 or not depth:
                found.append(self.action())
            elif form < 0.65:
                found.append(Stop())
            else:
                found.append(
                    Wait(
                        self.kinds(), days=draw.choice((1, 2, 5, 30)),
                        match=draw.choice((None, *KEYS)) if has_key else None, where=draw.choice(FILTERS),
                        then=self.steps(depth - 1, has_key=has_key) if draw.random() < 0.8 else (),
                        otherwise=self.steps(depth - 1, has_key=has_key) if draw.random() < 0.8 else (),
                    )
                )  # fmt: skip
        return found

    def tiers(self, *, has_key: bool) -> list[Tier]:
        draw = self.draw
        return [
            Tier(
                f"t{number}", [*self.steps(2, has_key=has_key), *self.steps(1, has_key=has_key)],
                least_signals=draw.choice((0, 0, 1, 2)) if number else 0,
                severity=draw.choice(("info", "info", "watch", "warning")),
                condition=self.write.text(1) if draw.random() < (0.7 if number else 0.1) else None,
            )
            for number in range(draw.randint(2, 3))
        ]  # fmt: skip

    def goal(self) -> Goal:
        draw, days = self.draw, self.draw.choice((1, 10, 40))
        if draw.random() < 0.5:
            return Goal(touchpoint=self.kinds(), within_days=days, exits=draw.random() < 0.6)
        return Goal(self.write.text(1), within_days=days, exits=draw.random() < 0.6)

    def playbook(self, number: int) -> Playbook:
        draw = self.draw
        key = draw.choice((None, None, None, *KEYS))
        reentry: Any = draw.choice(("after_exit", "after_exit", "never", 1, 10))
        concurrent = None
        if key is not None:
            reentry = draw.choice((reentry, "per_key"))
            concurrent = draw.choice((None, None, 1, 2))
        ways: dict[str, Any] = {"steps": self.steps(2, has_key=key is not None)}
        if draw.random() < 0.35:
            reentry = "after_exit" if draw.random() < 0.7 else reentry
            ways = {"tiers": self.tiers(has_key=key is not None)}
        return Playbook(
            f"p{number}", on=[self.trigger() for _ in range(draw.choice((1, 1, 2, 3)))], **ways,
            topic=tuple({signal.topic for signal in self.definition.signals}) or ("churn",),
            audience=self.write.text(1) if draw.random() < 0.3 else None,
            goal=self.goal() if draw.random() < 0.6 else None,
            exit=self.write.text(1) if draw.random() < 0.4 else None,
            exit_on=self.kinds() if draw.random() < 0.3 else (), reentry=reentry, key=key, concurrent=concurrent,
            priority=draw.choice((0, 0, 0, 1, -5)), holdout=draw.choice((0, 0, 0, 0.3)),
            max_days=draw.choice((365, 365, 2, 20)),
        )  # fmt: skip


def _policies(draw: random.Random, write: _Signs) -> list[Policy]:
    known: list[Policy] = [
        Consent(), ChannelPreference(), Cap(1, 3), Cap(2, 7, channel="email"), Cap(3, 2, calendar=True, at="09:30"),
        Cap(1, 20, discounts_only=True), OnePerDay(at="02:30"), Cadence(draw.choice((0, 2))), QuietHours(),
        QuietHours("01:30", "02:30", days=("sunday",)), HoldWhile(write.text(1)), SurveyFatigue(5),
        NoSelling(draw.choice(write.stages)), DiscountLimit(50, count=2, within_days=30, not_again_days=3),
        Holdout(0.2), AccountLimit(3),
    ]  # fmt: skip
    weights = [1] * (len(known) - 1) + [0.2]
    chosen = {draw.choices(range(len(known)), weights)[0] for _ in range(draw.choice((0, 1, 2, 3, 4)))}
    return [known[place] for place in sorted(chosen, key=lambda _: draw.random())]


def with_playbooks(world: World) -> World:
    """The same world, its definition with random playbooks and policies, its customers with zones and contacts."""
    draw = random.Random(world.seed + 4_242)
    old = world.definition
    write = _Playbooks(draw, old)
    books = [write.playbook(number) for number in range(draw.randint(1, 6))]
    draw.shuffle(books)
    definition = attrs.evolve(old, playbooks=books, policies=_policies(draw, write.write))
    histories = tuple(_lived(draw, history) for history in world.histories)
    return attrs.evolve(world, definition=definition, histories=histories)


def _lived(draw: random.Random, history: tuple[Touchpoint, ...]) -> tuple[Touchpoint, ...]:
    """A history with zones, contacts, consents, and outcomes of plays."""
    found = list(map(_known(draw), history))
    while draw.random() < 0.1:
        at = draw.choice(history).at
        place = sum(touchpoint.at <= at for touchpoint in found)
        attributes = {"key": "none", "outcome": draw.choice(("done", "done", "failed"))}
        found.insert(place, Touchpoint(history[0].customer, "play_outcome", at, attributes=attributes))
    return tuple(found)


def _known(draw: random.Random) -> Any:
    zone = draw.choice((None, *CUSTOMER_ZONES))

    def known(touchpoint: Touchpoint) -> Touchpoint:
        more: dict[str, object] = {}
        if draw.random() < 0.2:
            more["contact"] = draw.choice("xy")
        if touchpoint.kind == "profile_set":
            more |= {} if zone is None else {"zone": zone}
            more |= {"contact_every_days": 4} if draw.random() < 0.2 else {}
        return attrs.evolve(touchpoint, attributes={**touchpoint.attributes, **more})

    return known


def playbook_world(seed: int, *, n_customers: int = 10) -> World:
    """The world of a seed with playbooks."""
    while True:
        try:
            return with_playbooks(sign_world(seed, n_customers=n_customers))
        except ValueError:  # refused by chance, such as tiers that count signals of which there are none: draw another
            seed += 1_000_003


def moments(world: World) -> tuple[datetime, ...]:
    """All instants of touchpoints."""
    return tuple(touchpoint.at for history in world.histories for touchpoint in history)
