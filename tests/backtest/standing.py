"""Where signs stand at the moments of a question, as the back-test of a story sees it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from lifecycle import Question, Story
from lifecycle.backtest._asked import ask
from lifecycle.backtest._blocks import blocks
from lifecycle.backtest._flags import BlockFlags
from lifecycle.backtest._named import named

Pairs = set[tuple[str, int]]  # customer id, microseconds


@attrs.frozen
class Standing:
    """Pairs of customer and moment."""

    at_risk: Pairs
    followed: Pairs
    judged: Pairs
    flagged: Pairs


def standing(story: Story, names: Sequence[str], question: Question) -> dict[str, Standing]:
    """Per sign who is at risk when, whom the outcome follows, and where the sign stands."""
    asked = ask(story.record, story.signs, question)
    wanted = named(asked, story.signs, names)
    found = {sign.name: Standing(set(), set(), set(), set()) for sign in wanted}
    for block in blocks(asked, [sign.stages for sign in wanted]):
        flags, ids = BlockFlags(story.signs, block, wanted), story.log.ids(block.who)

        def pairs(who: np.ndarray, mask: np.ndarray, ids: np.ndarray = ids, at: np.ndarray = block.instants) -> Pairs:
            row, place = np.nonzero(mask)
            return set(zip(ids[who[row]].tolist(), at[place].tolist(), strict=True))

        everybody = np.arange(len(block))
        for sign in wanted:
            exposure = flags.exposure(sign.stages)
            found[sign.name].at_risk.update(pairs(everybody, exposure.at_risk))
            found[sign.name].judged.update(pairs(everybody, exposure.judged))
            found[sign.name].followed.update(pairs(everybody, exposure.followed))
            found[sign.name].flagged.update(pairs(*flags.stands(sign)))
    return found
