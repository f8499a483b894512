"""The live engine: one customer, one touchpoint at a time, and the passing of time."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from lifecycle import Customer, Definition, Step, Timer, Touchpoint, customer_from_json, customer_to_json, replay
from lifecycle.errors import (
    CurrencyMismatch,
    DefinitionMismatch,
    InvalidArgument,
    InvalidTouchpoint,
    LateTouchpoint,
    LifecycleError,
)

from .shop import ANN, BEGIN, BO, CY, FACTS, Shop, log_of, shop, tp


def fold(definition: Definition, history: Iterable[Touchpoint]) -> Customer:
    """The customer after a history."""
    first, *others = history
    customer = definition.begin(first).customer
    for touchpoint in others:
        customer = definition.advance(customer, touchpoint).customer
    return customer


def test_welcome_begins_a_customer() -> None:
    """A welcomed customer stands in the initial stage and knows what was said of it."""
    definition = shop()
    customer = definition.welcome("ann", BEGIN, source="fair", attributes={"plan": "pro"})
    assert customer == definition.begin(tp("ann", "welcomed", source="fair", plan="pro")).customer
    assert (customer.id, customer.stage.id) == ("ann", "lead")
    assert customer.since == customer.started == customer.last_seen == BEGIN
    assert (customer.n_touchpoints, customer.n_unanswered, customer.next_due) == (1, 0, None)
    assert customer.definition == definition.digest
    assert definition.welcome(7, BEGIN).id == "7"


@pytest.mark.smoke
def test_begin_with_any_touchpoint() -> None:
    """A customer may begin with a touchpoint that moves at once."""
    step = shop().begin(tp("ann", "bought", 0, 5))
    assert [str(move) for move in step.moves] == ["lead → new on 2024-01-30 12:00: 'bought'"]
    assert step.customer.next_due == datetime(2024, 3, 15, tzinfo=UTC)


def test_advance_leaves_the_old_customer_alone() -> None:
    """A step is a new value; the customer before stays as it was, and can be advanced again."""
    definition = shop()
    before = fold(definition, ANN[:3])
    kept = pickle.loads(pickle.dumps(before))
    one, other = (definition.advance(before, ANN[3]).customer for _ in range(2))
    assert one == other
    assert before == kept
    assert hash(one) == hash(other)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.stage = before.stage  # type: ignore[misc]


@pytest.mark.smoke
def test_a_step_says_why() -> None:
    """A step tells its moves with figures: those of time first, then that of the touchpoint."""
    definition = shop()
    customer = fold(definition, ANN)
    assert definition.advance(customer, tp("ann", "visit", 10)).why() == "ann stays in loyal"
    step = definition.advance(customer, tp("ann", "bought", 60, 1))
    assert step.why() == (
        "loyal → new on 2024-03-09: time: 'cooled'; purchases_30d 0 = 0\n"
        "new → lost on 2024-03-24: time: 'silence'\n"
        "lost → back on 2024-03-30 12:00: 'bought'"
    )
    assert Step(customer).why() == "ann stays in loyal"
    assert definition.pass_time(customer, BEGIN + timedelta(days=39)).why() == step.why().splitlines()[0]


def test_what_is_counted() -> None:
    """Each touchpoint is counted, and those to which the stage had no answer; a touch is an answer."""
    definition = shop()
    assert fold(definition, BO).n_unanswered == 1  # mystery; the visit of a lead is a touch
    assert fold(definition, CY[:2]).n_unanswered == 1  # joined is read by a fact, and answered by no stage
    ann = fold(definition, ANN)
    assert (ann.n_touchpoints, ann.n_unanswered) == (6, 1)  # visit; profile_set is bookkeeping


def test_time_raises_its_events_alone() -> None:
    """A touchpoint that is called like a timer's event moves nobody: it is counted as unanswered."""
    definition = shop()
    customer = fold(definition, ANN)
    step = definition.advance(customer, tp("ann", "Silence", 10))
    assert (step.moves, step.customer.stage, step.customer.n_unanswered) == ((), customer.stage, 2)
    history = (*ANN, tp("ann", "Silence", 10), tp("ann", "cooled", 10))
    story = replay(definition, log_of(history))
    assert len(story.moves) == 2
    table = story.unanswered()
    missed = dict(zip(table["kind"].tolist(), table["unanswered"].tolist(), strict=True))
    assert (missed["Silence"], missed["cooled"]) == (1, 1)


def test_passive_kinds_are_no_sign_of_life() -> None:
    """A mail that was sent does not keep a customer alive; bookkeeping never does."""
    timers = (Timer("silence", 45), Timer("cooled", 30))
    definition = shop(timers=timers, passive=["Mail Sent"])
    customer = fold(definition, ANN)
    due = customer.next_due
    for kind in ("mail_sent", "MailSent", "profile_set", "scored", "owner_changed"):
        assert definition.advance(customer, tp("ann", kind, 20)).customer.next_due == due
    assert definition.advance(customer, tp("ann", "visit", 20)).customer.next_due == due + timedelta(days=11)  # type: ignore[operator]
    mailed = (*ANN, tp("ann", "mail_sent", 50))
    story = replay(definition, log_of(mailed), until="2024-03-25")
    assert story.as_of("2024-03-25")["stage"].tolist() == ["lost"]


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stage", "reached"), [("lost", "lost"), ("loyal", "loyal"), ("active", "new"), ("new", "new"), ("back", "back")]
)
def test_a_person_sets_the_stage(stage: str, reached: str) -> None:
    """`stage_set` moves by hand, to the initial stage of a compound, with who and why (S8)."""
    definition = shop()
    history = (tp("ann", "visit"), tp("ann", "stage_set", 1, stage=stage, who="Dee", why="a call"))
    customer = definition.begin(history[0]).customer
    step = definition.advance(customer, history[1])
    assert step.customer.stage.id == reached
    assert step.why() == f"lead → {reached} on 2024-01-31 12:00: set by hand (Dee: a call)"
    assert step.customer.n_unanswered == 0
    story = replay(definition, log_of(history))
    assert story.customer("ann").moves == step.moves


def test_setting_the_present_stage_changes_nothing() -> None:
    """By hand to where the customer stands is no move, and does not reset the clock; into its compound it may be."""
    definition = shop()
    customer = fold(definition, ANN[:2])
    for stage in ("new", "active"):
        step = definition.advance(customer, tp("ann", "stage_set", 5, stage=stage))
        assert (step.moves, step.customer.since) == ((), customer.since)
    loyal = fold(definition, ANN[:5])
    assert definition.advance(loyal, tp("ann", "stage_set", 9, stage="active")).customer.stage.id == "new"


@pytest.mark.smoke
@pytest.mark.parametrize("stage", ["vip", "", "Lost", None, 7, True, ["lost"], {"lost": 1}, "a" * 10_000, "lost\u202e"])
def test_an_unknown_stage_is_refused_by_both(stage: object) -> None:
    """`stage_set` to what is no stage is refused with those that are, live and in columns, and changes nothing."""
    definition = shop()
    history = (tp("ann", "visit"), tp("ann", "stage_set", 1, stage=stage))
    customer = definition.begin(history[0]).customer
    with pytest.raises(InvalidTouchpoint, match="its stages: lead, active, new, loyal, lost, back") as live:
        definition.advance(customer, history[1])
    with pytest.raises(InvalidTouchpoint, match="its stages: lead, active, new, loyal, lost, back") as columns:
        replay(definition, log_of(history))
    assert live.value.code == columns.value.code == "unknown_stage"
    for error in (live.value, columns.value):
        assert "\u202e" not in str(error)


def test_who_and_why_may_be_left_out_or_be_numbers() -> None:
    """Both engines note the same of who set the stage and why, whatever is said."""
    definition = shop()
    for number, said in enumerate(
        ({}, {"who": "Dee"}, {"why": "x"}, {"who": 7, "why": 1.5}, {"who": 5.0}, {"who": True})
    ):
        history = (tp("ann", "visit"), tp("ann", "stage_set", 1, stage="lost", **said))
        step = definition.advance(definition.begin(history[0]).customer, history[1])
        assert replay(definition, log_of(history)).customer("ann").moves == step.moves, number


def test_another_currency_is_refused() -> None:
    """An amount in another currency than the definition's is refused by both engines."""
    definition = shop()
    yen = Touchpoint("ann", "bought", BEGIN, amount=5, currency="JPY")
    with pytest.raises(CurrencyMismatch, match="touchpoint 'bought' of 'ann' is in JPY, the definition in EUR"):
        definition.begin(yen)
    with pytest.raises(CurrencyMismatch, match="touchpoint 'bought' of 'ann' is in JPY"):
        definition.advance(fold(definition, ANN[:1]), attrs.evolve(yen, at=BEGIN + timedelta(days=1)))
    with pytest.raises(CurrencyMismatch, match="the log has amounts in JPY, the definition counts in EUR"):
        replay(definition, log_of(ANN, (attrs.evolve(yen, customer="bo"),)))


def test_a_customer_of_another_definition_is_refused() -> None:
    """A customer is only moved on by the definition that made it."""
    customer, other = fold(shop(), ANN), shop(version="2")
    for ask in (
        lambda: other.advance(customer, tp("ann", "visit", 20)),
        lambda: other.pass_time(customer, BEGIN + timedelta(days=90)),
        lambda: other.pass_time(customer, BEGIN),
    ):
        with pytest.raises(DefinitionMismatch, match="customer 'ann' was folded by another definition"):
            ask()


def test_a_touchpoint_of_somebody_else_is_refused() -> None:
    """A touchpoint is only folded into its own customer."""
    with pytest.raises(InvalidTouchpoint, match="touchpoint of 'bo' was given to customer 'ann'") as caught:
        shop().advance(fold(shop(), ANN), tp("bo", "visit", 20))
    assert (caught.value.code, caught.value.field) == ("other_customer", "customer")


@pytest.mark.smoke
def test_what_is_late() -> None:
    """Older than the last touchpoint is late; of the same moment is not (S4)."""
    definition = shop()
    customer = fold(definition, ANN)
    assert definition.advance(customer, attrs.evolve(ANN[-1], kind="joined")).customer.n_touchpoints == 7
    with pytest.raises(
        LateTouchpoint, match=r"touchpoint 'visit' of 'ann' at .* is older than what was already"
    ) as caught:
        definition.advance(customer, attrs.evolve(ANN[-1], at=ANN[-1].at - timedelta(microseconds=1)))
    assert (caught.value.code, caught.value.field) == ("late", "at")


def test_having_asked_for_the_time_makes_nothing_late() -> None:
    """`pass_time` alone makes nothing late; a due day that it processed does (S4)."""
    definition = shop()
    customer = fold(definition, ANN)
    day = datetime(2024, 3, 9, tzinfo=UTC)  # 30 days after the last purchase
    waited = definition.pass_time(customer, day - timedelta(microseconds=1)).customer
    assert waited == customer
    assert definition.advance(waited, tp("ann", "visit", 9)).customer.n_touchpoints == 7
    cooled = definition.pass_time(customer, day).customer
    assert cooled.stage.id == "new"
    assert cooled.last_us == customer.last_us
    with pytest.raises(LateTouchpoint):
        definition.advance(cooled, Touchpoint("ann", "visit", day - timedelta(microseconds=1)))
    at_once = definition.advance(cooled, Touchpoint("ann", "visit", day))
    assert at_once == attrs.evolve(definition.advance(customer, Touchpoint("ann", "visit", day)), moves=())


@pytest.mark.parametrize("now", [datetime(2024, 3, 9), "2024-03-09", None, 0, datetime(1800, 1, 1, tzinfo=UTC)])
def test_now_is_an_aware_time(now: Any) -> None:
    """Time passes to an aware datetime only."""
    with pytest.raises(InvalidArgument):
        shop().pass_time(fold(shop(), ANN), now)


def test_time_before_the_customer_is_no_time() -> None:
    """Passing time to a moment before everything changes nothing."""
    customer = fold(shop(), ANN)
    assert shop().pass_time(customer, datetime(1980, 1, 1, tzinfo=UTC)) == Step(customer)


def test_a_timer_repeats_while_its_basis_stands() -> None:
    """A timer with `every_days` fires again and again, one without fires once (S9)."""
    timers = (Timer("silence", 400, "bought"), Timer("cooled", 30, "bought", every_days=10))
    definition = Definition(
        Shop, name="shop", currency="EUR", events={"bought": ["order completed"]}, timers=timers,
        facts={**FACTS, "purchases_30d": FACTS["purchases"].within(55)},  # type: ignore[attr-defined]
    )  # fmt: skip
    customer = fold(definition, ANN)
    dues = []
    for _ in range(3):
        dues.append(customer.next_due)
        customer = definition.pass_time(customer, customer.next_due).customer  # type: ignore[arg-type]
    assert dues == [datetime(2024, 3, day, tzinfo=UTC) for day in (9, 19, 29)]
    assert customer.stage.id == "loyal"
    customer = definition.pass_time(customer, datetime(2024, 4, 8, tzinfo=UTC)).customer
    assert customer.stage.id == "new"
    assert customer.since == datetime(2024, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize("history", [ANN[:1], ANN[:3], ANN, BO, CY], ids=["lead", "new", "loyal", "bo", "cy"])
def test_a_customer_is_a_value_that_travels(history: tuple[Touchpoint, ...]) -> None:
    """A customer pickles, and goes on as if nothing had been."""
    definition = shop()
    customer = fold(definition, history)
    again = pickle.loads(pickle.dumps(customer))
    assert again == customer
    later = tp(customer.id, "bought", 100, 7)
    assert definition.advance(again, later) == definition.advance(customer, later)


@pytest.mark.parametrize("history", [ANN[:1], ANN, BO, CY], ids=["lead", "loyal", "bo", "cy"])
def test_a_customer_as_json(history: tuple[Touchpoint, ...]) -> None:
    """A customer is JSON and back, equal to the last bit, and goes on from there."""
    pytest.importorskip("cattrs")
    definition = shop()
    customer = fold(definition, history)
    text = customer_to_json(customer)
    again = customer_from_json(text)
    assert again == customer
    assert hash(again) == hash(customer)
    assert customer_to_json(again) == text
    later = tp(customer.id, "bought", 100, 7)
    assert definition.advance(again, later) == definition.advance(customer, later)


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "7", "nonsense", '{"id": "ann"}', "[" * 100_000, '{"id": 1e400}', "\ud800", "\0"],
    ids=ascii,
)
def test_a_text_that_is_no_customer(text: str) -> None:
    """Any other text is refused as a whole."""
    pytest.importorskip("cattrs")
    with pytest.raises(InvalidArgument, match="the text is no customer"):
        customer_from_json(text)


def test_json_with_more_than_a_customer_is_refused() -> None:
    """A key that no customer has is refused, so that a typo cannot pass."""
    pytest.importorskip("cattrs")
    text = customer_to_json(fold(shop(), ANN))
    with pytest.raises(InvalidArgument):
        customer_from_json(text.replace('"id":', '"colour":"red","id":', 1))


def test_a_tampered_customer_fails_as_declared() -> None:
    """A customer whose stage is unknown to the definition is a declared error or harmless, never a surprise."""
    customer = fold(shop(), ANN)
    other = attrs.evolve(customer, definition="0" * 64)
    with pytest.raises(LifecycleError):
        shop().advance(other, tp("ann", "visit", 20))
