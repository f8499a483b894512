"""One touchpoint of one customer, live: `Definition.advance` against one event of other machines."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lifecycle import Customer, Definition, Touchpoint, replay

from .driven import Driver, StateMachineDecider, TransitionsDecider
from .measure import Row, demand
from .replay import log_of, sample, stock
from .synthetic import columns, table

Histories = Sequence[Sequence[Touchpoint]]


def rows(n_rounds: int) -> Iterator[Row]:
    """The time of one call with facts and moves, touchpoints already built; the others are handed their facts."""
    definition = stock()
    story = replay(definition, log_of(table(columns(200_000, 20_000))))
    histories = list(sample(story.log).values())
    begun = [definition.begin(history[0]).customer for history in histories]
    drivers = [Driver(definition, decider(definition)) for decider in (StateMachineDecider, TransitionsDecider)]
    taken: list[list[float]] = [[], [], []]
    for number in range(n_rounds + 1):
        figures = [advance_all(definition, begun, histories)]
        figures += [send_all(driver, histories, story.record.until_us) for driver in drivers]
        if number:
            for figure, into in zip(figures, taken, strict=True):
                into.append(figure)
    counts = [moves_of(definition, histories, story.until), *(driver.n_moves for driver in drivers)]
    demand(len(set(counts)) == 1, f"moves by advance, python-statemachine and transitions: {counts}")
    what = "advance: one touchpoint with facts and moves"
    yield Row(what, "python-statemachine, one send, facts given", taken[0], taken[1], "µs", 1 / 8)
    yield Row(what, "transitions, one trigger, facts given; aim 1", taken[0], taken[2], "µs")


def advance_all(definition: Definition, begun: Sequence[Customer], histories: Histories) -> float:
    """Microseconds of one `advance`, every touchpoint but the customers' first."""
    gc.collect()
    begin = time.perf_counter()
    for customer, history in zip(begun, histories, strict=True):
        for touchpoint in history[1:]:
            customer = definition.advance(customer, touchpoint).customer
    taken = time.perf_counter() - begin
    return taken / sum(len(history) - 1 for history in histories) * 1e6


def send_all(driver: Driver, histories: Histories, until_us: int) -> float:
    """Microseconds of one event in another machine; what the driver does around it is not counted."""
    gc.collect()
    driver.reset()
    for history in histories:
        driver.run(history, until_us)
    return driver.sending / driver.n_sends * 1e6


def moves_of(definition: Definition, histories: Histories, until: datetime) -> int:
    """How many moves the live engine makes."""
    count = 0
    for history in histories:
        step = definition.begin(history[0])
        for touchpoint in history[1:]:
            count += len(step.moves)
            step = definition.advance(step.customer, touchpoint)
        count += len(step.moves)
        count += len(definition.pass_time(step.customer, until - timedelta(microseconds=1)).moves)
    return count
