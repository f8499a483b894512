"""Random definitions and histories: the worlds in which the engines must agree."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import attrs

from lifecycle import (
    ACTIVITY,
    ENTRY,
    Count,
    CustomerMachine,
    DateOf,
    Definition,
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
    State,
    Sum,
    Tenure,
    Timer,
    Touchpoint,
    role,
)  # fmt: skip

ZONES = (
    "UTC",
    "Asia/Tokyo",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Europe/London",
)
KINDS = ("visit", "Order Completed", "use", "answer", "ticket_opened", "ticket_closed", "profile_set", "odd")
EVENTS = ("visit", "bought", "use", "answer", "ticket_opened")
TIMED = ("t0", "t1", "t2", "t3")
COUNTS = (
    "n_all", "n_win", "days_seen", "days_seen_win", "features", "features_win", "open", "change", "here_visits",
    "there_uses",
)  # fmt: skip
DAYS = (
    "since_visit", "since_any", "since_use", "tenure", "here_days", "there_days", "oldest", "oldest_business", "late",
)  # fmt: skip
MONEY = ("spend", "spend_win", "high_spend", "low_spend_win")
SCORES = ("score_sum", "score_mean", "low", "high_win", "first_score", "last_score")
ROLES = (role.prospect, role.active, role.lost, role.returning)


@attrs.frozen
class World:
    """One definition with the histories of its customers."""

    seed: int
    definition: Definition
    histories: tuple[tuple[Touchpoint, ...], ...]
    until: datetime


def make_world(seed: int, *, n_customers: int = 20, mean_touchpoints: int = 22) -> World:
    """The world of a seed: the same seed gives the same world."""
    draw = random.Random(seed)
    zone = draw.choice(ZONES)
    begin = datetime(draw.choice((2010, 2011, 2018, 2024)), draw.randint(1, 12), 1, tzinfo=UTC)
    definition = _definition(draw, zone)
    currency = definition.currency or "EUR"
    histories = tuple(_history(draw, f"c{number}", begin, mean_touchpoints, currency) for number in range(n_customers))
    last = max(history[-1].at for history in histories)
    return World(seed, definition, histories, last + timedelta(days=draw.randint(0, 60), hours=draw.randint(1, 30)))


def _definition(draw: random.Random, zone: str) -> Definition:
    while True:
        structure = _Structure(draw)
        facts = _facts(draw, structure.ids)
        machine = structure.machine(_Conditions(draw, facts))
        try:
            return Definition(
                machine, name="world", zone=zone, currency=draw.choice(("EUR", "JPY")),
                events={"bought": ["order completed"]}, facts=facts, timers=structure.timers, passive=["odd"],
            )  # fmt: skip
        except ValueError:  # unreachable or shadowed by chance: draw another
            continue


class _Structure:
    """Stages, some of them inside compounds, transitions between them, timers."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.leaves = [f"s{number}" for number in range(draw.randint(2, 6))]
        self.compounds: dict[str, list[str]] = {}
        self.ids = list(self.leaves)
        timed = list(TIMED[: draw.randint(0, 4)])
        self.timers = [self.timer(event) for event in timed]

    def timer(self, event: str) -> Timer:
        draw = self.draw
        since = draw.choice((ACTIVITY, ENTRY, "visit", ("use", "Order Completed"), DateOf("renewal")))
        days = draw.randint(-5, 20) if isinstance(since, DateOf) else draw.choice((1, 2, 7, 30))
        return Timer(event, days, since, draw.choice((None, None, 1, 10)))

    def machine(self, conditions: _Conditions) -> type[CustomerMachine]:
        draw = self.draw
        states: dict[str, State] = {
            name: draw.choice(ROLES)(initial=number == 0) for number, name in enumerate(self.leaves)
        }
        top = dict(states)
        shape = draw.random()
        if shape < 0.6 and len(self.leaves) > 3:
            top = self.with_compound(states, nested=shape < 0.25 and len(self.leaves) > 4)
        namespace: dict[str, object] = dict(top)
        sources = [*states.values(), *(state for state in top.values() if state.states)]
        grown: dict[str, object] = {}
        for event in (*EVENTS, *(timer.event for timer in self.timers)):
            for _ in range(draw.randint(1, 4)):
                transition = self.transition(draw.choice(sources), list(states.values()), conditions)
                grown[event] = transition if event not in grown else grown[event] | transition  # type: ignore[operator]
        return type(CustomerMachine)("Random", (CustomerMachine,), {**namespace, **grown})

    def with_compound(self, states: dict[str, State], *, nested: bool) -> dict[str, State]:
        names = self.leaves[1:3] if not nested else self.leaves[1:4]
        inner = {name: states[name] for name in names}
        for name, state in inner.items():
            state._set_id(name)
        if nested:
            deep = State(states=[inner[names[1]], inner[names[2]]])
            deep._set_id("deep")
            outer = State(states=[inner[names[0]], deep])
        else:
            outer = State(states=list(inner.values()))
        top = {name: state for name, state in states.items() if name not in names}
        self.ids += ["outer", *(["deep"] if nested else [])]
        return {**top, "outer": outer}

    def transition(self, source: State, leaves: list[State], conditions: _Conditions) -> object:
        draw = self.draw
        target = source if draw.random() < 0.1 and not source.states else draw.choice(leaves)
        form = draw.random()
        if form < 0.25:
            return source.to(target)
        if form < 0.7:
            return source.to(target, cond=conditions.text())
        if form < 0.8:
            return source.to(target, cond=[conditions.text(1), conditions.text(1)])
        if form < 0.95:
            return source.to(target, unless=conditions.text(1))
        return source.to(target, cond=conditions.function())


def _facts(draw: random.Random, ids: list[str]) -> dict[str, object]:
    def where() -> str | None:
        return draw.choice((None, None, "feature == 'A'", "score >= 5 and not trial", "channel != 'web'"))

    def kinds() -> object:
        return draw.choice(("visit", "use", ("use", "visit"), "Order Completed", ()))

    days, ago = draw.choice((1, 2, 7, 30)), draw.choice((0, 0, 1, 7, 30))
    return {
        "n_all": Count(kinds(), where=where()),
        "n_win": Count(kinds(), where=where()).within(days, ago=ago),
        "spend": Sum("Order Completed"),
        "spend_win": Sum("Order Completed").within(draw.choice((1, 7, 30)), ago=draw.choice((0, 3))),
        "score_sum": Sum("answer", of="score", decimals=draw.choice((0, 2, 6))),
        "score_mean": Mean("answer", of="score"),
        "spend_mean_win": Mean("Order Completed").within(30),
        "low": Min("answer", of="score"),
        "high_win": Max("answer", of="score").within(draw.choice((2, 14))),
        "low_spend_win": Min("Order Completed").within(7, ago=2),
        "high_spend": Max("Order Completed"),
        "first_score": First("answer", of="score", where=where()),
        "last_score": Last("answer", of="score").stale_after(days=draw.choice((0, 5, 30))),
        "feature": Last(("use", "visit"), of="feature", type="text"),
        "renewal": Last("profile_set", of="renewal", type="date"),
        "since_visit": Since("visit", where=where()),
        "since_any": Since(),
        "since_use": Since("use", otherwise="missing"),
        "days_seen": Distinct(kinds()),
        "days_seen_win": Distinct(kinds()).within(draw.choice((2, 10)), ago=draw.choice((0, 3))),
        "features": Distinct(("use", "visit"), of="feature"),
        "features_win": Distinct(("use", "visit"), of="feature").within(draw.choice((2, 10))),
        "open": Open("ticket_opened", "ticket_closed", ref="ticket"),
        "oldest": Open("ticket_opened", "ticket_closed", ref="ticket").oldest(),
        "oldest_business": Open("ticket_opened", "ticket_closed", ref="ticket").oldest(
            "business_days", holidays=(date(2024, 5, 1), date(2018, 12, 25))
        ),
        "gap": Gap(kinds()),
        "tenure": Tenure(),
        "is_trial": Flag("use", of="trial"),
        "has_bought": Flag("Order Completed"),
        "here_days": InStage(),
        "there_days": InStage(draw.choice(ids)),
        "here_visits": InStage(count="visit"),
        "there_uses": InStage(draw.choice(ids), count="use"),
        "ratio": Ratio("n_win", "n_all"),
        "worth": Ratio("spend_win", "spend"),
        "change": Difference("n_all", "n_win"),
        "late": Difference("tenure", "here_days"),
    }


class _Conditions:
    """Random conditions over the facts."""

    def __init__(self, draw: random.Random, facts: dict[str, object]) -> None:
        self.draw = draw

    def text(self, depth: int = 2) -> str:
        draw = self.draw
        if depth == 0 or draw.random() < 0.4:
            return self.atom()
        form = draw.choice(("and", "or", "not"))
        if form == "not":
            return f"not ({self.text(depth - 1)})"
        return f"({self.text(depth - 1)}) {form} ({self.text(depth - 1)})"

    def atom(self) -> str:
        draw = self.draw
        sign = draw.choice(("==", "!=", "<", "<=", ">", ">=", ">=", "<="))
        small = draw.choice((0, 1, 1, 2, 3, 5, 10, -1))
        pick = draw.choice
        return pick((
            f"{pick(COUNTS)} {sign} {small}",
            f"{pick(DAYS)} {sign} {pick((0, 1, 2, 5, 7, 14, 30))}",
            f"{pick(DAYS)} {sign} {pick((0, 1, 2, 5, 7, 14, 30))}",
            f"{small} < {pick(COUNTS)} <= {small + draw.randint(1, 6)}",
            f"{pick(MONEY)} {sign} {pick((0, 10, 59, 59.9, -5, 100.5))}",
            f"{pick(SCORES)} {sign} {pick((0, 5, 6.25, 9))}",
            f"{pick(('spend_mean_win', 'gap'))} {sign} {pick((0.5, 3, 20))}",
            f"{pick(('ratio', 'worth'))} {sign} {pick((0, 0.5, 0.25, 1))}",
            f"feature {pick(('==', '!='))} '{pick('ABC')}'",
            f"{pick(('is_trial', 'has_bought'))}",
            f"{pick(('n_all', 'days_seen'))} {sign} {pick(('n_win', 'open', 'tenure'))}",
        ))  # fmt: skip

    def function(self) -> object:
        bound = self.draw.choice((1, 3, 10))

        def busy(n_win: int, spend: object, here_days: int) -> bool:
            return n_win >= bound or (spend is not None and float(spend) > 100) or here_days > 9  # type: ignore[arg-type]

        return busy


def _history(draw: random.Random, id: str, begin: datetime, mean: int, currency: str) -> tuple[Touchpoint, ...]:
    at = begin + timedelta(days=draw.randint(0, 40), seconds=draw.randint(0, 86_399))
    touchpoints = []
    for _ in range(max(1, int(draw.expovariate(1 / mean)))):
        touchpoints.append(_touchpoint(draw, id, at, currency))
        at = _later(draw, at)
    return tuple(touchpoints)


def _later(draw: random.Random, at: datetime) -> datetime:
    form = draw.random()
    if form < 0.1:
        return at
    if form < 0.4:
        return at + timedelta(seconds=draw.randint(1, 40_000))
    if form < 0.5:  # exactly some midnight, of UTC or half an hour beside it
        return (at + timedelta(days=draw.randint(1, 3))).replace(hour=draw.choice((0, 3, 5, 15)), minute=0, second=0)
    return at + timedelta(days=draw.choice((1, 1, 2, 3, 6, 7, 8, 29, 30, 31)), seconds=draw.randint(0, 30_000))


def _touchpoint(draw: random.Random, id: str, at: datetime, currency: str) -> Touchpoint:
    kind = draw.choice(KINDS)
    attributes: dict[str, object] = {}
    if draw.random() < 0.7:
        attributes["feature"] = draw.choice("ABC")
    if draw.random() < 0.6:
        attributes["score"] = draw.choice((0, 3, 5, 9, 10, 6.25, 1.5))
    if draw.random() < 0.3:
        attributes["trial"] = draw.choice((True, False))
    if kind.startswith("ticket") and draw.random() < 0.9:
        attributes["ticket"] = draw.choice(("x", "y", "z"))
    if kind == "profile_set":
        day = at.date() + timedelta(days=draw.randint(-20, 40))
        attributes["renewal"] = draw.choice((day, day, day.replace(day=15), "soon"))
    if draw.random() < 0.03:
        kind, attributes["stage"] = "stage_set", draw.choice(("s0", "s1"))
        attributes["who"] = "bo"
    amount = draw.randint(-20, 200) if kind == "Order Completed" and draw.random() < 0.9 else None
    channel = draw.choice((None, "web", "shop"))
    money = None if amount is None else currency
    return Touchpoint(id, kind, at, amount=amount, currency=money, channel=channel, attributes=attributes)
