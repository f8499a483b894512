"""A machine class to tables: stages, entries, routes in order, timers."""

# ruff: noqa: N801 - a compound is a class whose name is its id

from __future__ import annotations

import pytest

from lifecycle.chart import Chart, CustomerMachine, State, Timer, compile_chart, role
from lifecycle.model import Stage
from lifecycle.rules import FactSet

pytestmark = pytest.mark.smoke


def saas() -> type[CustomerMachine]:
    """A lifecycle with a compound and every form of transition."""

    class Saas(CustomerMachine):
        trial = role.prospect("Trial", ja="お試し", initial=True)

        class active(State.Compound):
            onboarding = role.active()
            adoption = role.active("In use")
            login = onboarding.to(adoption, cond="logins >= 3")
            cool = adoption.to(onboarding, cond="logins < 3", unless=["paid", "tickets > 5"])
            ping = adoption.to.itself(internal=True)

        churn = role.lost()
        back = role.returning(ja="復帰")
        purchase = trial.to(active) | churn.to(back) | back.to(active.adoption)
        restart = active.to.itself()
        note = active.to(None)
        login = active.to(churn, cond="tickets > 9")
        quiet = active.adoption.to(back, cond="paid") | active.to(churn) | trial.to(churn)

    return Saas


@pytest.fixture(scope="module")
def chart(facts: FactSet) -> Chart:
    """The tables of the lifecycle above."""
    return compile_chart(saas(), facts, [Timer("quiet", 45), Timer("restart", 400), Timer("quiet", 90)])


def texts(chart: Chart, stage: str, event: str) -> list[str]:
    """The routes of a stage on an event, for people."""
    return [str(route) for route in chart.routes.get((chart.entries[stage], event), ())]


def test_the_leaves_are_the_stages(chart: Chart) -> None:
    """Leaves become stages in document order, with their labels and roles."""
    assert chart.stages == (
        Stage("trial", "Trial", "お試し", "prospect"),
        Stage("onboarding", "Onboarding", "Onboarding", "active"),
        Stage("adoption", "In use", "In use", "active"),
        Stage("churn", "Churn", "Churn", "lost"),
        Stage("back", "Back", "復帰", "returning"),
    )
    assert chart.stages[chart.initial].id == "trial"


def test_compounds_are_nodes_and_paths_go_outwards(chart: Chart) -> None:
    """Every state is a node in document order; a leaf's path runs from itself to the outermost compound."""
    assert chart.nodes == ("trial", "active", "onboarding", "adoption", "churn", "back")
    assert chart.labels == ("Trial", "Active", "Onboarding", "In use", "Churn", "Back")
    assert chart.paths == ((0,), (2, 1), (3, 1), (4,), (5,))


def test_a_compound_is_entered_by_its_initial_child(chart: Chart) -> None:
    """Every id has the leaf that is entered with it."""
    leaves = {"trial": 0, "active": 1, "onboarding": 1, "adoption": 2, "churn": 3, "back": 4}
    assert dict(chart.entries) == leaves


def test_the_innermost_state_is_tried_first(chart: Chart) -> None:
    """The stage's own transitions come before those of the compound around it."""
    assert texts(chart, "onboarding", "login") == [
        "onboarding → adoption on 'login' if logins >= 3",
        "active → churn on 'login' if tickets > 9",
    ]
    assert texts(chart, "adoption", "login") == ["active → churn on 'login' if tickets > 9"]
    assert texts(chart, "adoption", "quiet") == [
        "adoption → back on 'quiet' if paid",
        "active → churn on 'quiet'",
    ]


def test_what_a_transition_without_condition_covers_is_left_out(facts: FactSet) -> None:
    """After a transition that always holds, the compound's is no candidate in that stage."""

    class Shop(CustomerMachine):
        class active(State.Compound):
            one = role.active(initial=True)
            two = role.active()
            go = one.to(two)

        gone = role.lost()
        go = active.to(gone)

    chart = compile_chart(Shop, facts, ())
    assert texts(chart, "one", "go") == ["one → two on 'go'"]
    assert texts(chart, "two", "go") == ["active → gone on 'go'"]


def test_conditions_are_joined(chart: Chart) -> None:
    """The condition list and the unless list become one condition."""
    (route,) = chart.routes[chart.entries["adoption"], "cool"]
    assert route.text == ("adoption → onboarding on 'cool' if (logins < 3) and not (paid) and not (tickets > 5)")
    assert route.condition is not None
    assert route.condition.holds({"logins": 2, "paid": 0, "tickets": 5}.get)
    assert not route.condition.holds({"logins": 2, "paid": 1, "tickets": 5}.get)


def test_touches_stay(chart: Chart) -> None:
    """Internal, targetless and self transitions are touches; a compound's only where it stays."""
    (ping,) = chart.routes[chart.entries["adoption"], "ping"]
    assert (ping.is_touch, ping.target, ping.text) == (
        True,
        chart.entries["adoption"],
        "adoption stays on 'ping'",
    )
    assert [chart.routes[leaf, "note"][0].is_touch for leaf in (1, 2)] == [True, True]
    assert [chart.routes[leaf, "restart"][0].is_touch for leaf in (1, 2)] == [True, False]
    assert chart.routes[2, "restart"][0].target == 1


def test_a_route_keeps_what_it_names(chart: Chart) -> None:
    """A route to a compound names it as its aim and enters its initial child."""
    (route,) = chart.routes[chart.entries["trial"], "purchase"]
    assert (route.source, route.aim, chart.stages[route.target].id) == ("trial", "active", "onboarding")


def test_timers_are_armed_where_they_are_answered(chart: Chart) -> None:
    """Each leaf knows its timers, with the innermost state that answers: there the entry clock runs."""
    trial, active, adoption = (chart.nodes.index(name) for name in ("trial", "active", "adoption"))
    assert chart.armed == (
        ((0, trial), (2, trial)),
        ((0, active), (1, active), (2, active)),
        ((0, adoption), (1, active), (2, adoption)),
        (),
        (),
    )


def test_only_answered_events_are_listed(facts: FactSet) -> None:
    """Every event with a transition is listed once, whatever the number of transitions."""

    class Gym(CustomerMachine):
        trial, member, lapsed = role.prospect(initial=True), role.active(), role.lost()
        joined = trial.to(member)
        visit = lapsed.to(member) | trial.to.itself()
        left = member.to(lapsed, event="expired")

    chart = compile_chart(Gym, facts, ())
    assert sorted(chart.events) == ["expired", "joined", "left", "visit"]
    assert {event for _, event in chart.routes} == set(chart.events)


def test_a_stage_without_exits_is_legal(facts: FactSet) -> None:
    """A stage that no event leaves is no mistake: a person can still move the customer."""

    class Gym(CustomerMachine):
        member, lapsed = role.active(initial=True), role.lost()
        left = member.to(lapsed)

    chart = compile_chart(Gym, facts, ())
    assert [event for leaf, event in chart.routes if leaf == chart.entries["lapsed"]] == []


def test_an_initial_child_can_lie_deeper(facts: FactSet) -> None:
    """Compounds inside compounds are entered down to a leaf."""

    class Deep(CustomerMachine):
        class outer(State.Compound):
            class middle(State.Compound):
                low = role.active()
                high = role.active(initial=True)
                down = high.to(low)

            beside = role.active()
            out = middle.to(beside)

        over = outer.beside.to(outer)

    chart = compile_chart(Deep, facts, ())
    assert {name: chart.stages[leaf].id for name, leaf in chart.entries.items()} == {
        "outer": "high", "middle": "high", "low": "low", "high": "high", "beside": "beside",
    }  # fmt: skip
    assert chart.stages[chart.initial].id == "high"
    assert [chart.nodes[node] for node in chart.paths[chart.entries["low"]]] == ["low", "middle", "outer"]


def test_a_plain_function_is_a_guard(facts: FactSet) -> None:
    """A plain function is called with the facts that its parameters name."""

    def is_ripe(logins: int, *, tickets: int) -> bool:
        return logins > tickets

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond=is_ripe)

    (route,) = compile_chart(Gym, facts, ()).routes[0, "joined"]
    assert route.condition is not None
    assert route.condition.holds({"logins": 3, "tickets": 2}.get)
    assert not route.condition.holds({"logins": 2, "tickets": 2}.get)
    assert "is_ripe()" in route.text


def test_compiling_twice_gives_the_same(facts: FactSet) -> None:
    """Compiling only reads the class."""
    machine = saas()
    first, second = (compile_chart(machine, facts, ()) for _ in range(2))
    assert [[str(route) for route in found] for found in first.routes.values()] == [
        [str(route) for route in found] for found in second.routes.values()
    ]
    assert (first.stages, first.paths, first.armed) == (second.stages, second.paths, second.armed)
