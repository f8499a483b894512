"""What a chart refuses, each with its message: place, reason, remedy."""

# ruff: noqa: D103, N801 - the name of a case says what it is; a compound is a class whose name is its id

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from statemachine import Event, HistoryState, StateMachine
from statemachine.transition import Transition

from lifecycle.chart import CustomerMachine, DateOf, State, Timer, compile_chart, role
from lifecycle.errors import DefinitionError, NotCompilable
from lifecycle.rules import Context, Count, FactSet, bind_facts

pytestmark = pytest.mark.smoke

Case = tuple[Callable[[], Any], Sequence[str]]
NO_TABLE: dict[str, Case] = {}
MISTAKES: dict[str, Case] = {}


def case(table: dict[str, Case], *said: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Puts a function that builds a machine into a table with what must be said of it."""

    def keep(build: Callable[[], Any]) -> Callable[[], Any]:
        table[build.__name__] = (build, said)
        return build

    return keep


def gym(**guards: Any) -> type[CustomerMachine]:
    """Two stages, and one transition with the given arguments."""

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, **guards)

    return Gym


async def wait(logins: int) -> bool:
    """An async guard."""
    return logins > 3


@case(NO_TABLE, "stage 'active': it is parallel, but a customer is in one stage at a time; use a compound")
def parallel() -> Any:
    class Gym(CustomerMachine):
        class active(State.Parallel):
            class web(State.Compound):
                off, on = role.active(initial=True), role.active()
                log_in = off.to(on)

            class shop(State.Compound):
                away, there = role.active(initial=True), role.active()
                visit = away.to(there)

    return Gym


@case(NO_TABLE, "stage 'active': it has a history state; let a condition choose the stage to return to")
def history() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active()
            back = HistoryState()
            go = one.to(two)

        lost = role.lost()
        leave = active.to(lost)
        come = lost.to(active.back)

    return Gym


@case(NO_TABLE, "stage 'member': invoke starts work; do it in a hook after the step instead")
def invoke() -> Any:
    class Gym(CustomerMachine):
        trial = role.prospect(initial=True)

        class member(State.Compound, invoke=print):
            fresh = role.active()

        joined = trial.to(member)

    return Gym


@case(NO_TABLE, "stage 'member': invoke starts work")
def invoke_by_name() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

        def on_invoke_member(self) -> None: ...

    return Gym


@case(NO_TABLE, "stage 'left': it is final, and python-statemachine stops there; leave final (and donedata) out")
def final() -> Any:
    class Gym(CustomerMachine):
        trial = role.prospect(initial=True)
        left = State(final=True, donedata=lambda: 1)
        leave = trial.to(left)

    return Gym


@case(NO_TABLE, "stage 'left': it is final, but a lost customer can be won back; leave final out")
def final_lost() -> Any:
    class Gym(CustomerMachine):
        trial, left = role.prospect(initial=True), role.lost()
        left._final = True
        leave = trial.to(left)

    return Gym


@case(NO_TABLE, "transition trial → member on 'joined': it has validators, which raise; use cond=")
def validators() -> Any:
    return gym(validators=print)


@case(NO_TABLE, "transition trial → member on 'joined': its guard wait is async or a generator")
def async_guard() -> Any:
    return gym(cond=wait)


@case(NO_TABLE, "callback 'note': it is async; do the work in a hook after the step")
def async_action() -> Any:
    async def note() -> None: ...

    return gym(after=note)


@case(NO_TABLE, "callback 'on_enter_member': it is async")
def async_action_by_name() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

        async def on_enter_member(self) -> None: ...

    return Gym


@case(NO_TABLE, "callback 'prepare_event': it is async")
def async_preparation() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

        async def prepare_event(self) -> dict[str, int]:
            return {}

    return Gym


@case(NO_TABLE, "callback 'after_joined': it is async")
def async_listener() -> Any:
    class Diary:
        async def after_joined(self) -> None: ...

    class Gym(CustomerMachine):
        listeners = [Diary]  # noqa: RUF012 - python-statemachine's own form
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

    return Gym


@case(NO_TABLE, "transition trial → member on 'joined': its callback 'visit' is an event; send none from a move")
def action_that_sends() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, after="visit")
        visit = member.to.itself()

    return Gym


@case(NO_TABLE, "event 'joined': a delay of 200 ms sleeps inside send(); declare a Timer")
def delayed_event() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = Event(trial.to(member), delay=200)

    return Gym


@case(NO_TABLE, "transition trial → member: it has no event; assign it to a name, and let a Timer raise it")
def eventless() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)
        trial.to(member, cond="logins > 3")

    return Gym


@case(NO_TABLE, "event '*': wildcards and dotted prefixes match many events; name each event")
def wildcard() -> Any:
    return gym(event="*")


@case(NO_TABLE, "event 'order.completed': wildcards and dotted prefixes match many events; name each event")
def dotted() -> Any:
    return gym(event="order.completed")


@case(NO_TABLE, "event 'error_seen': a name of this beginning gets a second, dotted event; rename it")
def doubled() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        error_seen = trial.to(member)

    return Gym


@case(NO_TABLE, "an Event: it has no id; assign it to a name in the class")
def nameless_event() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active()
            go = one.to(two)

        back = role.returning()
        come = active.to(back)
        active.two.to(back, event=Event())

    return Gym


@case(NO_TABLE, "transition trial → member, guest on 'joined': it has several targets")
def several_targets() -> Any:
    class Gym(CustomerMachine):
        trial, member, guest = role.prospect(initial=True), role.active(), role.active()
        visit = trial.to(guest) | trial.to(member)
        trial.transitions.add_transitions([Transition(trial, [member, guest], event="joined")])

    return Gym


@case(NO_TABLE, "transition active → two on 'go': internal to a compound leaves python-statemachine in no stage")
def internal_compound() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active()

        go = active.to(active.two, internal=True)

    return Gym


@case(NO_TABLE, "stage 'active': it has several initial states (one, two); leave one")
def two_initial_children() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active(initial=True)
            go = one.to(two)

    return Gym


@case(NO_TABLE, "stage 'one': 2 states have this id; rename all but one")
def twice_the_same_id() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one = role.active()

        class lost(State.Compound):
            one = role.lost()

        leave = active.to(lost)

    return Gym


@case(NO_TABLE, "stage 'active': its value is 3; leave value out: a stage is known by its id")
def own_value() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound, value=3):
            one = role.active()

    return Gym


@case(NO_TABLE, "Gym inherits the stages of Base", "build variants with a factory function")
def inherited_stages() -> Any:
    class Base(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

    class Gym(Base):
        pass

    return Gym


@case(NO_TABLE, "Gym has no stages; declare one")
def no_stages() -> Any:
    class Gym(CustomerMachine):
        pass

    return Gym


@case(NO_TABLE, "is no lifecycle; write class Name(CustomerMachine)")
def another_machine() -> Any:
    class Gym(StateMachine):
        trial, member = State(initial=True), State()
        joined = trial.to(member) | member.to(trial)

    return Gym


@case(NO_TABLE, "is no lifecycle; write class Name(CustomerMachine)")
def no_class() -> Any:
    return gym()()


@case(NO_TABLE, "Gym.catch_errors_as_events: a lifecycle needs False; leave the line out")
def swallowed_errors() -> Any:
    class Gym(CustomerMachine):
        catch_errors_as_events = True
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

    return Gym


@case(NO_TABLE, "Gym.start_configuration_values: leave it out; the first stage is the one with initial=True")
def other_start() -> Any:
    class Gym(CustomerMachine):
        start_configuration_values = ["member"]  # noqa: RUF012 - python-statemachine's own form
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

    return Gym


class Odd:
    """Neither a text nor a plain function."""

    __name__ = "odd"

    def __call__(self, logins: int) -> bool:
        return logins > 3

    def __repr__(self) -> str:
        return "Odd()"

    def held(self, logins: int) -> bool:
        """A bound method."""
        return logins > 3


@case(
    NO_TABLE,
    "its guard Odd() is neither a text such as 'purchases >= 2' nor a plain function whose parameters",
)
def guard_object() -> Any:
    return gym(cond=Odd())


@case(
    NO_TABLE,
    "is neither a text such as 'purchases >= 2' nor a plain function whose parameters are names of facts",
)
def guard_method() -> Any:
    return gym(cond=Odd().held)


@case(NO_TABLE, "is neither a text such as 'purchases >= 2' nor a plain function")
def guard_partial() -> Any:
    return gym(cond=partial(max, 3))


@case(NO_TABLE, "is neither a text such as 'purchases >= 2' nor a plain function")
def guard_property() -> Any:
    class Gym(CustomerMachine):
        @property
        def is_big(self) -> bool:
            return True

        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond=is_big)

    return Gym


@case(NO_TABLE, "Gym.is_big takes self; pass a plain function whose parameters are names of facts")
def guard_with_self() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member)

        @joined.cond
        def is_big(self) -> bool:
            return True

    return Gym


@case(MISTAKES, "transition trial → member on 'joined': condition 'logns >= 3'", "did you mean 'logins'?")
def unknown_fact() -> Any:
    return gym(cond="logns >= 3")


@case(MISTAKES, "condition 'joined': 'joined' is an event, not a fact; declare a fact such as Count('joined')")
def guard_is_event() -> Any:
    return gym(cond="joined")


@case(
    MISTAKES,
    "condition 'not (trial)': 'trial' is a stage; write the transition on that stage",
)
def guard_is_stage() -> Any:
    return gym(unless="trial")


@case(
    MISTAKES,
    "condition 'health > 3': 'health' may be read in signals, segments and playbooks, not in transitions",
)
def guard_reads_health() -> Any:
    return gym(cond="health > 3")


@case(
    MISTAKES,
    "condition 'is_big': 'is_big' is a method, not a fact; pass a plain function",
    "or declare a fact",
)
def guard_is_method() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond="is_big")

        def is_big(self) -> bool:
            return True

    return Gym


@case(
    MISTAKES,
    "condition 'logins > limit': 'limit' is an attribute of Gym, not a fact; write its value instead",
)
def guard_reads_attribute() -> Any:
    class Gym(CustomerMachine):
        limit = 3
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond="logins > limit")

    return Gym


@case(MISTAKES, "transition trial → member on 'joined': condition", "reads 'source', which is not a fact")
def guard_wants_injection() -> Any:
    return gym(cond=lambda source: bool(source))


@case(MISTAKES, "transition trial → member on 'joined': condition 'v': the bare name 'v'")
def bare_v() -> Any:
    return gym(cond="v")


@case(MISTAKES, "transition trial → member on 'joined': condition \"plan == 'a!b'\"", "use another text")
def sign_in_text() -> Any:
    return gym(cond="plan == 'a!b'")


@case(MISTAKES, "condition 'logins ^ tickets'")
def sign_of_python_statemachine() -> Any:
    return gym(cond="logins ^ tickets")


@case(MISTAKES, "the bare name 'logins' is no Flag; compare it with something")
def bare_number() -> Any:
    return gym(cond="logins")


@case(MISTAKES, "stage 'member': it has no role; write member = role.active(), or .prospect, .lost, .returning")
def no_role() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), State()
        joined = trial.to(member)

    return Gym


@case(MISTAKES, "stage 'Member': rename it: lower-case ASCII letters, digits and '_', beginning with a letter")
def stage_id() -> Any:
    class Gym(CustomerMachine):
        trial, Member = role.prospect(initial=True), role.active()
        joined = trial.to(Member)

    return Gym


@case(MISTAKES, "stage 'send': every machine has an attribute of this name; rename the stage")
def stage_named_like_the_machine() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, send = role.active(initial=True), role.active()
            go = one.to(send)

    return Gym


@case(MISTAKES, "event 'configuration': every machine has an attribute of this name; rename it")
def event_named_like_the_machine() -> Any:
    return gym(event="configuration")


@case(MISTAKES, "event 'OrderCompleted': kinds are compared as 'order_completed'; rename the event to that")
def event_not_normal() -> Any:
    return gym(event="OrderCompleted")


@case(MISTAKES, "event 'stage_set': it is reserved for moves by hand, which may enter any stage")
def event_by_hand() -> Any:
    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        stage_set = trial.to(member)

    return Gym


@case(MISTAKES, "stage 'lost': no path of transitions leads to it from 'trial'; add one")
def out_of_reach() -> Any:
    class Gym(CustomerMachine):
        trial, member, lost = role.prospect(initial=True), role.active(), role.lost()
        joined = trial.to(member) | lost.to(member)

    return Gym


@case(MISTAKES, "stage 'two': no path of transitions leads to it from 'trial'; add one")
def out_of_reach_in_a_compound() -> Any:
    class Gym(CustomerMachine):
        trial = role.prospect(initial=True)

        class active(State.Compound):
            one, two = role.active(initial=True), role.active()
            back = two.to(one)

        joined = trial.to(active)

    return Gym


@case(
    MISTAKES,
    "transition trial → guest on 'joined': it is never taken: trial → member comes first and always holds; "
    "remove it, change the order of .to(), or the condition",
)
def shadowed() -> Any:
    class Gym(CustomerMachine):
        trial, member, guest = role.prospect(initial=True), role.active(), role.active()
        first = trial.to(member)
        joined = trial.to(guest, cond="logins > 3") | first
        visit = member.to(guest)

    return Gym


@case(
    MISTAKES,
    "transition trial → guest on 'joined': it is never taken: "
    "trial → member comes first and has the same condition 'logins > 3'",
)
def same_condition() -> Any:
    class Gym(CustomerMachine):
        trial, member, guest = role.prospect(initial=True), role.active(), role.active()
        joined = trial.to(member, cond="logins > 3") | trial.to(guest, cond="3  <  logins")
        visit = member.to(guest)

    return Gym


@case(
    MISTAKES,
    "transition active → gone on 'go': it is never taken: "
    "every stage inside 'active' has an answer of its own that comes first",
)
def shadowed_compound() -> Any:
    class Gym(CustomerMachine):
        class active(State.Compound):
            one, two = role.active(initial=True), role.active()
            go = one.to(two) | two.to.itself(internal=True)

        gone = role.lost()
        go = active.to(gone)
        leave = active.to(gone)

    return Gym


@case(MISTAKES, "transition trial → elsewhere on 'joined': 'elsewhere' is no state of Gym")
def foreign_target() -> Any:
    elsewhere = role.active()
    elsewhere._set_id("elsewhere")

    class Gym(CustomerMachine):
        trial, member = role.prospect(initial=True), role.active()
        joined = trial.to(member, cond="logins > 3") | trial.to(elsewhere)

    return Gym


def refused(machine: Any, facts: FactSet, timers: Sequence[Timer] = ()) -> DefinitionError:
    """The refusal of a machine."""
    with pytest.raises(DefinitionError) as caught:
        compile_chart(machine, facts, timers)
    return caught.value


@pytest.mark.parametrize("name", NO_TABLE)
def test_what_has_no_table_form_is_refused(name: str, facts: FactSet) -> None:
    """A construct without a table form is NotCompilable, with its place and a remedy."""
    build, said = NO_TABLE[name]
    error = refused(build(), facts)
    assert isinstance(error, NotCompilable)
    assert [part for part in said if part not in str(error)] == [], str(error)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_refused(name: str, facts: FactSet) -> None:
    """A mistake is a DefinitionError with its place and a remedy, and brings no other message."""
    build, said = MISTAKES[name]
    error = refused(build(), facts)
    assert not isinstance(error, NotCompilable)
    assert [part for part in said if part not in str(error)] == [], str(error)
    assert len(error.problems) == 1, error.problems


@pytest.mark.parametrize(
    ("timer", "said"),
    [
        (Timer("quiet", 3), "timer 'quiet': no stage answers the event; write quiet = some_stage.to("),
        (Timer("joind", 3), "timer 'joind': no stage answers the event; did you mean 'joined'?"),
        (Timer("Joined", 3), "timer 'Joined': no stage answers the event; did you mean 'joined'?"),
        (Timer("stage_set", 3), "timer 'stage_set': the event is reserved for touchpoints; raise another"),
        (Timer("welcomed", 3), "timer 'welcomed': the event is reserved for touchpoints"),
        (Timer("joined", 3, DateOf("renewl")), "timer 'joined': DateOf('renewl') names no fact", ),
        (Timer("joined", 3, DateOf("logins")), "timer 'joined': DateOf('logins') is of number, not a date"),
        (Timer("joined", 3, DateOf("plan")), "timer 'joined': DateOf('plan') is of text, not a date"),
    ],
)  # fmt: skip
def test_a_timer_that_cannot_be_is_refused(timer: Timer, said: str, facts: FactSet) -> None:
    """A timer must raise an event that a stage answers, and count from a date where it says so."""
    assert said in str(refused(gym(), facts, [timer]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("joined", "fact 'joined': an event has this name; rename the fact"),
        ("member", "fact 'member': a stage has this name; rename the fact"),
        ("events", "fact 'events': Gym has such an attribute; rename the fact"),
        ("model", "fact 'model': Gym has such an attribute; rename the fact"),
    ],
)
def test_a_fact_may_not_be_named_like_something_of_the_machine(name: str, said: str) -> None:
    """A fact of such a name would mean something else to python-statemachine."""
    facts = bind_facts({name: Count("visit")}, Context({}, None, 2))
    assert said in str(refused(gym(), facts))


def test_all_problems_are_told_together(facts: FactSet) -> None:
    """One refusal tells everything; a mistake beside a construct without table form is not lost."""

    class Gym(CustomerMachine):
        trial = role.prospect(initial=True)
        member = State(final=True)
        joined = trial.to(member, cond="logns > 3")
        Left = trial.to(member, validators=print)

    error = refused(Gym, facts, [Timer("quiet", 3)])
    assert isinstance(error, NotCompilable)
    assert [problem.split(":")[0] for problem in error.problems] == [
        "stage 'member'",
        "stage 'member'",
        "event 'Left'",
        "transition trial → member on 'joined'",
        "transition trial → member on 'Left'",
        "timer 'quiet'",
    ]
    assert str(error).startswith("6 problems:\n- ")


def test_a_condition_that_cannot_be_read_shadows_nothing(facts: FactSet) -> None:
    """A broken condition is reported once, not also as the cause of other problems."""

    class Gym(CustomerMachine):
        trial, member, guest = role.prospect(initial=True), role.active(), role.active()
        joined = trial.to(member, cond="logns > 3") | trial.to(guest, cond="logns > 3") | trial.to(guest)

    error = refused(Gym, facts)
    assert len(error.problems) == 2
    assert all("did you mean 'logins'?" in problem for problem in error.problems)
