"""A small table of columns: what a story answers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final

import attrs
import numpy as np
import numpy.typing as npt

NAT: Final = -(2**63)
"""The number of NaT: an instant that is not there."""
_SHOWN = 50


def _frozen(columns: Mapping[str, npt.NDArray[Any]]) -> Mapping[str, npt.NDArray[Any]]:
    copied = {}
    for name, values in columns.items():
        copied[name] = np.asarray(values).view()
        copied[name].flags.writeable = False
    return MappingProxyType(copied)


@attrs.frozen(eq=False, repr=False)
class Table:
    """Named columns of one length. `to_dict()` is what pandas, polars and pyarrow take.

    Instants are UTC (`datetime64[us]`), dates are `datetime64[D]`, what is missing is NaT, NaN or None.
    """

    columns: Mapping[str, npt.NDArray[Any]] = attrs.field(converter=_frozen)
    """The columns in order; each of shape (n_rows,), read-only."""
    title: str = attrs.field(default="", kw_only=True)
    """What the table shows."""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (dict(self.columns), self.title)

    def to_dict(self) -> dict[str, npt.NDArray[Any]]:
        """The columns as a plain dict of arrays."""
        return dict(self.columns)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Row by row, as plain Python values."""
        lists = {name: values.tolist() for name, values in self.columns.items()}
        for place in range(len(self)):
            yield {name: values[place] for name, values in lists.items()}

    def __repr__(self) -> str:
        names = list(self.columns)
        shown = [[_text(self.columns[name][row]) for name in names] for row in range(min(len(self), _SHOWN))]
        widths = [max(len(name), *(len(line[i]) for line in shown), 0) for i, name in enumerate(names)]
        lines = [self.title] if self.title else []
        lines += [
            "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in [names, *shown]
        ]
        if len(self) > _SHOWN:
            lines.append(f"… {len(self) - _SHOWN} more rows")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_text(values[row]))}</td>" for values in self.columns.values()) + "</tr>"
            for row in range(min(len(self), _SHOWN))
        )
        more = f"<p>… {len(self) - _SHOWN} more rows</p>" if len(self) > _SHOWN else ""
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _rebuild(columns: dict[str, npt.NDArray[Any]], title: str) -> Table:
    return Table(columns, title=title)


def _text(value: Any) -> str:
    if isinstance(value, np.datetime64):
        if np.isnat(value):
            return ""
        text = str(value)
        return text[:16].replace("T", " ") if "T" in text else text
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    # Control and direction marks would let one cell rewrite the rest of the line.
    return "" if value is None else "".join(sign if sign.isprintable() else "�" for sign in str(value))
