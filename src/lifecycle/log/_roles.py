"""Which input column is what: by argument, else by the usual names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final, Literal, get_args

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import Calendar, exponent, normalise_kind

from ._amounts import Rounding
from ._times import TimeReading

OnError = Literal["raise", "quarantine"]

GUESSES: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("customer_id", "customer", "user_id", "user", "account_id", "account",
                 "client_id", "client", "member_id", "person_id", "distinct_id"),
    "at": ("at", "timestamp", "ts", "time", "datetime", "date", "occurred_at", "event_time",
           "event_timestamp", "created_at", "day"),
    "kind": ("kind", "event", "event_name", "event_type", "type", "action"),
    "amount": ("amount", "revenue"),
    "currency": ("currency", "currency_code"),
    "channel": ("channel",),
    "id": ("id", "event_id", "message_id", "touchpoint_id"),
    "sequence": ("sequence", "sequence_number", "seq"),
}  # fmt: skip
"""The names that are looked for, the first found wins; case, separators and humps do not matter."""

_NEEDED: Final = ("customer", "at", "kind")
_MAY_BE_CONSTANT: Final = ("kind", "currency", "channel")


@attrs.frozen
class Asked:
    """The columns that a caller named; None leaves it to the guesses, "=" says there is none."""

    customer: str | None = None
    at: str | None = None
    kind: str | None = None
    amount: str | None = None
    currency: str | None = None
    channel: str | None = None
    id: str | None = None
    sequence: str | None = None
    attributes: Sequence[str] | None = None


@attrs.frozen
class Constant:
    """One text for all rows."""

    text: str
    """The text."""


@attrs.frozen
class Roles:
    """Which column is what."""

    customer: str
    at: str
    kind: str | Constant
    amount: str | None
    currency: str | Constant | None
    channel: str | Constant | None
    id: str | None
    sequence: str | None
    attributes: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once."""
        named = (
            self.customer,
            self.at,
            self.kind,
            self.amount,
            self.currency,
            self.channel,
            self.id,
            self.sequence,
        )
        return tuple(dict.fromkeys([*(name for name in named if isinstance(name, str)), *self.attributes]))


@attrs.frozen
class Reading:
    """How values are read and what becomes of rows that cannot be."""

    zone: str = "UTC"
    unit: str | None = None
    date_format: str | None = None
    rounding: Rounding = "exact"
    on_error: OnError = "raise"

    def __attrs_post_init__(self) -> None:
        if self.unit not in (None, "s", "ms", "us", "ns"):
            raise InvalidArgument(f"unit is {self.unit!r}; pass 's', 'ms', 'us' or 'ns'")
        if self.rounding not in get_args(Rounding):
            raise InvalidArgument(f"rounding is {self.rounding!r}; pass 'exact' or 'half_even'")
        if self.on_error not in get_args(OnError):
            raise InvalidArgument(f"on_error is {self.on_error!r}; pass 'raise' or 'quarantine'")
        if self.zone != "UTC":
            Calendar(self.zone)

    @property
    def times(self) -> TimeReading:
        """What of it concerns times."""
        return TimeReading(self.zone, self.unit, self.date_format)


def resolve(names: Sequence[str], asked: Asked) -> Roles:
    """Gives each column its role.

    Raises:
        InvalidArgument: a column is not there, or none was named and none of the usual names is found, or
            there is an amount but no currency.
    """
    found: dict[str, str | Constant | None] = {}
    kept = set(() if asked.attributes is None else asked.attributes)
    for role in GUESSES:
        given: str | None = getattr(asked, role)
        if given is not None:
            found[role] = _named(role, given, names)
    taken = {column for column in found.values() if isinstance(column, str)}
    for role, guesses in GUESSES.items():
        if role not in found:
            # What was named an attribute is not taken for money or an id as well.
            free = [name for name in names if name not in taken and (role in _NEEDED or name not in kept)]
            found[role] = _guessed(guesses, free)
    if found["amount"] is None:
        # Without amounts a currency says nothing of its own, so its column stays an attribute.
        found["currency"] = None
    used = {column for column in found.values() if isinstance(column, str)}
    others = tuple(name for name in names if name not in used)
    if asked.attributes is not None:
        others = tuple(_present("attributes", name, names) for name in dict.fromkeys(asked.attributes))
    _check(found, names)
    return Roles(**found, attributes=others)  # type: ignore[arg-type]


def _named(role: str, given: str, names: Sequence[str]) -> str | Constant | None:
    if not isinstance(given, str):
        raise InvalidArgument(f"{role} is {given!r}; pass the name of a column")
    if given == "=":
        return None
    if given.startswith("=") and given not in names:
        if role not in _MAY_BE_CONSTANT:
            raise InvalidArgument(f"{role}={given!r}: the {role} cannot be the same for all rows; name a column")
        return Constant(given[1:])
    if role == "currency" and given not in names and len(given) == 3:
        exponent(given)
        return Constant(given)
    return _present(role, given, names)


def _present(role: str, given: str, names: Sequence[str]) -> str:
    if given in names:
        return given
    near = get_close_matches(given, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise InvalidArgument(f"{role}={given!r}: there is no such column{hint}; the columns are {_listed(names)}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:30])
    return f"{shown} and {len(names) - 30} more" if len(names) > 30 else shown or "none"


def _guessed(guesses: Sequence[str], names: Sequence[str]) -> str | None:
    by_key = {_key(name): name for name in reversed(names)}
    return next((by_key[_key(guess)] for guess in guesses if _key(guess) in by_key), None)


def _key(name: str) -> str:
    try:
        return normalise_kind(name).replace("_", "")
    except InvalidArgument:
        return name


def _check(found: dict[str, str | Constant | None], names: Sequence[str]) -> None:
    for role in _NEEDED:
        if found[role] is None:
            constant = " or kind='=purchase' for one kind for all rows" if role == "kind" else ""
            raise InvalidArgument(
                f"no column was found for {role!r}; pass {role}= with its name{constant}; "
                f"the columns are {_listed(names)}"
            )
    if found["amount"] is not None and found["currency"] is None:
        raise InvalidArgument(
            f"column {found['amount']!r} holds amounts, but of which currency? Pass currency='EUR' or the "
            "name of a column, or amount='=' when it is no money"
        )
