"""A cohort matrix as a picture in HTML: the deeper the colour, the larger the share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final

import numpy.typing as npt

_SHOWN: Final = 50
_DEEPEST: Final = 0.75


def triangle(
    title: str,
    labels: Sequence[str],
    counts: npt.NDArray[Any],
    is_watched: npt.NDArray[Any],
    is_over: npt.NDArray[Any],
) -> str:
    """A table with one row per cohort and one column per age; what is not over stands in italics.

    Args:
        title: what it shows.
        labels: the name of each cohort.
        counts: customers by cohort and age; those of age 0 are the size of the cohort.
        is_watched: which cells to show; shape as `counts`.
        is_over: which of them are final; shape as `counts`.
    """
    shown = min(len(labels), _SHOWN)
    head = "".join(f"<th>{age}</th>" for age in range(shown))
    lines = []
    for row in range(shown):
        cells = "".join(_cells(counts[row], is_watched[row], is_over[row]))
        lines.append(f"<tr><th>{escape(labels[row])}</th><td>{int(counts[row, 0])}</td>{cells}</tr>")
    more = f"<p>… {len(labels) - shown} more cohorts</p>" if len(labels) > shown else ""
    caption = f"<caption>{escape(title)}; italics: not over yet</caption>"
    return (
        f"<table>{caption}<thead><tr><th>cohort</th><th>size</th>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>{more}"
    )


def _cells(counts: npt.NDArray[Any], is_watched: npt.NDArray[Any], is_over: npt.NDArray[Any]) -> Iterator[str]:
    size = int(counts[0])
    for count, watched, over in zip(counts[:_SHOWN].tolist(), is_watched.tolist(), is_over.tolist(), strict=False):
        if not watched:
            yield "<td></td>"
            continue
        share = count / size if size else 0.0
        text = f"{count} ({share:.0%})" if size else f"{count}"
        told = text if over else f"<i>{text}</i>"
        yield f'<td style="background:rgba(31,119,180,{_DEEPEST * min(share, 1):.2f})">{told}</td>'
