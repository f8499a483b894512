"""Between touchpoints and the columns of a log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.model import Attributes, AttributeValue, Touchpoint, exponent

from ._build import build
from ._column import Column, Texts, Times, of_values
from ._parts import Parts
from ._roles import Reading, Roles
from ._text import Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_NAMES = 1_000


def build_touchpoints(touchpoints: Iterable[Touchpoint]) -> Parts:
    """The parts of a log of touchpoints.

    Raises:
        InvalidArgument: something among them is no touchpoint, or they have more than 1,000 different attributes.
        BadRows: an id was used twice with different content.
    """
    kept = list(touchpoints)
    for row, touchpoint in enumerate(kept):
        if not isinstance(touchpoint, Touchpoint):
            raise InvalidArgument(f"item {row} is a {type(touchpoint).__name__}, not a Touchpoint")
    names = _attribute_names(kept)
    if len(names) > _MOST_NAMES:
        raise InvalidArgument(
            f"{len(names)} different attributes, such as {names[-1]!r}: each is a column of the log, which has "
            f"{_MOST_NAMES} at most; keep ids and dates in values, not in names"
        )
    # An attribute may be called anything, so the parts of a row begin with more of '<' than any.
    mark = "<" * (1 + max((len(name) - len(name.lstrip("<")) for name in names), default=0))
    columns: dict[str, Column] = {
        f"{mark}customer>": Texts(Text.of([t.customer for t in kept]), None),
        f"{mark}kind>": Texts(Text.of([t.kind for t in kept]), None),
        f"{mark}at>": Times(np.array([t.at_us for t in kept], np.int64), "us", None, aware=True),
    }
    for field, values in (
        ("amount", [t.amount for t in kept]),
        ("currency", [t.currency if t.minor is not None else None for t in kept]),
        ("id", [t.id for t in kept]),
        ("sequence", [t.sequence for t in kept]),
    ):
        if any(value is not None for value in values):
            columns[f"{mark}{field}>"] = of_values(values, field)
    attributes: dict[str, Column] = {}
    for name in names:
        plain = [_plain(touchpoint.attribute(name)) for touchpoint in kept]
        if any(value is not None for value in plain):
            attributes[name] = of_values(plain, name)
    roles = Roles(
        customer=f"{mark}customer>",
        at=f"{mark}at>",
        kind=f"{mark}kind>",
        amount=_if_present(f"{mark}amount>", columns),
        currency=_if_present(f"{mark}currency>", columns),
        channel=None,
        id=_if_present(f"{mark}id>", columns),
        sequence=_if_present(f"{mark}sequence>", columns),
        attributes=tuple(attributes),
    )
    return build({**columns, **attributes}, roles, Reading())


def _if_present(name: str, columns: dict[str, Column]) -> str | None:
    return name if name in columns else None


def _attribute_names(touchpoints: Sequence[Touchpoint]) -> list[str]:
    found: dict[str, None] = {}
    for touchpoint in touchpoints:
        if touchpoint.channel is not None:
            found["channel"] = None
        found.update(dict.fromkeys(touchpoint.attributes))
    return list(found)


def _plain(value: AttributeValue) -> object:
    """The value, when a column can carry it; tuples and mappings it cannot."""
    return value if isinstance(value, (bool, int, float, str, Decimal)) else None


def rebuilt(parts: Parts, customer: str, picked: npt.NDArray[np.integer] | slice) -> tuple[Touchpoint, ...]:
    """Touchpoints from stored rows."""
    rows = parts.rows
    minor, known = rows.amounts(picked)
    amounts = minor.tolist()
    has_amount = [True] * len(amounts) if known is None else known.tolist()
    codes = [0] * len(amounts) if rows.currency is None else rows.currency[picked].tolist()
    sequences = [None] * len(amounts) if rows.sequence is None else rows.sequence[picked].tolist()
    ids = [None] * len(amounts) if rows.ids is None else [text or None for text in rows.ids.take(picked).decode()]
    values = _attribute_values(parts, picked, len(amounts))
    made = []
    for row, (at, kind) in enumerate(zip(rows.at[picked].tolist(), rows.kind[picked].tolist(), strict=True)):
        currency = parts.currencies[codes[row]] if has_amount[row] else None
        channel = values[row].get("channel")
        if isinstance(channel, str):
            del values[row]["channel"]
        made.append(
            Touchpoint(
                customer,
                parts.kinds[kind],
                _EPOCH + timedelta(microseconds=at),
                amount=None if currency is None else Decimal(amounts[row]).scaleb(-exponent(currency)),
                currency=currency,
                channel=channel if isinstance(channel, str) else None,
                attributes=Attributes(values[row]),
                id=ids[row],
                sequence=sequences[row],
            )
        )
    return tuple(made)


def _attribute_values(
    parts: Parts, picked: npt.NDArray[np.integer] | slice, rows: int
) -> list[dict[str, AttributeValue]]:
    """The attributes of each row, whole numbers as integers."""
    made: list[dict[str, AttributeValue]] = [{} for _ in range(rows)]
    for name, stored in parts.rows.attributes.items():
        read = stored.read(picked)
        if read.text is not None:
            for row in np.flatnonzero(read.text >= 0).tolist():
                made[row][name] = read.book[int(read.text[row])]
        if read.number is not None and read.has_number is not None:
            for row in np.flatnonzero(read.has_number).tolist():
                number = float(read.number[row])
                made[row][name] = int(number) if number.is_integer() and abs(number) < 2**53 else number
    return made
