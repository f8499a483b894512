"""The live machine: the host's callbacks kept, the host's class untouched, customers swapped under it."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

from typing import Any

import pytest
from statemachine.graph import iterate_states_and_transitions

from lifecycle.chart import (
    CustomerMachine,
    MachineModel,
    State,
    compile_chart,
    current_leaf,
    machine_at,
    machine_variant,
    restore,
    role,
)
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.rules import FactSet

pytestmark = pytest.mark.smoke

HEARD: list[str] = []


@pytest.fixture(autouse=True)
def heard() -> list[str]:
    """What the callbacks said in this test."""
    HEARD.clear()
    return HEARD


def hear(*said: object) -> None:
    """Notes what a callback says."""
    HEARD.append(" ".join(map(str, said)))


class Diary:
    """A listener of the class."""

    def after_transition(self, event: str, source: State, target: State) -> None:
        """Told of every transition."""
        hear("diary", event, source.id, target.id)


def loud(event: str) -> None:
    """A plain function as a callback."""
    hear("loud", event)


def saas() -> type[CustomerMachine]:
    """A machine with every form of callback."""

    class Saas(CustomerMachine):
        """A lifecycle with callbacks."""

        listeners = [Diary]  # noqa: RUF012 - python-statemachine's own form
        trial = role.prospect("Trial", ja="お試し", initial=True)

        class active(State.Compound, enter="greet"):
            onboarding = role.active()
            adoption = role.active()
            login = onboarding.to(adoption, cond="logins >= -3", unless="tickets > 2", before=loud)

            @adoption.enter
            def settle(self) -> None:
                hear("settle", type(self).__name__)

        churn = role.lost()
        buy = trial.to(active, on="pay") | churn.to(active, cond="paid")
        leave = churn.from_.any()
        leave_early = active.onboarding.to(churn)

        @active.to(active.onboarding)
        def restart(self, note: str = "") -> None:
            """An action that is an event as well."""
            hear("restart", note)

        @buy.before
        def count(self) -> None:
            hear("count")

        def greet(self) -> None:
            hear("greet")

        def pay(self) -> None:
            hear("pay")

        def on_enter_churn(self) -> None:
            hear("bye")

        def on_exit_active(self) -> None:
            hear("left active")

        def after_login(self) -> None:
            hear("after login")

        def say(self) -> str:
            """A method of the host's own."""
            return "hello " + super().__repr__()[:4]

    return Saas


def portrait(machine: type[CustomerMachine]) -> list[str]:
    """All of a class that building another could change."""
    visited = list(iterate_states_and_transitions(machine.states))
    lines = [repr(thing) + repr([(spec, spec.group) for spec in thing._specs]) for thing in visited]
    lines += [f"{key}: {value!r}" for key, value in sorted(vars(machine).items()) if "cached" not in key]
    return [*lines, repr(list(machine._events)), repr(list(machine.states_map)), str(len(visited))]


def parts(machine: type[CustomerMachine]) -> set[int]:
    """The identity of every state, transition and callback of a class."""
    visited = list(iterate_states_and_transitions(machine.states))
    return {id(thing) for thing in visited} | {id(spec) for thing in visited for spec in thing._specs}


def test_the_class_of_the_host_is_never_changed(facts: FactSet) -> None:
    """Building a variant leaves every state, transition, callback and attribute of the class as it was."""
    machine = saas()
    before, objects = portrait(machine), [id(state) for state in machine.states_map.values()]
    variant = machine_variant(machine, facts)
    machine_at(variant, "onboarding", {"logins": 0, "tickets": 0}.get).send("login")
    assert portrait(machine) == before
    assert [id(state) for state in machine.states_map.values()] == objects
    assert not {id(state) for state in variant.states_map.values()} & set(objects)
    assert not parts(machine) & parts(variant)


def test_two_variants_do_not_meet(facts: FactSet) -> None:
    """Variants share no state, and a chart still compiles from the class afterwards."""
    machine = saas()
    first, second = machine_variant(machine, facts), machine_variant(machine, facts)
    assert first is not second
    assert not {id(state) for state in first.states_map.values()} & {id(state) for state in second.states_map.values()}
    assert len(compile_chart(machine, facts, ()).stages) == 4


def test_a_variant_is_still_the_host_s_class(facts: FactSet) -> None:
    """Methods, `super()`, the document string, labels and roles are those of the host's class."""
    machine = saas()
    variant = machine_variant(machine, facts)
    live = machine_at(variant, "trial", {}.get)
    assert isinstance(live, machine)
    assert (live.say(), variant.__doc__) == ("hello Saas", "A lifecycle with callbacks.")  # type: ignore[attr-defined]
    trial: Any = variant.states_map["trial"]
    assert (trial.role, trial.name, trial.label_ja) == ("prospect", "Trial", "お試し")
    assert [state.id for state in variant.states] == ["trial", "active", "churn"]


def test_the_callbacks_of_the_host_run(facts: FactSet, heard: list[str]) -> None:
    """Inline, decorated and named callbacks of states and transitions run, and so do listeners."""
    live = machine_at(machine_variant(saas(), facts), "trial", {"logins": -3, "tickets": 0}.get)
    assert heard == []
    live.send("buy")
    assert heard == ["count", "pay", "greet", "diary buy trial active"]
    heard.clear()
    live.send("login")
    assert heard == ["loud login", "settle SaasVariant", "after login", "diary login onboarding adoption"]
    heard.clear()
    live.send("restart", note="again")
    assert heard == ["left active", "restart again", "greet", "diary restart active onboarding"]
    heard.clear()
    live.send("leave")
    assert heard == ["left active", "bye", "diary leave active churn"]


def test_the_callbacks_are_those_of_the_class_itself(facts: FactSet, heard: list[str]) -> None:
    """The class run by python-statemachine alone says the same in the same order."""

    class Model:
        state: Any = "trial"
        logins, tickets, paid = 2, 0, 1

    said = []
    for live in (machine_at(machine_variant(plain(), facts), "trial", vars(Model).get), plain()(Model())):
        for event in ("buy", "login", "restart", "ping", "leave", "buy", "leave"):
            live.send(event)
        said.append(list(heard))
        heard.clear()
    assert said[0] == said[1]
    assert len(said[0]) > 10


def plain() -> type[CustomerMachine]:
    """A machine whose conditions python-statemachine can read too."""

    class Saas(CustomerMachine):
        trial = role.prospect(initial=True)

        class active(State.Compound):
            onboarding = role.active(initial=True)
            adoption = role.active()
            login = onboarding.to(adoption, cond="logins >= 2", unless="tickets > 2")
            ping = adoption.to.itself() | onboarding.to.itself(internal=True)

        churn = role.lost()
        buy = trial.to(active) | churn.to(active.adoption, cond="paid")
        restart = active.to.itself()
        leave = active.to(churn)

        def on_enter_state(self, target: State) -> None:
            hear("enter", target.id)

        def on_exit_state(self, source: State) -> None:
            hear("exit", source.id)

        def on_transition(self, event: str) -> None:
            hear("on", event)

    return Saas


def test_conditions_are_ours(facts: FactSet) -> None:
    """Negative numbers, which python-statemachine cannot parse, and missing facts are as in the engines."""
    live = machine_at(machine_variant(saas(), facts), "onboarding", {"logins": -4}.get)
    live.send("login")
    assert current_leaf(live) == "onboarding"
    restore(live, "onboarding", {"logins": None, "tickets": 0}.get)
    live.send("login")
    assert current_leaf(live) == "onboarding"
    restore(live, "onboarding", {"logins": -3, "tickets": None}.get)
    live.send("login")
    assert current_leaf(live) == "adoption"


@pytest.mark.parametrize("stage", ["trial", "onboarding", "adoption", "churn"])
def test_restoring_runs_no_callback(stage: str, facts: FactSet, heard: list[str]) -> None:
    """A machine is made or put in any stage, inside a compound too, without a callback."""
    variant = machine_variant(saas(), facts)
    live = machine_at(variant, stage, {}.get)
    assert (current_leaf(live), heard) == (stage, [])
    restore(live, "churn", {}.get)
    restore(live, stage, {}.get)
    assert (current_leaf(live), heard) == (stage, [])
    assert {state.id for state in live.configuration} == {
        stage, *(parent.id for parent in variant.states_map[stage].ancestors()),
    }  # fmt: skip


def test_a_machine_without_a_stage_begins_at_the_beginning(facts: FactSet) -> None:
    """Without a state python-statemachine enters the initial stage, wherever it is declared."""

    class Gym(CustomerMachine):
        class active(State.Compound):
            late = role.active()
            early = role.active(initial=True)
            ripe = early.to(late)

        trial = role.prospect(initial=True)
        joined = trial.to(active)

    live = machine_variant(Gym, facts)(MachineModel(None, {}.get))
    assert current_leaf(live) == "trial"
    live.send("joined")
    assert current_leaf(live) == "early"


def test_a_restored_compound_is_left_as_one_that_was_entered(facts: FactSet, heard: list[str]) -> None:
    """The compound around a restored stage is known: leaving it runs its exit callback."""
    live = machine_at(machine_variant(saas(), facts), "adoption", {}.get)
    live.send("leave")
    assert heard == ["left active", "bye", "diary leave active churn"]
    assert current_leaf(live) == "churn"


def test_one_machine_serves_many_customers(facts: FactSet) -> None:
    """Customers are swapped under one machine, each with facts of its own."""
    live = machine_at(machine_variant(plain(), facts), "trial", {}.get)
    expected = {0: "onboarding", 1: "onboarding", 2: "adoption", 3: "adoption"}
    found = {}
    for logins in (*expected, *reversed(expected)):
        restore(live, "onboarding", {"logins": logins, "tickets": 0}.get)
        live.send("login")
        found[logins] = current_leaf(live)
    assert found == expected


def test_an_error_in_a_callback_reaches_the_caller(facts: FactSet) -> None:
    """Nothing is swallowed, and the stage is the old one."""

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

        def on_enter_member(self) -> None:
            raise RuntimeError("no room")

    live = machine_at(machine_variant(Gym, facts), "trial", {}.get)
    with pytest.raises(RuntimeError, match="no room"):
        live.send("joined")
    assert current_leaf(live) == "trial"


def test_an_event_without_answer_is_no_error(facts: FactSet) -> None:
    """Known and unknown events that the stage does not answer leave it as it is."""
    live = machine_at(machine_variant(plain(), facts), "trial", {}.get)
    live.send("leave")
    live.send("never_heard_of")
    assert current_leaf(live) == "trial"


def test_listeners_can_be_given_to_one_machine(facts: FactSet) -> None:
    """A listener given to `machine_at` hears the moves of that machine."""

    class Ear:
        def on_enter_churn(self, model: MachineModel) -> None:
            hear("ear", model.state)

    live = machine_at(machine_variant(plain(), facts), "adoption", {}.get, listeners=[Ear()])
    live.send("leave")
    assert "ear churn" in HEARD


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("adption", "'adption' is no stage of SaasVariant; did you mean 'adoption'?"),
        ("active", "'active' is no stage of SaasVariant; "),
        ("", "'' is no stage of SaasVariant; stages: trial, onboarding, adoption, churn"),
    ],
)
def test_a_machine_is_put_in_stages_only(stage: str, said: str, facts: FactSet) -> None:
    """Unknown ids and compounds are refused with the nearest stage."""
    variant = machine_variant(plain(), facts)
    live = machine_at(variant, "trial", {}.get)
    for attempt in (lambda: machine_at(variant, stage, {}.get), lambda: restore(live, stage, {}.get)):
        with pytest.raises(InvalidArgument) as caught:
            attempt()
        assert said in str(caught.value)


def test_a_machine_of_another_making_is_not_restored(facts: FactSet) -> None:
    """Only machines with our model can be swapped."""

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

    with pytest.raises(InvalidArgument, match="make the machine with machine_at"):
        restore(Gym(), "member", {}.get)
    live = machine_at(machine_variant(Gym, facts), "member", {}.get)
    assert isinstance(live.model, MachineModel)


def test_what_does_not_compile_has_no_variant(facts: FactSet) -> None:
    """A variant is refused for the reasons for which a chart is."""

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond="logns > 3")

    with pytest.raises(DefinitionError, match="did you mean 'logins'"):
        machine_variant(Gym, facts)
