"""What was done before an interruption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ._record import PlayRecord
from ._telling import chain_of

_KEPT: Final = "lifecycle_records"


def attach(error: BaseException, records: Sequence[PlayRecord]) -> None:
    """Keeps records with an error that passes through."""
    setattr(error, _KEPT, tuple(records))


def records_of(error: BaseException) -> tuple[PlayRecord, ...]:
    """The records of the plays that were carried out before an error interrupted a dispatch; none for other errors.

    A time-out that came of a cancelled dispatch knows them too.

    >>> records_of(KeyboardInterrupt())
    ()
    """
    found = (vars(one).get(_KEPT) for one in chain_of(error))
    return next((records for records in found if records is not None), ())
