"""The weights of health, looked up in a definition."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ._binding import Binding
from ._health import Health
from ._scoring import Scoring, measures_types
from ._segment import Segment


def bind_health(health: Health, declared: Sequence[Segment], binding: Binding) -> Scoring | None:
    """Health, compiled; None where a measure reads what it cannot.

    Args:
        health: as declared.
        declared: the segments that its weights may name.
        binding: looks up what it names, and keeps the problems.
    """
    chart = binding.program.chart
    problems, scales = measures_types(health, binding.program.facts.types)
    binding.problems += problems
    segments = {segment.name: segment for segment in declared}
    tables = {
        name: tuple(float(own.get(measure.fact, measure.weight)) for measure in health.measures)
        for name, own in health.weights.items()
    }
    order, of_segment = list(tables), []
    for name in order:
        if name in segments and name not in chart.nodes:
            bound = binding.bind(segments[name].condition, f"health: weights of segment {name!r}", with_signs=False)
            of_segment += [] if bound is None else [(order.index(name), bound, tables[name])]
        elif name not in chart.nodes:
            near = get_close_matches(name, [*chart.nodes, *segments], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            binding.problems.append(f"health: weights of {name!r}, which is no stage, compound or segment{hint}")
    own, rank = [], []
    for path in chart.paths:
        named = [name for name in order if name in {chart.nodes[node] for node in path}]
        own.append(tables[named[0]] if named else None)
        rank.append(order.index(named[0]) if named else len(order))
    watched = binding.watched(health.stages, "health")
    if problems:
        return None
    return Scoring(health, scales, watched, tuple(own), tuple(rank), tuple(of_segment))
