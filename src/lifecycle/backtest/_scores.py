"""A fact or the health of a story as a score: which threshold would have given what."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Moment, Record, instant
from lifecycle.errors import InvalidArgument
from lifecycle.rules import FactType
from lifecycle.signs import SignProgram

from ._asked import Asked, ask
from ._blocks import blocks
from ._checks import FloatArray, IntArray
from ._curve import FlaggedWhen, Sweep
from ._flags import BlockFlags
from ._moments import Moments
from ._question import Question
from ._suggest import Judged, judged
from ._sweep import sweep

_HEALTH = "health"


@attrs.frozen(eq=False)
class Scored:
    """A score of a story at the moments of a question, of everybody at risk."""

    name: str
    """The fact, or 'health'."""
    moments: Moments
    """Who was at risk when, and what followed; customers by their places in the log."""
    score: FloatArray
    """The score at each pair, money in major units, nan where missing; shape (n_pairs,)."""

    @property
    def flagged_when(self) -> FlaggedWhen:
        """Whether high or low is bad: low health, and much of anything else."""
        return "<=" if self.name == _HEALTH else ">="

    def sweep(self, *, flagged_when: FlaggedWhen | None, thresholds: npt.ArrayLike | None, confidence: float) -> Sweep:
        """What every threshold would have given."""
        return sweep(
            self.moments, self.score, flagged_when=flagged_when or self.flagged_when, thresholds=thresholds,
            name=self.name, confidence=confidence,
        )  # fmt: skip

    def judged(
        self,
        *,
        split_us: int | None,
        precision: float | None,
        alerts_per_week: float | None,
        flagged_when: FlaggedWhen | None,
    ) -> Judged:
        """A threshold chosen before a moment and judged from then on; None: as many moments for each."""
        return judged(
            self.moments, self.score, split_us=self._middle() if split_us is None else split_us, precision=precision,
            alerts_per_week=alerts_per_week, flagged_when=flagged_when or self.flagged_when,
        )  # fmt: skip

    def _middle(self) -> int:
        """The moment that leaves as many complete moments before it as from it on."""
        outcomes = self.moments.outcomes
        complete = self.moments.instants[self.moments.instants <= outcomes.last_us]
        if not len(complete):
            return outcomes.end_us
        middle = (int(complete[0]) + int(complete[-1]) + outcomes.horizon_us) // 2
        return int(complete[min(int(np.searchsorted(complete, middle)), len(complete) - 1)])


def score_story(record: Record, signs: SignProgram | None, name: str, question: Question) -> Scored:
    """A fact or the health of a story at the moments of a question.

    Args:
        record: the outcome of a replay.
        signs: the signs of its definition; None: it has none.
        name: a fact that is a number or a flag, or 'health'.
        question: what it should foretell.

    Raises:
        InvalidArgument: no such score (with the nearest known one), or a field of the question that is none.
    """
    asked = ask(record, signs, question)
    kind = _kind(asked, signs, name)
    customer: list[IntArray] = [np.zeros(0, np.int64)]
    at: list[IntArray] = [np.zeros(0, np.int64)]
    score: list[FloatArray] = [np.zeros(0)]
    for block in blocks(asked, [asked.usual]):
        flags = BlockFlags(signs, block, ())
        for (rows, places), read in flags.looks.pairs(flags.exposure(asked.usual).at_risk):
            column = read(name)
            values = column.values / kind.scale
            score.append(values if column.valid is None else np.where(column.valid, values, np.nan))
            customer.append(block.who[rows])
            at.append(block.instants[places])
    moments = Moments(np.concatenate(customer), np.concatenate(at), asked.outcomes)
    return Scored(name, moments, np.concatenate(score))


def split_of(record: Record, split: Moment | None) -> int | None:
    """A moment between choosing and judging, in microseconds."""
    return None if split is None else instant(split, record.program.calendar)


def _kind(asked: Asked, signs: SignProgram | None, name: Any) -> FactType:
    """What sort of number a score is."""
    types = dict(asked.record.program.facts.types)
    if signs is not None and signs.scoring is not None:
        types[_HEALTH] = FactType(is_real=True, may_miss=True)
    if name not in types:
        near = get_close_matches(str(name), list(types), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"facts: {', '.join(types)}"
        raise InvalidArgument(f"there is no fact {name!r} to sweep; {hint}")
    if types[name].kind == "text" or types[name].unit == "date":
        raise InvalidArgument(f"fact {name!r} is a {types[name].unit or 'text'}, which has no threshold; take a number")
    return types[name]
