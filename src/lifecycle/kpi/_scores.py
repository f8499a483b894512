"""Scores that customers gave, refused where they are on another scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._cut import Cut
from ._rows import Touched

Int64Array = npt.NDArray[np.int64]
SCORE = "score"
"""The attribute that holds an answer."""


def scored(cut: Cut, answers: Touched, *, low: int, high: int, what: str) -> tuple[Touched, Int64Array]:
    """The answers that have a score, and their scores; shape (n,).

    Raises:
        InvalidArgument: a score is no whole number from `low` to `high`; an answer without one is passed over.
    """
    numbers, words = answers.number(SCORE), answers.text(SCORE)
    is_word = np.array([word is not None for word in words.tolist()], bool)
    has = is_word | ~np.isnan(numbers)
    fits = (numbers >= low) & (numbers <= high) & (numbers == np.floor(numbers))
    wrong = np.flatnonzero(has & ~fits)
    if len(wrong):
        first = int(wrong[0])
        given: Any = words[first] if is_word[first] else f"{numbers[first]:g}"
        one = "1 answer is no whole number" if len(wrong) == 1 else f"{len(wrong):,} answers are no whole numbers"
        raise InvalidArgument(
            f"{what}: {one} from {low} to {high}, the first one {given!s} of customer "
            f"{cut.record.log.ids(answers.customer[wrong[:1]])[0]!r} on {answers.day[first].astype('M8[D]')}; mend it, "
            "or keep answers on another scale under a kind of their own"
        )
    return answers.where(has), numbers[has].astype(np.int64)
