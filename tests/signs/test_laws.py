"""Laws of signs on random worlds: how often time is passed, when it is due, what is late, evidence, storing."""

from __future__ import annotations

import ast
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifecycle import (
    Customer,
    Definition,
    MilestoneChange,
    Move,
    SignalChange,
    Step,
    Touchpoint,
    customer_from_json,
    customer_to_json,
)
from lifecycle.errors import DefinitionMismatch, LateTouchpoint
from lifecycle.signs import Blueprint, Milestone, Signal
from tests.engine.worlds import World

from .club import EPOCH, TICK, club, shown, tp, utc
from .oracle import SignOracle
from .test_equality import column_run, live_run
from .worlds import sign_world

Changes = tuple[tuple[Move, ...], tuple[SignalChange, ...], tuple[MilestoneChange, ...]]
NOTHING: Changes = ((), (), ())
N_WORLDS = 400


def joined(before: Changes, step: Step) -> Changes:
    """Changes with those of one step more."""
    return before[0] + step.moves, before[1] + step.signals, before[2] + step.milestones


def lived(world: World, history: tuple[Touchpoint, ...], asked: list[datetime]) -> tuple[Customer, Changes]:
    """A customer at the end of a world and all its changes, time being passed to each asked instant on the way."""
    definition = world.definition
    step, waiting = definition.begin(history[0]), sorted(asked)
    found = joined(NOTHING, step)
    for touchpoint in (*history[1:], None):
        end = world.until - TICK if touchpoint is None else touchpoint.at
        while waiting and waiting[0] <= end:
            step = definition.pass_time(step.customer, waiting.pop(0))
            found = joined(found, step)
        last = touchpoint is None
        step = definition.pass_time(step.customer, end) if last else definition.advance(step.customer, touchpoint)
        found = joined(found, step)
    return step.customer, found


def instants(world: World, history: tuple[Touchpoint, ...], parts: list[float], *, at_midnight: bool) -> list[datetime]:
    """Instants of a customer's life, or the midnights before them."""
    span, calendar = world.until - history[0].at, world.definition.program.calendar
    asked = [history[0].at + part * span for part in parts]
    if not at_midnight:
        return asked
    midnights = [calendar.midnight(calendar.day_of((at - EPOCH) // TICK)).astimezone(UTC) for at in asked]
    return [max(history[0].at, midnight) for midnight in midnights]


@settings(max_examples=60)
@given(some.integers(0, N_WORLDS), some.integers(0, 2), some.lists(some.floats(0, 1), max_size=20), some.booleans())
def test_how_often_time_is_passed_does_not_matter(seed: int, who: int, parts: list[float], at_midnight: bool) -> None:
    """Time passed to any instants between touchpoints gives the same changes in the same order, and equal customers."""
    world = sign_world(seed, n_customers=3)
    history = world.histories[who]
    asked = instants(world, history, parts, at_midnight=at_midnight)
    assert lived(world, history, asked) == lived(world, history, [])


def from_due_to_due(definition: Definition, customer: Customer, end: datetime) -> tuple[Customer, Changes]:
    """The customer at an instant, asked again at each `next_due` and at no other moment."""
    found = NOTHING
    while customer.next_due is not None and (due := customer.next_due.astimezone(UTC)) <= end:
        before = definition.pass_time(customer, due - TICK)
        assert (before.customer, before.moves, before.signals, before.milestones) == (customer, *NOTHING)
        step = definition.pass_time(customer, due)
        assert all(change.at == due for change in (*step.moves, *step.signals, *step.milestones))
        found, customer = joined(found, step), step.customer
        assert customer.next_due is None or customer.next_due > due
    return customer, found


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_whatever_time_changes_is_due(first: int) -> None:
    """Who asks only at `next_due` misses nothing; just before it nothing has changed."""
    for seed in range(first, first + 6):
        world = sign_world(seed, n_customers=3)
        definition = world.definition
        for history in world.histories:
            customer = definition.begin(history[0]).customer
            for touchpoint in (*history[1:], None):
                end = world.until - TICK if touchpoint is None else touchpoint.at
                at_once = definition.pass_time(customer, end)
                assert from_due_to_due(definition, customer, end) == (at_once.customer, joined(NOTHING, at_once))
                if touchpoint is not None:
                    customer = definition.advance(customer, touchpoint).customer


@pytest.mark.smoke
def test_next_due_is_the_next_midnight_that_can_change_a_sign() -> None:
    """A signal that ripens, one that ages, a day that ends a milestone: `next_due` knows each; None is never."""
    plan = Blueprint("plan", [Milestone("three", "visits >= 3", due_days=3)])
    definition = club(Signal("quiet", "quiet > 5"), timers=(), blueprints=[plan])
    customer = definition.begin(tp("joined", "2026-01-01T12:00")).customer
    dues = []
    while customer.next_due is not None:
        dues.append(shown(customer.next_due)[:10])
        customer = definition.pass_time(customer, customer.next_due).customer
    assert dues == ["2026-01-05", "2026-01-07"]
    assert customer.next_due is None
    patient = club(Signal("patient", "visits >= 1", dwell_days=4), timers=())
    customer = patient.advance(
        patient.begin(tp("joined", "2026-01-01T12:00")).customer, tp("visit", "2026-01-02")
    ).customer
    assert customer.next_due == utc("2026-01-03")
    customer = patient.pass_time(customer, utc("2026-01-03")).customer
    assert customer.next_due == utc("2026-01-06")
    assert len(patient.pass_time(customer, utc("2026-01-06")).signals) == 1


# --- late -----------------------------------------------------------------------------------------------------------

PLAN = Blueprint("plan", [Milestone("seen", "visits >= 1", due_days=4)])
LATE = [
    # what time does, (signs), the instant at which it is processed
    ("raises", club(Signal("quiet", "quiet > 5")), "2026-01-07"),
    ("clears", club(Signal("new", "tenure <= 5")), "2026-01-07"),
    ("makes overdue", club(blueprints=[PLAN]), "2026-01-06"),
    ("reaches", club(blueprints=[Blueprint("plan", [Milestone("old", "tenure >= 6", due_days=9)])]), "2026-01-07"),
    ("counts a first midnight", club(Signal("kept", "tenure >= 0", dwell_days=9)), "2026-01-02"),
]


@pytest.mark.smoke
@pytest.mark.parametrize(("definition", "processed"), [case[1:] for case in LATE], ids=[case[0] for case in LATE])
def test_older_than_a_processed_sign_is_late(definition: Definition, processed: str) -> None:
    """A touchpoint before the midnight at which a sign changed is late; one at that midnight is not (S4)."""
    customer = definition.begin(tp("joined", "2026-01-01T12:00")).customer
    at = utc(processed)
    asked = definition.pass_time(customer, at - TICK).customer
    assert asked == customer
    definition.advance(asked, Touchpoint("ann", "mail", utc("2026-01-01T13:00")))
    lived_through = definition.pass_time(customer, at).customer
    with pytest.raises(LateTouchpoint, match="fold the customer's history again in order"):
        definition.advance(lived_through, Touchpoint("ann", "mail", at - TICK))
    assert definition.advance(lived_through, Touchpoint("ann", "mail", at)).customer.n_touchpoints == 2


@pytest.mark.smoke
def test_having_asked_is_not_having_lived() -> None:
    """A pass of time that looked and found nothing to change does not make a later arrival late."""
    definition = club(Signal("quiet", "quiet > 5 and visits >= 2"))
    customer = definition.begin(tp("joined", "2026-01-01T12:00")).customer
    step = definition.pass_time(customer, utc("2026-02-01"))  # the 7th was due, and nothing happened on it
    assert step.signals == ()
    again = definition.advance(step.customer, tp("visit", "2026-01-03T09:00"))
    assert again.customer.n_touchpoints == 2


@settings(max_examples=60)
@given(some.integers(0, N_WORLDS), some.floats(0, 1), some.floats(0, 1))
def test_who_was_asked_goes_on_like_who_was_not(seed: int, cut: float, part: float) -> None:
    """Time passed far ahead, a touchpoint that is not late changes the same as if nobody had asked (S4)."""
    world = sign_world(seed, n_customers=1)
    definition, (history,) = world.definition, world.histories
    n = max(1, round(cut * (len(history) - 1)))
    customer = definition.begin(history[0]).customer
    for touchpoint in history[1:n]:
        customer = definition.advance(customer, touchpoint).customer
    if n == len(history):
        return
    ahead = max(history[n].at, history[n - 1].at + part * (world.until - history[n - 1].at))
    asked = definition.pass_time(customer, ahead)
    head = EPOCH + timedelta(microseconds=asked.customer.head_us)
    late = Touchpoint(customer.id, history[n].kind, head - TICK, attributes=history[n].attributes)
    with pytest.raises(LateTouchpoint):
        definition.advance(asked.customer, late)
    if history[n].at < head:
        return
    one = definition.advance(asked.customer, history[n])
    other = definition.advance(customer, history[n])
    after = definition.pass_time(one.customer, world.until), definition.pass_time(other.customer, world.until)
    assert joined(joined(joined(NOTHING, asked), one), after[0]) == joined(joined(NOTHING, other), after[1])


# --- evidence -------------------------------------------------------------------------------------------------------


class Recomputed(SignOracle):
    """The second opinion on a condition, which knows the figures of a change and nothing else."""

    def known(self, name: str) -> object:
        return self.values[name]

    def weigh(self, text: str, change: SignalChange | MilestoneChange) -> tuple[bool | None, bool]:
        """Whether a condition certainly holds, and whether it holds with missing as false, on a change's figures."""
        self.values = dict(value for figure in change.figures for value in figure.values)
        tree = ast.parse(text, mode="eval").body
        return self.verdict(tree), self._holds(tree)


@pytest.mark.parametrize("first", range(100, 115, 5))
def test_figures_recompute_to_the_truth(first: int) -> None:
    """From the figures alone, what raised a signal is true, what cleared it is, and what reached a milestone is."""
    n_seen = 0
    for seed in range(first, first + 5):
        world = sign_world(seed, n_customers=4)
        again = Recomputed(world.definition)
        signals = {signal.name: signal for signal in world.definition.signals}
        milestones = {(b.name, one.name): one for b in world.definition.blueprints for one in b.milestones}
        for history in world.histories:
            changed, reached = live_run(world, history, world.until - TICK)[1]
            for change in changed:
                signal = signals[change.signal]
                wanted = change.is_raised or signal.clear is not None
                text = signal.condition if change.is_raised or signal.clear is None else signal.clear
                if change.cause == "stage":
                    assert change.figures == ()
                else:
                    assert again.weigh(text, change)[0] is wanted, change
                    n_seen += 1
            for step in reached:
                milestone = milestones[step.blueprint, step.milestone]
                assert again.weigh(milestone.condition, step)[1] is step.is_reached, step
                n_seen += 1
    assert n_seen > 60


@pytest.mark.parametrize("seed", range(140, 144))
def test_each_figure_says_its_own_truth(seed: int) -> None:
    """A figure's `holds` is the truth of its atom on its values."""
    world = sign_world(seed, n_customers=4)
    again = Recomputed(world.definition)
    for history in world.histories:
        for changes in live_run(world, history, world.until - TICK)[1]:
            for change in changes:
                for figure in change.figures:
                    again.values = dict(figure.values)
                    assert figure.holds is (again.verdict(ast.parse(figure.atom, mode="eval").body) is True)


# --- storing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", range(200, 212, 4))
def test_customers_with_signs_can_be_stored(first: int) -> None:
    """Through JSON and pickle a customer comes back equal, and goes on as if it had never been away."""
    for seed in range(first, first + 4):
        world = sign_world(seed, n_customers=2)
        definition = world.definition
        for history in world.histories:
            half = len(history) // 2
            customer, whole = lived(world, history, [])
            assert customer_from_json(customer_to_json(customer)) == customer
            assert pickle.loads(pickle.dumps(customer)) == customer
            step = definition.begin(history[0])
            found = joined(NOTHING, step)
            for place, touchpoint in enumerate(history[1:]):
                back = pickle.loads if place < half else customer_from_json
                text = pickle.dumps(step.customer) if place < half else customer_to_json(step.customer)
                step = definition.advance(back(text), touchpoint)  # type: ignore[operator]
                found = joined(found, step)
            assert joined(found, definition.pass_time(step.customer, world.until - TICK)) == whole


@pytest.mark.smoke
def test_a_customer_of_other_signs_is_refused() -> None:
    """A customer made with other signs, or with none, belongs to another definition."""
    plain, signed = club(), club(Signal("quiet", "quiet > 5"))
    other = club(Signal("quiet", "quiet > 6"))
    for definition in (plain, other):
        customer = definition.begin(tp("joined", "2026-01-01T12:00")).customer
        for act in (
            lambda customer=customer: signed.advance(customer, tp("visit", "2026-01-02")),
            lambda customer=customer: signed.pass_time(customer, utc("2026-01-02")),
            lambda customer=customer: signed.signals_of(customer, utc("2026-01-02")),
        ):
            with pytest.raises(DefinitionMismatch):
                act()


@pytest.mark.parametrize("first", range(240, 264, 8))
def test_the_live_customer_of_a_story(first: int) -> None:
    """`story.live` gives the customer with its signs, as if every touchpoint had been folded one by one."""
    for seed in range(first, first + 4):
        world = sign_world(seed, n_customers=3)
        story = column_run(world)
        for history in world.histories:
            assert story.live(history[0].customer) == live_run(world, history, world.until - TICK)[0]
