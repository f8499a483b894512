"""Tallies of answers: the net promoter score, and how two things go together."""

from __future__ import annotations

from math import atanh, sqrt, tanh
from typing import Self

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._estimate import Estimate, estimate, undefined
from ._exact import exact_dot, exact_sum, whole
from ._quantiles import normal_quantile

_PROMOTER, _PASSIVE, _MOST = 9, 7, 10


@attrs.frozen
class NpsTally:
    """A net promoter score: the share of promoters less the share of detractors, from -100 to 100."""

    promoters: int = 0
    """Answers of 9 and 10."""
    passives: int = 0
    """Answers of 7 and 8."""
    detractors: int = 0
    """Answers of 0 to 6."""

    @classmethod
    def zero(cls) -> Self:
        """No answers."""
        return cls()

    @classmethod
    def of_answers(cls, answers: npt.ArrayLike) -> Self:
        """The score of answers from 0 to 10; shape (n,).

        Raises:
            InvalidArgument: an answer is no whole number from 0 to 10.
        """
        scores = np.asarray(answers, np.float64)
        wrong = np.flatnonzero(~((scores >= 0) & (scores <= _MOST) & (scores == np.floor(scores))))
        if len(wrong):
            raise InvalidArgument(
                f"{len(wrong)} answers are no whole numbers from 0 to 10, the first one {scores[wrong[0]]:g} at place "
                f"{wrong[0]}; an answer on another scale is no net promoter score"
            )
        promoters = int(np.count_nonzero(scores >= _PROMOTER))
        passives = int(np.count_nonzero(scores >= _PASSIVE)) - promoters
        return cls(promoters, passives, len(scores) - promoters - passives)

    @property
    def n(self) -> int:
        """How many answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def standard_error(self) -> float | None:
        """The plain one, in points: 0 where all answer alike, which the interval does not share; None without answers.

        Source: the variance of a variable that is 1, 0 or -1.
        """
        return None if not self.n else 100 * _error(self.promoters / self.n, self.detractors / self.n, self.n)

    @property
    def adjusted(self) -> float:
        """The middle of the interval, in points: three answers added, ¾ of them promoters and ¾ detractors."""
        return 100 * (self.promoters - self.detractors) / (self.n + 3)

    def __add__(self, other: NpsTally) -> NpsTally:
        """Both together."""
        return NpsTally(
            self.promoters + other.promoters, self.passives + other.passives, self.detractors + other.detractors
        )

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The score with the adjusted Wald interval, whose middle is drawn towards 0; never beyond -100 and 100.

        Source: Lewis and Sauro (2021), the adjusted Wald interval of a net promoter score.
        """
        if not self.n:
            return undefined("nobody answered", 0, 0)
        score, n = 100 * (self.promoters - self.detractors) / self.n, self.n + 3
        half = 100 * normal_quantile(confidence) * _error((self.promoters + 0.75) / n, (self.detractors + 0.75) / n, n)
        low, high = max(self.adjusted - half, -100), min(self.adjusted + half, 100)
        parts = (float(self.promoters - self.detractors), float(self.n))
        return estimate((np.array(score), np.array(low), np.array(high)), parts, self.n, "")


def _error(promoters: float, detractors: float, n: float) -> float:
    return sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0) / n)


@attrs.frozen
class LinkTally:
    """How two things go together: Pearson's correlation; point-biserial where one is yes or no."""

    n: int = 0
    """Pairs."""
    x: int = 0
    """Sum of the first."""
    y: int = 0
    """Sum of the second."""
    xx: int = 0
    """Sum of the squares of the first."""
    yy: int = 0
    """Sum of the squares of the second."""
    xy: int = 0
    """Sum of the products."""

    @classmethod
    def zero(cls) -> Self:
        """No pairs."""
        return cls()

    @classmethod
    def of(cls, first: npt.ArrayLike, second: npt.ArrayLike) -> Self:
        """Of pairs of whole numbers; shape (n,) each.

        Raises:
            InvalidArgument: they are no whole numbers, or not of one length.
        """
        x, y = whole(first), whole(second)
        if x.shape != y.shape:
            raise InvalidArgument(f"{len(x)} values go with {len(y)}; give pairs")
        return cls(len(x), exact_sum(x), exact_sum(y), exact_dot(x, x), exact_dot(y, y), exact_dot(x, y))

    def __add__(self, other: LinkTally) -> LinkTally:
        """Both together."""
        return LinkTally(*(one + two for one, two in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))

    def finish(self, confidence: float = 0.95) -> Estimate:
        """The correlation with Fisher's interval; undefined of fewer than 4 pairs, or where one side never differs.

        Source: Fisher (1921), the z transformation.
        """
        parts = (None, float(self.n))
        if self.n < 4:
            return undefined("fewer than 4 pairs say nothing", *parts)
        across = (self.n * self.xx - self.x**2) * (self.n * self.yy - self.y**2)
        if not across:
            return undefined("one of the two is the same for all", *parts)
        value = max(-1.0, min(1.0, (self.n * self.xy - self.x * self.y) / sqrt(across)))
        if abs(value) == 1:
            return estimate((np.array(value), np.array(value), np.array(value)), parts, self.n, "")
        half = normal_quantile(confidence) / sqrt(self.n - 3)
        low, high = tanh(atanh(value) - half), tanh(atanh(value) + half)
        return estimate((np.array(value), np.array(low), np.array(high)), parts, self.n, "")
