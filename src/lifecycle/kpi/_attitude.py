"""What customers say of the company: NPS, satisfaction, effort."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.rules import texts
from lifecycle.tally import CountsTally, MeanTally, NpsTally, RatioTally

from ._cut import Cut
from ._groups import UNKNOWN
from ._registry import register
from ._rows import Touched
from ._scores import scored

Int64Array = npt.NDArray[np.int64]
CSAT_BOXES: Final[Mapping[int, int]] = MappingProxyType({5: 4, 7: 5, 4: 3, 3: 3})
"""Highest score of a scale → the lowest one that is satisfied."""
_NPS_GROUPS: Final = ("detractor", "passive", "promoter")
_PASSIVE, _PROMOTER, _MOST = 7, 9, 10
_EASY, _MOST_EFFORT = 5, 7


@register("nps", unit="score", better="higher")
def nps(cut: Cut, *, kind: str = "nps", survey: str = "relational") -> NpsTally:
    """The net promoter score: 100 × (promoters − detractors) ÷ answers, from -100 to 100.

    Promoters answer 9 or 10, passives 7 or 8, detractors 0 to 6. One answer per customer counts: the last of the
    period. Only answers to one sort of survey count, as their attribute `survey` says; an answer that says nothing is
    'relational'. An answer that is no whole number from 0 to 10 is refused with its customer and day; without a score
    it is passed over. Nobody answered: undefined. Also in use: `nps_transactional`, `nps_reasons`.

    Source: Reichheld (2003); the interval is the adjusted Wald one of Lewis and Sauro (2021).
    """
    return NpsTally.of_answers(_nps_answers(cut, kind, survey)[1])


@register("nps_transactional", unit="score", better="higher")
def nps_transactional(cut: Cut, *, kind: str = "nps") -> NpsTally:
    """The net promoter score of answers whose `survey` is 'transactional': after an order, a visit, a solved ticket.

    One answer per customer counts, the last of the period; all else as in `nps`, with which it is not to be mixed.
    """
    return NpsTally.of_answers(_nps_answers(cut, kind, "transactional")[1])


@register("nps_reasons", unit="answers")
def nps_reasons(cut: Cut, *, kind: str = "nps", survey: str = "relational", attribute: str = "reason") -> CountsTally:
    """The reasons given with the answers that `nps` counts, by group: 'detractor: price' and so on.

    The reason is the follow-up answer, coded, in the attribute `reason`; '(unknown)' where there is none.
    """
    answers, scores = _nps_answers(cut, kind, survey)
    group = (scores >= _PASSIVE).astype(np.int64) + (scores >= _PROMOTER)
    codes, book = texts(cut.rows, attribute, answers.index)
    names = [name or UNKNOWN for name in (*book, UNKNOWN)]
    found: dict[str, int] = {}
    pairs, counts = np.unique(group * len(names) + codes % len(names), return_counts=True)
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        name = f"{_NPS_GROUPS[pair // len(names)]}: {names[pair % len(names)]}"
        found[name] = found.get(name, 0) + count
    return CountsTally(found)


@register("csat", unit="rate", better="higher")
def csat(cut: Cut, *, scale: int = 5, kind: str = "csat") -> RatioTally:
    """Customer satisfaction: satisfied answers ÷ answers in the period.

    Satisfied is 4 or 5 of 5, 5 to 7 of 7, 3 or 4 of 4, 3 of 3, as `scale` says. Every answer counts, also several of
    one customer, since each is about one occasion. An answer off the scale is refused; one without a score is passed
    over. Others count only the highest score, or take the mean: that is not this number.
    """
    if scale not in CSAT_BOXES:
        raise InvalidArgument(f"csat: there is no box for scale={scale!r}; scales: {', '.join(map(str, CSAT_BOXES))}")
    _, scores = scored(cut, cut.touchpoints(kind), low=1, high=scale, what=f"csat of {scale}")
    return RatioTally(int(np.count_nonzero(scores >= CSAT_BOXES[scale])), len(scores))


@register("ces_mean", unit="points", better="higher")
def ces_mean(cut: Cut, *, kind: str = "ces") -> MeanTally:
    """Customer effort: the mean answer, from 1 (it was hard) to 7 (it was easy), of the answers in the period.

    Every answer counts. Also in use under the same name: `ces_share`, the share of answers 5 to 7.
    """
    return MeanTally.of(_efforts(cut, kind))


@register("ces_share", unit="rate", better="higher")
def ces_share(cut: Cut, *, kind: str = "ces") -> RatioTally:
    """Customer effort: the share of answers from 5 to 7 of 7 (it was easy) in the period.

    Every answer counts. Also in use under the same name: `ces_mean`, the mean answer.
    """
    scores = _efforts(cut, kind)
    return RatioTally(int(np.count_nonzero(scores >= _EASY)), len(scores))


def _efforts(cut: Cut, kind: str) -> Int64Array:
    return scored(cut, cut.touchpoints(kind), low=1, high=_MOST_EFFORT, what="ces")[1]


def _nps_answers(cut: Cut, kind: str, survey: str) -> tuple[Touched, Int64Array]:
    """The last answer of each customer to one sort of survey, and its score."""
    answers = cut.touchpoints(kind)
    sort = answers.text("survey")
    answers = answers.where(np.array([(one or "relational") == survey for one in sort.tolist()], bool))
    answers, scores = scored(cut, answers, low=0, high=_MOST, what="nps")
    is_last = np.diff(answers.customer, append=cut.n_customers) != 0
    return answers.where(is_last), scores[is_last]
