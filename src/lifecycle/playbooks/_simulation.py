"""What playbooks would have decided over a log, for all customers at once."""

from __future__ import annotations

import numpy as np

from lifecycle.engine import Record, pasts

from ._acting_all import ActingAll, Side
from ._acting_each import ActingEach
from ._program import PlaybookProgram
from ._simulated import Plays, Simulation
from ._unfolding import Changes


def simulate(program: PlaybookProgram, record: Record) -> Simulation:
    """What the live engine decides when it folds every customer of a record until just before its end.

    Without `play_outcome` touchpoints in the log a decided play counts as carried out.

    Args:
        program: the playbooks of the definition that made the record.
        record: the outcome of a replay.

    Raises:
        DefinitionError: a policy holds a play until an instant that is over.
    """
    sides: dict[Side, list[Plays]] = {"decided": [], "held": [], "dropped": []}
    runs: list[Changes] = []
    slow = [np.zeros(0, np.int64)]
    for past in pasts(record):
        acting = ActingAll(program, past)
        for name, side in sides.items():
            side.append(acting.side(name))
        runs.append(acting.runs())
        slow.append(acting.one_by_one)
    each = ActingEach(program, record, np.concatenate(slow))
    decided, held, dropped = (
        _in_order(Plays.join(side))
        for side in (
            [*sides["decided"], each.decided],
            [*sides["held"], each.held],
            [*sides["dropped"], each.dropped],
        )
    )
    changes = Changes.join([*runs, each.runs])
    order = np.lexsort((changes.event, changes.playbook, changes.at_us, changes.customer))
    return Simulation(program, record, decided, held, dropped, changes.take(order), np.concatenate(slow))


def _in_order(plays: Plays) -> Plays:
    return plays.take(np.lexsort((plays.action, plays.at_us, plays.customer)))
