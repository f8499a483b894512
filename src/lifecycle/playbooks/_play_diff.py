"""What another set-up would have done differently."""

from __future__ import annotations

from typing import Final

import attrs
import numpy as np

from lifecycle.engine import Table

from ._checked_columns import BoolColumn, Column, IntColumn, codes_of, together
from ._measured import PlayColumns

_STATES: Final = ("same", "moved", "changed", "added", "removed")


@attrs.frozen(eq=False)
class PlayDiff:
    """The plays of two set-ups side by side.

    Two plays are the same play where customer, playbook, entry, occasion and step are the same, whatever the version.
    So a play of a run that begins at another instant is removed and added.
    """

    by_playbook: Table
    """Per playbook: `before`, `after`, and of these `same`, `moved` (decided at another instant), `changed` (another
    action or channel at that step), `added`, `removed`."""
    plays: Table
    """The plays that are not the same: `customer`, `playbook`, `step`, `occasion`, `entered`, `what`, `before` and
    `after` (when it was decided; NaT where it was not)."""

    def __str__(self) -> str:
        return repr(self.by_playbook)


def play_diff(before: PlayColumns, after: PlayColumns) -> PlayDiff:
    """What changes between the decided plays of two set-ups over the same history.

    Args:
        before: those of the one.
        after: those of the other; customers told apart in the same way, each play once.

    Raises:
        InvalidArgument: the customers of one are numbers and those of the other texts.
    """
    kinds = (*before.kinds, *after.kinds)
    both = PlayColumns(
        kinds,
        np.concatenate([before.customer, after.customer]) if len(before) and len(after) else _either(before, after),
        np.concatenate([before.kind, after.kind + len(before.kinds)]),
        np.concatenate([before.entered_us, after.entered_us]),
        np.concatenate([before.at_us, after.at_us]),
        np.concatenate([before.occasion.astype(object), after.occasion.astype(object)]),
    )
    codes_of(before.customer, after.customer)  # refuses customers that cannot be compared
    place = _places(both)
    n_plays, n_before = int(place.max(initial=-1)) + 1, len(before)
    old, new = np.full(n_plays, -1, np.int64), np.full(n_plays, -1, np.int64)
    rows = np.arange(len(both))
    old[place[:n_before]], new[place[n_before:]] = rows[:n_before], rows[n_before:]
    state = _states(both, old, new)
    return PlayDiff(_counted(both, old, new, state), _told(both, old, new, state))


def _either(before: PlayColumns, after: PlayColumns) -> Column:
    return before.customer if len(before) else after.customer


def _places(both: PlayColumns) -> IntColumn:
    """Which play a row is, over both sides."""
    steps: dict[tuple[str, str], int] = {}
    step = np.array([steps.setdefault((kind.playbook, kind.step), len(steps)) for kind in both.kinds], np.int64)
    row_step = step[both.kind] if len(both) else np.zeros(0, np.int64)
    return together(codes_of(both.customer)[0], row_step, both.entered_us, codes_of(both.occasion)[0])


def _states(both: PlayColumns, old: IntColumn, new: IntColumn) -> IntColumn:
    """Per play its place in `_STATES`."""
    acts: dict[tuple[str, str], int] = {}
    act = np.array([acts.setdefault((kind.action, kind.channel), len(acts)) for kind in both.kinds], np.int64)
    row_act = act[both.kind] if len(both) else np.zeros(0, np.int64)
    is_moved = both.at_us[old] != both.at_us[new] if len(both) else np.zeros(0, bool)
    is_changed = row_act[old] != row_act[new] if len(both) else np.zeros(0, bool)
    return np.asarray(np.select([old < 0, new < 0, is_changed, is_moved], [3, 4, 2, 1], 0), np.int64)


def _counted(both: PlayColumns, old: IntColumn, new: IntColumn, state: IntColumn) -> Table:
    names = sorted({kind.playbook for kind in both.kinds})
    code = np.array([names.index(kind.playbook) for kind in both.kinds], np.int64)
    playbook = code[both.kind[np.maximum(old, new)]] if len(both) else np.zeros(0, np.int64)

    def count(chosen: BoolColumn) -> Column:
        return np.bincount(playbook[chosen], minlength=len(names))

    columns: dict[str, Column] = {"playbook": np.array(names, object)}
    columns |= {"before": count(old >= 0), "after": count(new >= 0)}
    columns |= {name: count(state == place) for place, name in enumerate(_STATES)}
    return Table(columns, title="plays of two set-ups")


def _told(both: PlayColumns, old: IntColumn, new: IntColumn, state: IntColumn) -> Table:
    chosen = np.flatnonzero(state > 0)
    row = np.maximum(old, new)[chosen]
    playbook = np.array([kind.playbook for kind in both.kinds], object)
    step = np.array([kind.step for kind in both.kinds], object)
    columns: dict[str, Column] = {
        "customer": both.customer[row],
        "playbook": playbook[both.kind[row]],
        "step": step[both.kind[row]],
        "occasion": both.occasion[row],
        "entered": both.entered_us[row].view("M8[us]"),
        "what": np.array(_STATES, object)[state[chosen]],
    }
    for name, side in (("before", old[chosen]), ("after", new[chosen])):
        at: Column = np.full(len(row), np.datetime64("NaT"), "M8[us]")
        at[side >= 0] = both.at_us[side[side >= 0]].view("M8[us]")
        columns[name] = at
    return Table(columns, title="plays that are not the same")
