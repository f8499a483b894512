"""What every model of purchases answers, whatever it assumes of how customers leave."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ._discount import Discount
from ._distinct import distinct_rows
from ._history import counts, histories, spans
from ._purchase_tally import PurchaseTally
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


class Future(Protocol):
    """What customers who are still there will do; arrays of one shape (n,)."""

    def mean(self, t: FloatArray) -> FloatArray:
        """Expected purchases within the time t."""
        ...

    def variance(self, t: FloatArray) -> FloatArray:
        """The variance of the purchases within the time t."""
        ...

    def none(self, t: FloatArray) -> FloatArray:
        """The chance of no purchase within the time t."""
        ...

    def chance(self, n: FloatArray, t: FloatArray) -> FloatArray:
        """The chance of exactly n purchases within the time t."""
        ...

    def discounted(self, rate: float, horizon: float | None) -> FloatArray:
        """Expected purchases to come, discounted at a continuous rate per unit."""
        ...

    def draws(self, t: FloatArray, generator: np.random.Generator, n_draws: int) -> npt.NDArray[np.int64]:
        """Purchases within the time t, drawn; shape (n_draws, n)."""
        ...


class PurchaseModel(ABC):
    """A model of how often customers without a contract buy, and whether they are still there.

    In all methods x (repeat purchases), t_x (age at the last purchase), age (now: T of the papers) and t (time to
    come) are arrays that broadcast; times are in the unit of the model.

    Raises:
        InvalidArgument: in all methods: negative or missing numbers, or a last purchase after the end.
    """

    __slots__ = ()

    _last_matters: ClassVar[bool] = False
    unit: TimeUnit

    @property
    @abstractmethod
    def parameters(self) -> dict[str, float]:
        """The parameters by name."""

    @abstractmethod
    def log_likelihood(self, tally: PurchaseTally) -> float:
        """The log-likelihood of these customers, all together; 0 of nobody."""

    @abstractmethod
    def _alive(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> FloatArray:
        """The chance to be still there."""

    @abstractmethod
    def _buyers(self, x: FloatArray, t_x: FloatArray, age: FloatArray) -> Future:
        """Those who are still there."""

    def p_alive(self, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike) -> FloatArray:
        """The chance to be still there."""
        return self._alive(*histories(x, t_x, age))

    def expected_purchases(self, t: npt.ArrayLike) -> FloatArray:
        """Repeat purchases that a new customer is expected to make within the time t."""
        return self.conditional_purchases(0.0, 0.0, 0.0, t)

    def conditional_purchases(
        self, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike, t: npt.ArrayLike
    ) -> FloatArray:
        """Purchases that a customer with this history is expected to make within the time t from now."""
        history = histories(x, t_x, age)
        return self._alive(*history) * self._of_those_there(history, spans(t), _mean)

    def predictive_variance(
        self, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike, t: npt.ArrayLike
    ) -> FloatArray:
        """The variance of what `conditional_purchases` is the mean of: by chance alone, parameters as given."""
        history, time = histories(x, t_x, age), spans(t)
        there, mean = self._alive(*history), self._of_those_there(history, time, _mean)
        return there * (self._of_those_there(history, time, _variance) + (1 - there) * mean**2)

    def p_no_purchase(self, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
        """The chance that a customer with this history buys nothing within the time t from now."""
        history = histories(x, t_x, age)
        there = self._alive(*history)
        return 1 - there + there * self._of_those_there(history, spans(t), _none)

    def purchase_probability(self, n: npt.ArrayLike, t: npt.ArrayLike) -> FloatArray:
        """The chance that a new customer makes exactly n repeat purchases within the time t."""
        number, time = np.broadcast_arrays(counts(n), spans(t))
        new, there = self._buyers(*np.zeros((3, number.size))), self._alive(*histories(0, 0, 0))
        chance = new.chance(number.ravel(), time.ravel()).reshape(number.shape)
        return np.asarray(there * chance + (1 - there) * (number == 0))

    def discounted_purchases(
        self, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike, discount: Discount
    ) -> FloatArray:
        """Expected purchases from now on, each worth less the later it comes: DERT, or up to the horizon.

        Purchases come at any time, so the timing of the discount (start, middle, end) does not enter.
        """
        history = histories(x, t_x, age)
        rate, horizon = discount.per_unit(self.unit), discount.horizon_in(self.unit)

        def discounted(buyers: Future, _: FloatArray) -> FloatArray:
            return buyers.discounted(rate, horizon)

        return self._alive(*history) * self._of_those_there(history, np.zeros(()), discounted)

    def draw_future(
        self,
        x: npt.ArrayLike,
        t_x: npt.ArrayLike,
        age: npt.ArrayLike,
        t: npt.ArrayLike,
        generator: np.random.Generator,
        n_draws: int,
    ) -> npt.NDArray[np.int64]:
        """Purchases within the time t from now, drawn from what the history leaves open.

        Returns:
            Whole numbers; shape (n_draws, and that of the customers).
        """
        history = histories(x, t_x, age)
        number, last, old, time = np.broadcast_arrays(*history, spans(t))
        there = generator.random((n_draws, number.size)) < self._alive(number, last, old).ravel()
        drawn = self._buyers(number.ravel(), last.ravel(), old.ravel()).draws(time.ravel(), generator, n_draws)
        return np.asarray((drawn * there).reshape((n_draws, *number.shape)))

    def _of_those_there(
        self,
        history: tuple[FloatArray, FloatArray, FloatArray],
        time: FloatArray,
        ask: Callable[[Future, FloatArray], FloatArray],
    ) -> FloatArray:
        """Ask once per distinct history: of those still there it mostly does not matter when the last purchase was."""
        last = history[1] if self._last_matters else np.zeros(())
        x, t_x, age, t = np.broadcast_arrays(history[0], last, history[2], time)
        if not x.size:
            return np.zeros(x.shape)
        columns, places = distinct_rows(x.ravel(), t_x.ravel(), age.ravel(), t.ravel())
        return np.asarray(ask(self._buyers(*columns[:3]), columns[3])[places].reshape(x.shape))


def _mean(buyers: Future, t: FloatArray) -> FloatArray:
    return buyers.mean(t)


def _variance(buyers: Future, t: FloatArray) -> FloatArray:
    return buyers.variance(t)


def _none(buyers: Future, t: FloatArray) -> FloatArray:
    return buyers.none(t)
