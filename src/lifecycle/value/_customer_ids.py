"""Ids of customers that are made into texts only when somebody asks."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from lifecycle.log import TouchpointLog

TextArray = npt.NDArray[np.object_]


class CustomerIds:
    """The ids of some customers in the order of a log: by length, then by characters."""

    __slots__ = ("_codes", "_log", "_texts")

    def __init__(self, texts: npt.ArrayLike) -> None:
        self._texts: TextArray | None = np.array(texts, np.object_)
        self._texts.flags.writeable = False
        self._log: TouchpointLog | None = None
        self._codes: npt.NDArray[np.int64] | None = None

    @classmethod
    def of_log(cls, log: TouchpointLog, codes: npt.NDArray[np.int64]) -> Self:
        """The ids of some customers of a log, decoded when first asked for."""
        made = cls.__new__(cls)
        made._texts, made._log, made._codes = None, log, codes
        return made

    def texts(self) -> TextArray:
        """The ids; shape (n_customers,), read-only."""
        if self._texts is None:
            assert self._log is not None
            made = self._log.ids(self._codes)
            made.flags.writeable = False
            self._texts, self._log, self._codes = made, None, None
        return self._texts

    def take(self, places: npt.NDArray[np.intp]) -> CustomerIds:
        """The ids at some places."""
        if self._texts is None:
            assert self._log is not None
            assert self._codes is not None
            return CustomerIds.of_log(self._log, self._codes[places])
        return CustomerIds(self._texts[places])

    def __len__(self) -> int:
        if self._texts is not None:
            return len(self._texts)
        assert self._codes is not None
        return len(self._codes)

    def __reduce__(self) -> tuple[object, ...]:
        # The texts travel, not the log behind them.
        return CustomerIds, (self.texts(),)


def placed(left: CustomerIds, right: CustomerIds) -> tuple[CustomerIds, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The ids of both in the order of a log, and where those of each are in it."""
    known = {text: place for place, text in enumerate(left.texts().tolist())}
    fresh = [text for text in right.texts().tolist() if text not in known]
    if fresh:
        joined = sorted([*known, *fresh], key=lambda text: (len(text), text))
        who, known = CustomerIds(joined), {text: place for place, text in enumerate(joined)}
        to_left = np.fromiter((known[text] for text in left.texts().tolist()), np.int64, len(left))
    else:
        who, to_left = left, np.arange(len(left), dtype=np.int64)
    return who, to_left, np.fromiter((known[text] for text in right.texts().tolist()), np.int64, len(right))
