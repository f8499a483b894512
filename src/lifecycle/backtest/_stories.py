"""Back-tests of a story: are its signs true?"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from lifecycle.engine import Record
from lifecycle.errors import InvalidArgument
from lifecycle.signs import SignProgram
from lifecycle.tally import ClusteredCounts, clustered_counts

from ._asked import Asked, ask
from ._blocks import blocks
from ._by_episode import FoundEpisodes, episodes_result, found_episodes, lead_of
from ._by_moment import FoundMoments, moments_result
from ._checks import IntArray, share
from ._episodes import Episodes
from ._flags import BlockFlags, Raised
from ._grid import Exposure, added
from ._named import Sign, named
from ._question import Question
from ._result import BacktestResult, LeftOut, Way


def backtest_signs(
    record: Record,
    signs: SignProgram | None,
    names: Sequence[str],
    question: Question,
    *,
    by: Way = "moments",
    confidence: float = 0.95,
) -> dict[str, BacktestResult]:
    """Whether signs of a story are true.

    Args:
        record: the outcome of a replay.
        signs: the signs of its definition; None: it has none.
        names: signals, segments, health bands, or texts of conditions over facts, `stage`, `health` and signals.
        question: what they should foretell.
        by: judged at the moments of the question, or each time that a sign was raised: of a signal at exact instants,
            of all else, and where the question says who is at risk, at the first moment at which it stands.
        confidence: of all intervals.

    Returns:
        A result by name, in order. By moment the lead time is that of who looks at the moments only.

    Raises:
        InvalidArgument: a name, a field of the question or a confidence that is none.
    """
    share(confidence, "confidence")
    if by not in ("moments", "episodes"):
        raise InvalidArgument(f"backtest: by={by!r} is neither 'moments' nor 'episodes'")
    asked = ask(record, signs, question)
    wanted = named(asked, signs, list(dict.fromkeys(names)))
    risks = {sign.stages: _Risk([], np.zeros((2, record.n_customers), np.int64)) for sign in wanted}
    counts = {sign.name: _Counts([], []) for sign in wanted}
    for block in blocks(asked, risks) if wanted else ():
        flags = BlockFlags(signs, block, wanted)
        for stages, risk in risks.items():
            risk.add(flags.exposure(stages), block.who)
        for sign in wanted:
            if by == "episodes" and sign.is_exact:
                counts[sign.name].raised.append(flags.raises(sign))
                continue
            rows, stands = flags.stands(sign)
            sums, n_raised = flags.exposure(sign.stages).count(rows, stands)
            counts[sign.name].add(sums, n_raised, flags.first_stands(rows, stands))
    return {sign.name: _result(asked, counts[sign.name], risks[sign.stages], (sign, by), confidence) for sign in wanted}


@attrs.define(eq=False)
class _Risk:
    """Who was at risk and what followed, over the blocks."""

    sums: list[ClusteredCounts]
    by_customer: IntArray
    """Moments that were followed, and judged; shape (2, n_customers)."""
    n_outcomes: int = 0
    n_censored: int = 0
    n_at_outcome: int = 0

    def add(self, exposure: Exposure, who: IntArray) -> None:
        """Count a block in."""
        self.sums.append(exposure.everybody())
        self.by_customer[:, who] = exposure.counts
        self.n_outcomes += exposure.n_outcomes
        self.n_censored += exposure.n_censored
        self.n_at_outcome += exposure.n_at_outcome


@attrs.define(eq=False)
class _Counts:
    """What a sign did, over the blocks."""

    sums: list[ClusteredCounts]
    raised: list[Raised]
    n_raised: int = 0

    def add(self, sums: ClusteredCounts, n_raised: int, raised: Raised) -> None:
        """Count a block in."""
        self.sums.append(sums)
        self.raised.append(raised)
        self.n_raised += n_raised

    def episodes(self) -> Episodes:
        """All episodes."""
        nothing = np.zeros(0, np.int64)
        customer, start = (np.concatenate([nothing, *(part[place] for part in self.raised)]) for place in (0, 1))
        return Episodes(customer, start)


def _result(asked: Asked, counts: _Counts, risk: _Risk, of: tuple[Sign, Way], confidence: float) -> BacktestResult:
    """The result of one sign; `of` holds it and the way of judging."""
    (sign, way), outcomes = of, asked.outcomes
    found = found_episodes(counts.episodes(), outcomes)
    if way == "episodes":
        sums = _episode_sums(found, risk)
        return episodes_result(found, sums, outcomes, sign.name, confidence)
    moments = FoundMoments(
        sums=added([*risk.sums, *counts.sums]),
        n_episodes=counts.n_raised,
        n_outcomes=risk.n_outcomes,
        left_out=LeftOut(risk.n_censored, risk.n_at_outcome),
    )
    result = moments_result(moments, outcomes, sign.name, confidence)
    return result if outcomes.is_absence else attrs.evolve(result, lead=lead_of(found, outcomes, confidence))


def _episode_sums(found: FoundEpisodes, risk: _Risk) -> ClusteredCounts:
    n_customers = risk.by_customer.shape[1]
    counts = [np.bincount(column, minlength=n_customers) for column in (found.hits, found.judged)]
    return clustered_counts(np.stack([*counts, *risk.by_customer]))
