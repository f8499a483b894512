"""A history: the touchpoints of one customer in time order, and an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Self, TypeAlias

import attrs

from lifecycle.errors import InvalidArgument
from lifecycle.model import Touchpoint

Told: TypeAlias = Touchpoint | tuple[str, str] | tuple[str, str, Mapping[str, Any]]
"""A touchpoint, or its time, kind and attributes; among the attributes also amount, currency, channel and id."""
_FIELDS: Final = ("amount", "currency", "channel", "id")


def _touchpoints(touchpoints: Iterable[Touchpoint]) -> tuple[Touchpoint, ...]:
    return tuple(touchpoints)


@attrs.frozen(repr=False)
class History:
    """What one customer lived through, until an instant.

    Its repr is Python that makes it again, so that a history that a test found can be kept as a test of its own.

    Raises:
        InvalidArgument: no touchpoint, several customers, or an order that is not that of time.

    >>> History.told("ada", [("2026-01-05 10:00", "login"), ("2026-01-07 08:30", "login")], until="2026-02-01")
    History.told("ada", [
        ("2026-01-05 10:00", "login"),
        ("2026-01-07 08:30", "login"),
    ], until="2026-02-01 00:00")
    """

    touchpoints: tuple[Touchpoint, ...] = attrs.field(converter=_touchpoints)
    """What happened, in order."""
    until: datetime
    """Time passes until then, inclusive."""

    def __attrs_post_init__(self) -> None:
        found = self.touchpoints
        if not found:
            raise InvalidArgument("History: a customer begins with a touchpoint; give one or more")
        if len({touchpoint.customer for touchpoint in found}) > 1:
            raise InvalidArgument("History: it is that of one customer; make one history for each")
        moments = [touchpoint.at_us for touchpoint in found]
        if sorted(moments) != moments or not isinstance(self.until, datetime) or self.until < found[-1].at:
            raise InvalidArgument("History: touchpoints are in time order, and 'until' is an aware instant behind them")

    @classmethod
    def told(cls, customer: str, touchpoints: Iterable[Told], *, until: str | datetime) -> Self:
        """The history as a person would write it; times without a zone are in UTC.

        Args:
            customer: who.
            touchpoints: time and kind of each, with attributes where it has some.
            until: when it ends, inclusive.

        Raises:
            InvalidArgument: a time that is none, or what `History` refuses.
            InvalidTouchpoint: a value is refused.
        """
        return cls((_touchpoint(customer, told) for told in touchpoints), instant(until))

    @property
    def customer(self) -> str:
        """Who."""
        return self.touchpoints[0].customer

    def __len__(self) -> int:
        return len(self.touchpoints)

    def __repr__(self) -> str:
        lines = "".join(f"    {_written(touchpoint)},\n" for touchpoint in self.touchpoints)
        return f"History.told({_quoted(self.customer)}, [\n{lines}], until={_quoted(written_at(self.until))})"


def instant(text: str | datetime, zone: Any = UTC) -> datetime:
    """The instant that a text means; without an offset in a zone.

    Raises:
        InvalidArgument: it means none.
    """
    if isinstance(text, datetime):
        if text.tzinfo is None:
            raise InvalidArgument(f"{text!r} has no time zone; pass an aware datetime, or a text")
        return text.astimezone(UTC)
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidArgument(f"{text!r} is no time; write '2026-01-05' or '2026-01-05 10:00'") from None
    return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)


def written_at(at: datetime) -> str:
    """An instant in UTC, as short as it can be written without losing anything."""
    at = at.astimezone(UTC).replace(tzinfo=None)
    short = "minutes" if at.second == at.microsecond == 0 else "seconds" if at.microsecond == 0 else "microseconds"
    return at.isoformat(" ", short)


def _touchpoint(customer: str, told: Told) -> Touchpoint:
    if isinstance(told, Touchpoint):
        return told
    at, kind, *rest = told
    given: dict[str, Any] = dict(rest[0]) if rest else {}
    fields = {name: given.pop(name) for name in _FIELDS if name in given}
    return Touchpoint(customer, kind, instant(at), attributes=given, **fields)


def _written(touchpoint: Touchpoint) -> str:
    if touchpoint.sequence is not None or set(_FIELDS) & set(touchpoint.attributes):
        return repr(touchpoint)
    given = {name: value for name in _FIELDS if (value := getattr(touchpoint, name)) is not None}
    if "amount" in given:
        given["amount"] = str(given["amount"])
    given |= {name: _plain(value) for name, value in touchpoint.attributes.items()}
    rest = "".join(
        f"{', ' if place else ''}{_quoted(name)}: {_quoted(v)}" for place, (name, v) in enumerate(given.items())
    )
    told = f"{_quoted(written_at(touchpoint.at))}, {_quoted(touchpoint.kind)}"
    return f"({told}, {{{rest}}})" if rest else f"({told})"


def _plain(value: Any) -> Any:
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def _quoted(value: Any) -> str:
    """As `repr`, with double quotes where a text allows it."""
    if isinstance(value, str) and repr(value) == f"'{value}'":
        return f'"{value}"'
    return repr(value)
