"""A chart as a picture: Mermaid text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ._chart import Chart, Route
from ._label import mermaid_label

# Words of Mermaid's own that a state may not bear.
_TAKEN: Final = frozenset(
    (
        "accdescr",
        "acctitle",
        "class",
        "classdef",
        "click",
        "default",
        "href",
        "note",
        "scale",
        "state",
        "style",
    )
)


def mermaid(chart: Chart) -> str:
    """The chart as a Mermaid state diagram.

    Compounds are boxes, moves between the same two stages one arrow with a line for each; a timer's line says
    when it is due. Touches are left out: they move nobody.
    """
    arrows = _arrows(chart)
    lines = ["stateDiagram-v2", *_inside(chart, None, arrows, "    ")]
    return "\n".join(lines) + "\n"


def _parents(chart: Chart) -> dict[int, int | None]:
    """The node around each node."""
    around: dict[int, int | None] = {}
    for path in chart.paths:
        around.update(zip(path, [*path[1:], None], strict=True))
    return around


def _inside(
    chart: Chart, compound: int | None, arrows: Mapping[tuple[int, int], list[str]], indent: str
) -> Iterator[str]:
    """What is drawn inside a compound, or at the top."""
    parents = _parents(chart)
    children = [node for node in range(len(chart.nodes)) if parents[node] == compound]
    start = chart.initial if compound is None else chart.entries[chart.nodes[compound]]
    for node in children:
        box = f'{indent}state "{mermaid_label(chart.labels[node])}" as {_key(chart, node)}'
        if node in parents.values():
            yield f"{box} {{"
            yield from _inside(chart, node, arrows, indent + "    ")
            yield f"{indent}}}"
        else:
            yield box
    for node in children:
        if node in chart.paths[start]:
            yield f"{indent}[*] --> {_key(chart, node)}"
    for (source, target), lines in arrows.items():
        if _home(parents, source, target) == compound:
            yield f"{indent}{_key(chart, source)} --> {_key(chart, target)} : {'<br/>'.join(lines)}"


def _home(parents: Mapping[int, int | None], source: int, target: int) -> int | None:
    """The innermost compound around both ends of an arrow."""
    around = set(_ancestors(parents, source))
    return next((node for node in _ancestors(parents, target) if node in around), None)


def _ancestors(parents: Mapping[int, int | None], node: int) -> Iterator[int]:
    above = parents[node]
    while above is not None:
        yield above
        above = parents[above]


def _is_around(parents: Mapping[int, int | None], compound: int, node: int) -> bool:
    return compound in _ancestors(parents, node)


def _arrows(chart: Chart) -> dict[tuple[int, int], list[str]]:
    """(node, node) → the lines of the arrow between them, in document order."""
    parents = _parents(chart)
    places = {state: node for node, state in enumerate(chart.nodes)}
    arrows: dict[tuple[int, int], list[str]] = {}
    for (leaf, _), routes in sorted(chart.routes.items(), key=lambda item: item[0][0]):
        for route in routes:
            if route.is_touch:
                continue
            source, target = places[route.source], places[route.aim]
            if source == target or _is_around(parents, source, target) or _is_around(parents, target, source):
                # Mermaid cannot draw from a box into itself: draw what it means for this stage.
                source, target = chart.paths[leaf][0], chart.paths[route.target][0]
            lines = arrows.setdefault((source, target), [])
            line = _line(chart, route)
            if line not in lines:
                lines.append(line)
    return arrows


def _line(chart: Chart, route: Route) -> str:
    due = [timer.when for timer in chart.timers if timer.event == route.event]
    when = f": {' or '.join(due)}" if due else ""
    condition = f" [{route.condition.condition.text}]" if route.condition else ""
    return mermaid_label(route.event + when + condition)


def _key(chart: Chart, node: int) -> str:
    """The id of a node in the picture."""
    key = chart.nodes[node]
    if key not in _TAKEN:
        return key
    while key in chart.nodes:
        key += "_"
    return key
