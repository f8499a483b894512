"""Replay a definition over a whole log."""

from __future__ import annotations

import warnings

from lifecycle.engine import Moment, instant, replay_log
from lifecycle.errors import LifecycleWarning
from lifecycle.log import TouchpointLog

from ._definition import Definition
from ._finding import function_guards
from ._story import Story


def replay(
    definition: Definition,
    log: TouchpointLog,
    *,
    until: Moment | None = None,
    customers: TouchpointLog | None = None,
    progress: bool = False,
) -> Story:
    """The stage history of every customer of a log.

    Args:
        definition: the lifecycle.
        log: the touchpoints.
        until: the end, exclusive (S2): an aware datetime, or a date or its text, its 00:00 in the definition's zone.
            None is the midnight after the last touchpoint.
        customers: `welcomed` touchpoints with what is known of each customer, as
            `TouchpointLog.from_frame(table, kind="=welcomed", …)` makes them; merged in before the log's own.
        progress: show a progress bar on long work, if tqdm is installed.

    Raises:
        CurrencyMismatch: the log has amounts in another currency than the definition's.
        InvalidTouchpoint: a `stage_set` names a stage that the lifecycle does not have.
        FactOverflow: a sum goes beyond 2**53.

    Warns:
        LifecycleWarning: a guard is a Python function, which runs row by row.
    """
    slow = next(function_guards(definition.program), None)
    if slow is not None:
        warnings.warn(f"{definition.name}: {slow}", LifecycleWarning, stacklevel=2)
    whole = log if customers is None else customers.merge(log)
    end = None if until is None else instant(until, definition.program.calendar)
    record = replay_log(definition.program, whole, end, progress=progress)
    return Story(record, signs=definition.signs, plan=definition.plan)
