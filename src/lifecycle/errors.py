"""Everything that the library raises: one tree under `LifecycleError`."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "BadRows",
    "ConditionError",
    "CurrencyMismatch",
    "DefinitionError",
    "DefinitionMismatch",
    "FactOverflow",
    "InvalidArgument",
    "InvalidTouchpoint",
    "LateTouchpoint",
    "LifecycleError",
    "LifecycleWarning",
    "MissingExtra",
    "NotCompilable",
    "UnknownCustomer",
]


class LifecycleError(Exception):
    """The base of every error of this library."""


class LifecycleWarning(UserWarning):
    """Something stands but deserves care; raised once, with what to do."""


class InvalidArgument(LifecycleError, ValueError):
    """An argument is outside what the call accepts."""


class MissingExtra(LifecycleError, ImportError):
    """An optional package is needed; the message holds the install line."""


class UnknownCustomer(LifecycleError, KeyError):
    """A customer id is not in the log or story."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InvalidTouchpoint(LifecycleError, ValueError):
    """A touchpoint is refused; nothing was changed.

    Args:
        message: what was wrong, the value, what to do.
        code: a short stable reason, such as `naive_datetime`.
        field: the field of the touchpoint that is wrong.
    """

    def __init__(self, message: str, *, code: str, field: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_invalid, (str(self), self.code, self.field)


def _rebuild_invalid(message: str, code: str, field: str) -> InvalidTouchpoint:
    return InvalidTouchpoint(message, code=code, field=field)


class LateTouchpoint(InvalidTouchpoint):
    """A touchpoint is older than what its customer has already lived through (S4)."""

    def __init__(self, message: str, *, code: str = "late", field: str = "at") -> None:
        super().__init__(message, code=code, field=field)

    def __reduce__(self) -> tuple[object, ...]:
        return LateTouchpoint, (str(self),)


class CurrencyMismatch(LifecycleError, ValueError):
    """Two currencies met in one sum, or a row has another currency than the definition."""


class FactOverflow(LifecycleError, OverflowError):
    """A fact reached 2**53, where float64 stops being exact (S12)."""


class DefinitionError(LifecycleError, ValueError):
    """A definition cannot be built; all problems are reported together.

    Args:
        problems: one sentence each, with place and remedy.
    """

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        head = "" if len(self.problems) == 1 else f"{len(self.problems)} problems:\n- "
        super().__init__(head + "\n- ".join(self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class ConditionError(DefinitionError):
    """A condition is not of the language (S11)."""


class NotCompilable(DefinitionError):
    """A python-statemachine class uses something that has no table form."""


class DefinitionMismatch(LifecycleError, ValueError):
    """A customer was folded by another definition than the one asked to go on."""


class BadRows(LifecycleError, ValueError):
    """Rows of a log are unusable; reported together.

    Args:
        total: how many rows were looked at.
        rows: the input row numbers that are bad, ascending.
        reasons: one reason per bad row.
    """

    def __init__(self, total: int, rows: Sequence[int], reasons: Sequence[str]) -> None:
        self.total = total
        self.rows = tuple(rows)
        self.reasons = tuple(reasons)
        shown = "".join(f"\n  row {row}: {why}" for row, why in zip(self.rows[:5], self.reasons, strict=False))
        more = f"\n  … and {len(self.rows) - 5} more" if len(self.rows) > 5 else ""
        super().__init__(
            f"{len(self.rows)} of {total} rows cannot be used:{shown}{more}\n"
            "Mend them, or pass on_error='quarantine' to set them aside."
        )

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.total, self.rows, self.reasons)
