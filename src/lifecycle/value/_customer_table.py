"""Numbers by customer with their total: what predictions answer with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final, Self, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import Estimate

from ._customer_ids import CustomerIds
from ._origin import Origin

FloatArray: TypeAlias = npt.NDArray[np.float64]

_SHOWN: Final = 10


def _frozen(columns: Mapping[str, FloatArray]) -> Mapping[str, FloatArray]:
    made = {}
    for name, values in columns.items():
        made[name] = np.asarray(values).view()
        made[name].flags.writeable = False
    return MappingProxyType(made)


@attrs.frozen(eq=False, repr=False)
class CustomerTable:
    """Columns of numbers, one row per customer, and the total of one of them. `to_dict()` is what frames take."""

    who: CustomerIds
    """Whose rows these are."""
    columns: Mapping[str, FloatArray] = attrs.field(converter=_frozen)
    """The columns by name; each of shape (n_customers,), read-only."""
    total: Estimate = attrs.field(kw_only=True)
    """The sum of the column `by` over the customers, with its interval."""
    by: str = attrs.field(kw_only=True)
    """The column that the total is of."""
    unit: str = attrs.field(kw_only=True)
    """What the total counts: a currency, or 'purchases'."""
    title: str = attrs.field(kw_only=True)
    """What is told, with horizon and discount."""
    notes: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """What deserves care."""
    origin: Origin | None = attrs.field(default=None, kw_only=True)
    """What the numbers come from; None where that was not told."""

    @property
    def ids(self) -> npt.NDArray[np.object_]:
        """The ids of the customers as texts; shape (n_customers,)."""
        return self.who.texts()

    def __len__(self) -> int:
        return len(self.who)

    def __getitem__(self, name: str) -> FloatArray:
        """A column by its name.

        Raises:
            InvalidArgument: there is no such column.
        """
        if name not in self.columns:
            raise InvalidArgument(f"no column {name!r}; there are {', '.join(self.columns)}")
        return self.columns[name]

    def __reduce__(self) -> tuple[object, ...]:
        rest = (self.total, self.by, self.unit, self.title, self.notes, self.origin)
        return _rebuilt, (self.who, dict(self.columns), *rest)

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """The ids as `customer`, then the columns."""
        return {"customer": self.ids, **self.columns}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Row by row, as plain Python values."""
        lists = {name: values.tolist() for name, values in self.to_dict().items()}
        for place in range(len(self)):
            yield {name: values[place] for name, values in lists.items()}

    def top(self, n: int) -> Self:
        """The n customers who have most of what the total is of, the first first; the total stays that of all.

        Args:
            n: how many, 0 or more; ties by the order of the ids.
        """
        order = np.argsort(-np.nan_to_num(self[self.by], nan=-np.inf), kind="stable")[: max(n, 0)]
        return attrs.evolve(
            self, who=self.who.take(order), columns={name: values[order] for name, values in self.columns.items()}
        )

    def __repr__(self) -> str:
        shown, names = self.top(_SHOWN), ["customer", *self.columns]
        cells = [[_text(row[name]) for name in names] for row in shown.rows()]
        widths = [max(len(name), *(len(line[place]) for line in cells), 0) for place, name in enumerate(names)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in [names, *cells]
        ]
        if len(self) > _SHOWN:
            lines.append(f"… {len(self) - _SHOWN:,} more customers")
        return "\n".join([self.title, self._told(), *lines, *self.notes])

    def _told(self) -> str:
        told, value = "total of all customers", self.total.value
        if value is None:
            return f"{told}: {self.total.note}"
        bounds = "" if self.total.low is None else f" ({self.total.low:,.2f} to {self.total.high:,.2f})"
        return f"{told}: {value:,.2f} {self.unit}{bounds}"

    def _repr_html_(self) -> str:
        names = ["customer", *self.columns]
        head = "".join(f"<th>{escape(name)}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(row[name]))}</td>" for name in names) + "</tr>"
            for row in self.top(_SHOWN).rows()
        )
        told = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        caption = f"<caption>{escape(self.title)}; {escape(self._told())}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{told}"


def _rebuilt(
    who: CustomerIds, columns: dict[str, FloatArray], total: Estimate, by: str, unit: str, *rest: Any
) -> CustomerTable:
    return CustomerTable(who, columns, total=total, by=by, unit=unit, title=rest[0], notes=rest[1], origin=rest[2])


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    # Control and direction marks would let one id rewrite the rest of the line.
    return "".join(sign if sign.isprintable() else "�" for sign in str(value))
