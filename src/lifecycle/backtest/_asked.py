"""A question put to a story: its moments, its outcomes, and who is at risk."""

from __future__ import annotations

from difflib import get_close_matches

import attrs
import numpy as np

from lifecycle.engine import Program, Record, instant
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.model import ROLES
from lifecycle.rules import BoundCondition, Count
from lifecycle.signs import SignProgram, bind_over, stages_named

from ._checks import IntArray
from ._outcomes import Outcomes
from ._question import Absence, Happens, Outcome, Question

_MONDAY = 4  # 1970-01-05 was one
_AT_ONCE = 1_000_000


@attrs.frozen(eq=False)
class Asked:
    """A question put to a story."""

    question: Question
    """What was asked."""
    record: Record
    """The story."""
    instants: IntArray
    """The moments, ascending; shape (n_moments,)."""
    outcomes: Outcomes
    """What came, by customer and time; customers by their places in the log."""
    stages: tuple[bool, ...] | None
    """Per stage whether the question says that a customer is at risk there; None: it does not say."""
    usual: tuple[bool, ...]
    """Per stage whether a customer is at risk there, where the sign does not say."""
    among: BoundCondition | None
    """What must hold for who is at risk."""

    @property
    def since_us(self) -> int:
        """The first instant looked at."""
        assert self.outcomes.since_us is not None
        return self.outcomes.since_us


def ask(record: Record, signs: SignProgram | None, question: Question) -> Asked:
    """Put a question to a story.

    Args:
        record: the outcome of a replay.
        signs: the signs of its definition; None: it has none.
        question: what is asked.

    Raises:
        InvalidArgument: it names a stage, kind or moment that is none, or no moment at all.
    """
    since, until = _bounds(record, question)
    instants = _midnights(record, question, since, until)
    customer, at, told = _happenings(record, question.outcome)
    horizon_us = round(question.horizon_days * 86_400_000_000)
    outcomes = Outcomes(
        customer,
        at,
        horizon_days=question.horizon_days,
        # What comes after the last moment's horizon would only be half looked at.
        end_us=min(record.until_us - 1, until - 1 + horizon_us),
        since_us=min(since, record.until_us - 1),
        name=told,
        is_absence=isinstance(question.outcome, Absence),
    )
    stages = None if question.stages is None else _stages(record.program, question.stages, "stages")
    usual = stages_named(record.program, None) if stages is None else stages
    return Asked(question, record, instants, outcomes, stages, usual, _among(record.program, signs, question))


def _bounds(record: Record, question: Question) -> tuple[int, int]:
    """The first instant looked at, and the last one, exclusive."""
    calendar, until = record.program.calendar, record.until_us
    if not record.n_customers:
        raise InvalidArgument("backtest: the story has no customers; replay a log with touchpoints")
    first = int(record.started.min())
    since = first if question.since is None else max(instant(question.since, calendar), first)
    return since, until if question.until is None else min(instant(question.until, calendar), until)


def _midnights(record: Record, question: Question, since: int, until: int) -> IntArray:
    """The moments: midnights from an instant on, before another."""
    calendar, step = record.program.calendar, question.every_days
    day = calendar.day_of(since) - step if since < until else calendar.day_of(until)
    day += (_MONDAY - day) % step
    days = range(day, calendar.day_of(until) + 1, step)
    starts = np.array([calendar.start_of(one) for one in days], np.int64)
    # A date that a zone skipped shares its start with the next one.
    found = np.unique(starts[(starts >= since) & (starts < until)])
    if not len(found):
        shown = [str(np.datetime64(at, "us"))[:16].replace("T", " ") for at in (since, until)]
        raise InvalidArgument(
            f"Question: no moment lies from {shown[0]} to before {shown[1]} UTC, one every {step} days; "
            "ask for more of the story, or more often"
        )
    return found


def _happenings(record: Record, outcome: Outcome) -> tuple[IntArray, IntArray, str]:
    """Customers and instants of what is looked for, by customer and time, and what it is called."""
    if not isinstance(outcome, str):
        return *_touchpoints(record, outcome), str(outcome)
    program, moved = record.program, record.moved
    inside = np.array(_stages(program, (outcome,), "outcome"))
    enters = np.flatnonzero(inside[moved.target] & ~inside[moved.source])
    is_role = outcome in ROLES and outcome not in program.chart.nodes
    told = f"entering a stage of role {outcome!r}" if is_role else f"entering {outcome!r}"
    timed = int(np.count_nonzero(moved.timer[enters] >= 0))
    # A sign of silence is right by definition where a timer moves the silent: whoever reads this should know.
    told += f" ({100 * timed / len(enters):.0f} % by a timer)" if timed else ""
    return moved.customer[enters].astype(np.int64), moved.at[enters], told


def _among(program: Program, signs: SignProgram | None, question: Question) -> BoundCondition | None:
    if question.among is None:
        return None
    try:
        return bind_over(program, signs, question.among)
    except DefinitionError as error:
        raise InvalidArgument(f"Question: among={question.among!r}: {error}") from None


def _stages(program: Program, names: tuple[str, ...], field: str) -> tuple[bool, ...]:
    try:
        found = stages_named(program, names)
    except DefinitionError as error:
        wanted = "; for a touchpoint write Happens('…')" if field == "outcome" else ""
        raise InvalidArgument(f"Question: {field}={', '.join(names)!r}: {error}{wanted}") from None
    if not any(found):
        raise InvalidArgument(
            f"Question: {field}={', '.join(names)!r}: no stage has this role; stages: "
            + ", ".join(stage.id for stage in program.chart.stages)
        )
    return found


def _touchpoints(record: Record, outcome: Happens | Absence) -> tuple[IntArray, IntArray]:
    program, log = record.program, record.log
    _check_kinds(record, outcome)
    try:
        fact = Count(outcome.kinds, where=outcome.where).bind(program.context)
    except DefinitionError as error:
        raise InvalidArgument(f"Question: outcome where={outcome.where!r}: {error}") from None
    customer: list[IntArray] = [np.zeros(0, np.int64)]
    at: list[IntArray] = [np.zeros(0, np.int64)]
    low = 0
    while low < record.n_customers:
        high = max(low + 1, int(np.searchsorted(log.starts, log.starts[low] + _AT_ONCE, side="right")) - 1)
        rows = program.rows(log.block(low, high))
        index = rows.select(fact.kinds, fact.where).index
        customer.append(rows.customer[index].astype(np.int64) + low)
        at.append(rows.block.at[index])
        low = high
    return np.concatenate(customer), np.concatenate(at)


def _check_kinds(record: Record, outcome: Happens | Absence) -> None:
    """Refuse a kind that neither the log nor the definition knows."""
    program = record.program
    known = {program.context.key(kind) for kind in record.log.kinds} | (set(program.chart.events) - program.timed)
    known |= {kind for fact in program.facts.folded.values() for kind in fact.kinds or ()}
    for kind in outcome.kinds:
        if program.context.key(kind) not in known:
            near = get_close_matches(program.context.key(kind), sorted(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"kinds of the log: {', '.join(record.log.kinds)}"
            raise InvalidArgument(f"Question: outcome: no touchpoint has the kind {kind!r}; {hint}")
