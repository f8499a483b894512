"""Small random definitions, all of them valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from hypothesis import reject
from hypothesis import strategies as st

from lifecycle.chart import ACTIVITY, ENTRY, CustomerMachine, Timer, role
from lifecycle.definition import Definition
from lifecycle.errors import DefinitionError
from lifecycle.playbooks import (
    Action,
    Goal,
    Playbook,
    Stop,
    Trigger,
    Wait,
    became,
    entered,
    happened,
    left,
    on_date,
    raised,
    silent,
)
from lifecycle.rules import Count, Declared, Distinct, InStage, Last, Open, Ratio, Since
from lifecycle.signs import Signal

_ZONES: Final = ("UTC", "Asia/Tokyo", "America/New_York", "Europe/London", "Pacific/Apia")
_KINDS: Final = ("visit", "buy", "use", "ask")
_ROLES: Final = (role.active, role.active, role.lost, role.returning)
_METACLASS: Final[Any] = type(CustomerMachine)
_FACTS: Final[Mapping[str, Declared]] = {
    "visits": Count("visit"),
    "visits_7d": Count("visit").within(7),
    "visits_before": Count("visit").within(7, ago=7),
    "visit_change": Ratio("visits_7d", "visits_before"),
    "days_since_buy": Since("buy"),
    "days_used": Distinct("use").within(30),
    "questions_open": Open("ask", "answered", ref="question"),
    "days_here": InStage(),
    "plan": Last(("buy", "profile_set"), of="plan", type="text"),
    "renewal": Last("profile_set", of="renewal", type="date"),
}
_ATOMS: Final = (
    "visits >= 2", "visits_7d == 0", "visits_7d >= 1", "visit_change <= 0.5", "days_since_buy > 14",
    "days_used >= 2", "questions_open >= 1", "days_here >= 5", "plan == 'team'",
)  # fmt: skip


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Small random lifecycles with facts, timers, signals and playbooks.

    Every stage can be reached, and they all share one set of facts about visits, purchases, use and questions.

    Args:
        draw: given by hypothesis.
    """
    stages = [f"stage{number}" for number in range(draw(st.integers(2, 4)))]
    timer = st.builds(Timer, st.just("rested"), st.integers(3, 40), st.sampled_from((ACTIVITY, ENTRY)))
    timers = draw(st.lists(timer, max_size=1))
    signals = tuple(
        Signal(f"sign{number}", draw(_conditions()), dwell_days=draw(st.sampled_from((0, 0, 2))))
        for number in range(draw(st.integers(0, 2)))
    )
    names = [signal.name for signal in signals]
    playbooks = [draw(_playbooks(f"book{number}", stages, names)) for number in range(draw(st.integers(0, 2)))]
    machine, zone = draw(_machines(stages, timers)), draw(st.sampled_from(_ZONES))
    try:
        return Definition(
            machine, name="drawn", zone=zone, facts=_FACTS, timers=timers, signals=signals, playbooks=playbooks
        )
    except DefinitionError:  # what can be proved to be vain is refused: draw another
        reject()


def _conditions() -> st.SearchStrategy[str]:
    atom = st.sampled_from(_ATOMS)
    both = st.tuples(atom, st.sampled_from(("and", "or")), atom).map(" ".join)
    return atom | both | atom.map(lambda text: f"not ({text})")


@st.composite
def _machines(draw: st.DrawFn, stages: Sequence[str], timers: Sequence[Timer]) -> type[CustomerMachine]:
    """A chain of stages with a way back; every stage but the first is reached by a touchpoint."""
    states: dict[str, Any] = {stages[0]: role.prospect(initial=True)}
    for name in stages[1:]:
        states[name] = draw(st.sampled_from(_ROLES))()
    transitions: dict[str, Any] = {}

    def add(event: str, transition: Any) -> None:
        transitions[event] = transition if event not in transitions else transitions[event] | transition

    for source, target in pairwise(stages):
        condition = draw(st.none() | st.sampled_from(("visits >= 2", "days_used >= 2", "days_here >= 5")))
        event = draw(st.sampled_from(_KINDS))
        add(event, states[source].to(states[target], **({} if condition is None else {"cond": condition})))
    back = draw(st.sampled_from(_KINDS[:-1]))
    add(back if back != _last_event(transitions) else "ask", states[stages[-1]].to(states[stages[1 % len(stages)]]))
    for timer in timers:
        add(timer.event, states[stages[1]].to(states[stages[0]]))
    made: type[CustomerMachine] = _METACLASS("Drawn", (CustomerMachine,), {**states, **transitions})
    return made


def _last_event(transitions: Mapping[str, Any]) -> str:
    return list(transitions)[-1]


@st.composite
def _playbooks(draw: st.DrawFn, name: str, stages: Sequence[str], signals: Sequence[str]) -> Playbook:
    """A playbook whose trigger, waits and end can come about."""
    key = draw(st.sampled_from((None, "question")))
    steps: list[Any] = [
        Action(
            f"act{number}", channel=draw(st.sampled_from(("email", "phone"))), after_days=draw(st.integers(0, 3)),
            at=draw(st.sampled_from((None, "09:00"))), only_if=draw(st.none() | _conditions()),
        )
        for number in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    if draw(st.booleans()):
        then = (Action("thank"),) if draw(st.booleans()) else (Stop(),)
        steps.append(
            Wait("answered", days=draw(st.integers(1, 10)), match=key, then=then, otherwise=(Action("ask_again"),))
        )
    return Playbook(
        name, on=draw(_triggers(stages, signals, key)), steps=steps, key=key,
        audience=draw(st.none() | _conditions()), exit=draw(st.none() | _conditions()),
        exit_on=draw(st.sampled_from(((), ("buy",)))), priority=draw(st.integers(0, 2)),
        goal=draw(st.sampled_from((None, Goal("visits_7d >= 3", within_days=14), Goal(touchpoint="buy", exits=False)))),
        reentry=draw(st.sampled_from(("never", "after_exit", 7) if key is None else ("after_exit", "per_key"))),
        holdout=draw(st.sampled_from((0.0, 0.5))), max_days=draw(st.sampled_from((10, 365))),
    )  # fmt: skip


def _triggers(stages: Sequence[str], signals: Sequence[str], key: str | None) -> st.SearchStrategy[Trigger]:
    if key is not None:
        return st.just(happened("ask"))
    found = [entered(stages[1]), left(stages[0]), happened("buy"), happened("visit", where="page == 'price'")]
    found += [silent(5), silent(10, "visit"), on_date("renewal", days=-3), on_date("renewal", yearly=True)]
    found += [became("visits >= 2"), *map(raised, signals)]
    return st.sampled_from(found)
