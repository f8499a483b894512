"""A simulation in the columns that measuring is fed with."""

from __future__ import annotations

import numpy as np

from ._measured import HeldColumns, PlayColumns, PlayKind, RunColumns
from ._simulated import Plays, Simulation
from ._trying import HOLDOUT
from ._unfolding import ENTERED


def decided_columns(simulation: Simulation) -> PlayColumns:
    """The decided plays; customers as positions in the log."""
    return _columns(simulation, simulation.plays)


def held_columns(simulation: Simulation) -> HeldColumns:
    """The tries that were held back."""
    names = (*(name for name, _ in simulation.program.policies), HOLDOUT)
    return HeldColumns(_columns(simulation, simulation.held), names, simulation.held.code)


def run_columns(simulation: Simulation) -> RunColumns:
    """The runs; customers as positions in the log."""
    runs, entries = simulation.runs, np.flatnonzero(simulation.runs.event == ENTERED)
    return RunColumns(
        tuple(book.name for book in simulation.program.playbooks),
        runs.customer[entries],
        runs.playbook[entries],
        runs.entered_us[entries],
        runs.is_holdout[entries].astype(bool),
        simulation.goal_us[entries],
        runs.occasion[entries],
    )


def _columns(simulation: Simulation, plays: Plays) -> PlayColumns:
    kinds = tuple(PlayKind.of_action(bound) for bound in simulation.program.actions)
    return PlayColumns(kinds, plays.customer, plays.action, plays.entered_us, plays.at_us, plays.occasion)
