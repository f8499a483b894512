"""Who was at risk when, and what followed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument

from ._checks import DAY_US, BoolArray, IntArray, codes, common_codes, flags, instants, same_length
from ._episodes import Episodes
from ._outcomes import Outcomes
from ._timeline import Matches


def _codes(values: Any) -> IntArray:
    return codes(values, "Moments.customer")


def _instants(values: Any) -> IntArray:
    return instants(values, "Moments.at_us")


@attrs.frozen(eq=False)
class Moments:
    """Pairs of a customer and a moment at which it was at risk, and whether the outcome followed.

    The moments are few and regular, such as 52 Mondays. A pair is left out, and counted, when its horizon reaches
    beyond the end (also when the outcome came before the end: to keep only those would overstate the risk), and when
    the outcome comes at that very moment, for which any sign is too late.

    Raises:
        InvalidArgument: columns of two lengths, codes or instants that are none, a pair that is there twice.
    """

    customer: IntArray = attrs.field(converter=_codes)
    """Code of the customer of each pair, the same codes as of the outcomes; shape (n_pairs,), in any order."""
    at_us: IntArray = attrs.field(converter=_instants)
    """The moment of each pair, in microseconds since 1970 UTC; shape (n_pairs,)."""
    outcomes: Outcomes
    """What may follow."""

    def __attrs_post_init__(self) -> None:
        same_length(self.customer, self.at_us, "Moments: customer, at_us")
        key = self._key if self._order is None else self._key[self._order]
        twice = np.flatnonzero(key[1:] == key[:-1])
        if len(twice):
            row = int(twice[0]) if self._order is None else int(self._order[twice[0]])
            raise InvalidArgument(
                f"Moments: {len(twice)} pairs are there again, the first of them customer {self.customer[row]} at "
                f"{self.at_us[row]}; give each pair of customer and moment once"
            )

    def __len__(self) -> int:
        return len(self.customer)

    @cached_property
    def instants(self) -> IntArray:
        """The moments that occur, ascending; shape (n_moments,)."""
        return np.unique(self.at_us)

    @cached_property
    def _key(self) -> IntArray:
        """Customer and place of the moment in one number; consecutive moments of a customer differ by 1."""
        return self.customer * (len(self.instants) + 1) + np.searchsorted(self.instants, self.at_us)

    @cached_property
    def _order(self) -> IntArray | None:
        """The pairs by customer and moment; None when they are in that order."""
        if np.all(self._key[1:] >= self._key[:-1]):
            return None
        return np.argsort(self._key, kind="stable")  # not quicksort: columns of one moment each are runs

    @cached_property
    def _matches(self) -> Matches:
        return self.outcomes.timeline.matches(self.customer, self.at_us)

    @cached_property
    def _is_complete(self) -> BoolArray:
        """Whether the horizon of each pair ends before anybody stopped looking; shape (n_pairs,)."""
        return np.asarray(self.at_us <= self.outcomes.last_us)

    @cached_property
    def judged(self) -> BoolArray:
        """Whether each pair is judged; shape (n_pairs,)."""
        judged = self._is_complete.copy()
        if not self.outcomes.is_absence:
            judged[self._matches.rows[self._matches.is_at]] = False
        return judged

    @cached_property
    def followed(self) -> BoolArray:
        """Whether each pair is judged and the outcome followed within the horizon; shape (n_pairs,)."""
        comes = np.zeros(len(self), np.bool_)
        comes[self._matches.rows[self._is_due]] = True
        return self.judged & ~comes if self.outcomes.is_absence else comes

    @cached_property
    def _is_due(self) -> BoolArray:
        """Of the pairs with a match: judged, and it comes within the horizon."""
        rows, place, outcomes = self._matches.rows, self._matches.place, self.outcomes
        if not len(rows):
            return np.zeros(0, np.bool_)
        due = outcomes.timeline.at[place] <= self.at_us[rows] + outcomes.horizon_us - int(outcomes.is_absence)
        return np.asarray(due & (place >= 0) & self.judged[rows])

    @cached_property
    def n_outcomes(self) -> int:
        """How many outcomes are the first after a pair that is judged, within its horizon; of absences, each once."""
        if not self.outcomes.is_absence:
            return len(np.unique(self._matches.place[self._is_due]))
        return self.outcomes.timeline.n_absences(self.customer[self.followed], self.at_us[self.followed])

    @property
    def n_censored(self) -> int:
        """How many pairs are left out because their horizon reaches beyond the end."""
        return len(self) - int(np.count_nonzero(self._is_complete))

    @property
    def n_at_outcome(self) -> int:
        """How many of the others are left out because the outcome comes at that moment."""
        return int(np.count_nonzero(self._is_complete)) - int(np.count_nonzero(self.judged))

    @cached_property
    def weeks(self) -> float:
        """How many weeks the moments cover, each standing for the time since the one before; nan for less than two."""
        if len(self.instants) < 2:
            return np.nan
        step = float(np.median(np.diff(self.instants)))
        return (float(self.instants[-1] - self.instants[0]) + step) / (7 * DAY_US)

    @cached_property
    def coded(self) -> tuple[IntArray, int]:
        """Codes of the customers that are dense enough to count by, and how many."""
        (customer,), n_codes = common_codes(self.customer)
        return customer, n_codes

    @cached_property
    def customer_counts(self) -> IntArray:
        """By code: how many pairs were followed by the outcome, how many were judged; shape (2, n_codes)."""
        customer, n_codes = self.coded
        found = [np.bincount(customer[rows], minlength=n_codes) for rows in (self.followed, self.judged)]
        return np.stack(found)

    def until(self, split_us: int) -> Moments:
        """The pairs strictly before an instant, with what was known just before it."""
        rows = self.at_us < split_us
        end = min(split_us - 1, self.outcomes.end_us)
        return Moments(self.customer[rows], self.at_us[rows], attrs.evolve(self.outcomes, end_us=end, since_us=None))

    def since(self, split_us: int) -> Moments:
        """The pairs from an instant on."""
        rows = self.at_us >= split_us
        return Moments(self.customer[rows], self.at_us[rows], self.outcomes)

    def before(self, values: npt.NDArray[Any], missing: Any) -> npt.NDArray[Any]:
        """The value of the same customer at the moment before, for each pair.

        Args:
            values: one per pair, shape (n_pairs,).
            missing: what it was when the customer was not at risk at the moment before, or there is none.
        """
        order, key = self._order, self._key
        values, key = (values, key) if order is None else (values[order], key[order])
        previous = np.full(len(self), missing, values.dtype)
        previous[1:] = np.where(key[1:] == key[:-1] + 1, values[:-1], missing)
        if order is None:
            return previous
        back = np.empty_like(previous)
        back[order] = previous
        return back


def raised_rows(moments: Moments, flagged: BoolArray) -> IntArray:
    """The pairs at which a sign is raised: flagged, and not so at the moment before."""
    return np.flatnonzero(flagged & ~moments.before(flagged, missing=False))


def raised(moments: Moments, flagged: npt.ArrayLike) -> Episodes:
    """The episodes of a sign that is known at the moments only: for `judge_episodes`.

    It is raised at a moment at which it is flagged and was not at the moment before; also where the customer was not
    at risk at the moment before.

    Args:
        moments: the pairs.
        flagged: bool, one per pair, shape (n_pairs,).

    Raises:
        InvalidArgument: flags that are none, or not one per pair.
    """
    rows = raised_rows(moments, flags(flagged, len(moments), "raised: flagged"))
    return Episodes(moments.customer[rows], moments.at_us[rows])
