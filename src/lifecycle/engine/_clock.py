"""Facts about the stage, read at many points."""

from __future__ import annotations

import attrs
import numpy as np

from lifecycle.rules import Column, Points, Rows, counter_of

from ._program import Program
from ._state import IntArray


@attrs.frozen(eq=False)
class StageClock:
    """Reads the facts about the stage at many points of customers who are in one stage."""

    program: Program
    rows: Rows
    leaf: int

    def column(self, name: str, points: Points, entry_day: IntArray, entry_row: IntArray) -> Column:
        """Days, or touchpoints, since entry; missing while elsewhere; shape (n_points,).

        Args:
            name: a fact about the stage.
            points: the points.
            entry_day: when each clock was set; shape (n_clocks, n_customers).
            entry_row: how many rows of the customer had been seen then; shape (n_clocks, n_customers).
        """
        chart, fact = self.program.chart, self.program.facts.staged[name]
        inside = [chart.nodes[node] for node in chart.paths[self.leaf]]
        if fact.stage is not None and fact.stage not in inside:
            return Column(np.zeros(len(points), np.int64), np.zeros(len(points), bool))
        clock = self.program.clocks.index(fact.stage)
        entered = entry_day[clock][points.customer]
        if fact.count is None:
            return Column((points.day - entered).astype(np.int64))
        counter = self.program.facts.folded[counter_of(name)]
        stop = self.rows.starts[points.customer] + entry_row[clock][points.customer]
        now, then = (counter.query(self.rows, at) for at in (points, Points(points.customer, stop, entered)))
        return Column(now.values - then.values)
