"""What playbooks would have decided over a log, for all customers at once."""

from __future__ import annotations

import numpy as np

from lifecycle.engine import Record, pasts

from ._acting_all import ActingAll
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
    parts = [ActingAll(program, past) for past in pasts(record)]
    slow = np.concatenate([np.zeros(0, np.int64), *(part.one_by_one for part in parts)])
    each = ActingEach(program, record, slow)
    decided = Plays.join([*(part.side("decided") for part in parts), each.decided])
    held = Plays.join([*(part.side("held") for part in parts), each.held])
    dropped = Plays.join([*(part.side("dropped") for part in parts), each.dropped])
    runs = Changes.join([*(part.runs() for part in parts), each.runs])
    runs = runs.take(np.lexsort((runs.event, runs.playbook, runs.at_us, runs.customer)))
    return Simulation(program, record, _in_order(decided), _in_order(held), _in_order(dropped), runs, slow)


def _in_order(plays: Plays) -> Plays:
    return plays.take(np.lexsort((plays.action, plays.at_us, plays.customer)))
