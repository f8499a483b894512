"""The routes of a chart against what python-statemachine itself does with the very same class."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

import random
from itertools import product
from typing import Any

import attrs
import pytest
from statemachine.orderedset import OrderedSet

from lifecycle.chart import (
    Chart,
    CustomerMachine,
    State,
    compile_chart,
    current_leaf,
    machine_at,
    machine_variant,
    restore,
    role,
)
from lifecycle.errors import DefinitionError
from lifecycle.rules import FactSet

Values = dict[str, int]
FIGURES: tuple[Values, ...] = tuple(
    {"logins": logins, "tickets": tickets, "paid": paid} for logins, tickets, paid in product((0, 2, 5), (0, 3), (0, 1))
)


@attrs.define(eq=False)
class Plain:
    """A model as python-statemachine's own users write it: facts are attributes."""

    state: Any = None
    logins: int = 0
    tickets: int = 0
    paid: int = 0


def configuration(machine: type[CustomerMachine], stage: str) -> Any:
    """The state value of a stage with its compounds, found without the code under test."""
    state: Any = machine.states_map[stage]
    values = [state.value]
    while state.parent is not None:
        state = state.parent
        values.insert(0, state.value)
    return OrderedSet(values) if len(values) > 1 else values[0]


def moved_by_chart(chart: Chart, leaf: int, event: str, values: Values) -> int:
    """The leaf after an event, by the tables."""
    for route in chart.routes.get((leaf, event), ()):
        if route.condition is None or route.condition.holds(values.get):
            return route.target
    return leaf


def compare(machine: type[CustomerMachine], facts: FactSet) -> int:
    """How many events were tried; the tables, the class itself and its variant moved alike on each."""
    chart = compile_chart(machine, facts, ())
    model = Plain(configuration(machine, chart.stages[0].id))
    real = machine(model)
    variant = machine_at(machine_variant(machine, facts), chart.stages[0].id, {}.get)
    tried = 0
    for leaf, event, values in product(range(len(chart.stages)), chart.events, FIGURES):
        stage = chart.stages[leaf].id
        model.state = configuration(machine, stage)
        model.logins, model.tickets, model.paid = values["logins"], values["tickets"], values["paid"]
        real.send(event)
        restore(variant, stage, values.get)
        variant.send(event)
        expected = chart.stages[moved_by_chart(chart, leaf, event, values)].id
        assert (current_leaf(real), current_leaf(variant)) == (expected, expected), (stage, event, values)
        assert model.state == configuration(machine, expected)
        assert variant.model.state == configuration(machine, expected)
        tried += 1
    return tried


def test_the_order_is_that_of_the_calls_not_of_the_bars(facts: FactSet) -> None:
    """`|` only names the event: candidates are tried in the order in which `.to()` was called."""

    class Gym(CustomerMachine):
        trial, member, guest = role.prospect(initial=True), role.active(), role.active()
        first = trial.to(member, cond="logins > 1")
        second = trial.to(guest)
        joined = second | first
        swap = member.to(guest) | guest.to(member)

    chart = compile_chart(Gym, facts, ())
    assert [chart.stages[route.target].id for route in chart.routes[0, "joined"]] == ["member", "guest"]
    assert compare(Gym, facts) == 3 * 4 * len(FIGURES)


def test_an_event_of_two_names_and_two_events_of_one_attribute(facts: FactSet) -> None:
    """One list under two names and `event="a b"` give each event the same candidates as psm."""

    class Gym(CustomerMachine):
        trial, member, lost = role.prospect(initial=True), role.active(), role.lost()
        joined = bought = trial.to(member, cond="logins > 1") | member.to(lost, unless="paid")
        left = member.to(lost, event="expired refunded", cond="tickets > 1") | lost.to(trial)

    chart = compile_chart(Gym, facts, ())
    assert sorted(chart.events) == ["bought", "expired", "joined", "left", "refunded"]
    compare(Gym, facts)


def test_from_any_is_tried_after_the_calls_of_the_state(facts: FactSet) -> None:
    """`from_.any()` adds its transitions when the event is named, after all `.to()` calls."""

    class Gym(CustomerMachine):
        trial, member, lost = role.prospect(initial=True), role.active(), role.lost()
        leave = lost.from_.any(cond="tickets > 1")
        joined = trial.to(member, event="leave", cond="paid") | lost.to(member)

    chart = compile_chart(Gym, facts, ())
    assert [route.target for route in chart.routes[0, "leave"]] == [1, 2]
    compare(Gym, facts)


def test_compounds_self_transitions_and_touches(facts: FactSet) -> None:
    """Inner transitions first; external, internal and targetless ones as psm does them."""

    class Saas(CustomerMachine):
        trial = role.prospect(initial=True)

        class active(State.Compound):
            class early(State.Compound):
                onboarding = role.active()
                adoption = role.active()
                login = onboarding.to(adoption, cond=["logins >= 2", "tickets < 3"])
                ping = adoption.to.itself(internal=True, cond="paid") | onboarding.to.itself()

            maturity = role.active()
            login = early.to(maturity, cond="logins >= 5", unless="tickets >= 3")
            ping = early.to.itself(cond="tickets > 0") | maturity.to(None)

        churn = role.lost()
        buy = trial.to(active) | churn.to(active.early)
        login = active.to(churn, cond="not paid and tickets > 1")
        ping = active.to.itself() | trial.to.itself()
        leap = active.early.onboarding.to(active) | active.to(active.maturity) | trial.to(active.maturity)

    assert compare(Saas, facts) == 5 * 4 * len(FIGURES)


CONDITIONS = (
    "logins >= 2",
    "logins > 2 and tickets < 3",
    "paid",
    "not paid or tickets == 3",
    "0 < logins <= 2",
    "not (logins > 1 and paid)",
    "tickets <= logins",
    "2 == logins",
    "tickets != 0",
)


def random_machine(dice: random.Random) -> type[CustomerMachine]:
    """A machine of three to five stages, half of them with a compound, with random transitions."""
    names = ["one", "two", "three", "four", "five"][: dice.randint(3, 5)]
    stages: dict[str, Any] = {name: role.active(initial=name == "one") for name in names}
    states: list[Any] = list(stages.values())
    body: dict[str, Any] = dict(stages)
    if dice.random() < 0.6:
        inside = names[-2:]
        members = {name: role.active(initial=name == inside[1] and dice.random() < 0.5) for name in inside}
        compound: Any = type(State.Compound)("inner", (State.Compound,), members)
        states = [stages[name] for name in names[:-2]] + [compound, *members.values()]
        body = {**{name: stages[name] for name in names[:-2]}, "inner": compound}
    named: dict[str, Any] = {}
    for _ in range(dice.randint(6, 16)):
        event = dice.choice(("alpha", "beta", "gamma"))
        made = random_transition(dice, states)
        # The bars in a random order: it must not matter.
        named[event] = made if event not in named else dice.choice((named[event] | made, made | named[event]))
    return type(CustomerMachine)("Random", (CustomerMachine,), {**body, **named})


def random_transition(dice: random.Random, states: list[Any]) -> Any:
    """One `.to()` call with random guards."""
    source = dice.choice(states)
    guards: dict[str, Any] = {}
    if dice.random() < 0.8:
        guards["cond"] = dice.sample(CONDITIONS, dice.randint(1, 2))
    if dice.random() < 0.3:
        guards["unless"] = dice.choice(CONDITIONS)
    kind = dice.random()
    if kind < 0.1:
        return source.to(None, **guards)
    if kind < 0.2:
        return source.to.itself(internal=not source.states and dice.random() < 0.5, **guards)
    return source.to(dice.choice(states), **guards)


def test_random_machines_move_as_python_statemachine_moves_them(facts: FactSet) -> None:
    """Tables, class and variant agree on every stage, event and figure of many random machines."""
    dice = random.Random(20260101)
    tried = compared = 0
    refused: tuple[str, ...] = ()
    while compared < 60:
        machine = random_machine(dice)
        try:
            tried += compare(machine, facts)
        except DefinitionError as error:
            refused += error.problems
            continue
        compared += 1
    assert tried > 5_000
    assert all("never taken" in problem or "no path" in problem for problem in refused)


def test_a_wrong_order_is_noticed(facts: FactSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above can fail: tables that try the compound first are caught."""
    from lifecycle.chart import _flatten

    real = _flatten.grow

    def outermost_first(nodes: Any) -> Any:
        tree = real(nodes)
        return attrs.evolve(tree, paths=tuple(tuple(reversed(path)) for path in tree.paths))

    class Saas(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active()
            go = one.to(two, cond="paid")

        lost = role.lost()
        go = active.to(lost, cond="logins > 1")

    compare(Saas, facts)
    monkeypatch.setattr("lifecycle.chart._compile.grow", outermost_first)
    with pytest.raises(AssertionError):
        compare(Saas, facts)
