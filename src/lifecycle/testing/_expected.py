"""Plays compared with what a test expects, told so that a person sees the difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from difflib import ndiff
from typing import TypeAlias

from lifecycle.definition import Definition
from lifecycle.errors import InvalidArgument
from lifecycle.model import Play

from ._history import History
from ._walk import Walk
from ._walking import Walked, walk_through

Expected: TypeAlias = str | tuple[str, str | date]
"""'send_email 2026-01-05', or an action with a date or a local time such as '2026-01-05 09:00'."""


def assert_plays(
    found: History | Walk | Walked | Iterable[Play],
    expected: Sequence[Expected],
    *,
    definition: Definition | None = None,
    playbook: str | None = None,
) -> None:
    """Nothing, where exactly the expected plays were decided, in that order.

    Args:
        found: the plays, or what they were decided over.
        expected: each play as an action with the day, or the minute, on which it is decided in the definition's zone;
            an action alone is decided whenever.
        definition: which decides over a history.
        playbook: only the plays of one playbook.

    Raises:
        AssertionError: others were decided; the message shows both, line by line.
        InvalidArgument: a history without a definition.

    >>> assert_plays([], ["send_email 2026-01-05"])
    Traceback (most recent call last):
    AssertionError: 0 plays were decided, 1 was expected (- expected, + decided)
    - send_email 2026-01-05
    """
    plays = [play for play in _plays(found, definition) if playbook in (None, play.playbook)]
    wanted = [_line(one) for one in expected]
    shown = [_shown(play, wanted[place] if place < len(wanted) else "") for place, play in enumerate(plays)]
    if shown != wanted:
        lines = (line.rstrip() for line in ndiff(wanted, _as_near(plays, wanted)) if not line.startswith("?"))
        were = f"{len(plays)} play{' was' if len(plays) == 1 else 's were'} decided"
        raise AssertionError(
            f"{were}, {len(wanted)} {'was' if len(wanted) == 1 else 'were'} expected (- expected, + decided)\n"
            + "\n".join(lines)
            + "".join(f"\n{play}" for play in plays)
        )


def _plays(found: History | Walk | Walked | Iterable[Play], definition: Definition | None) -> Iterable[Play]:
    if isinstance(found, History):
        if definition is None:
            raise InvalidArgument("assert_plays: a history decides nothing; pass definition= too")
        return walk_through(definition, found).plays
    return found.plays if isinstance(found, (Walk, Walked)) else found


def _line(expected: Expected) -> str:
    if isinstance(expected, str):
        return " ".join(expected.split())
    action, at = expected
    when = at.isoformat(" ", "minutes") if isinstance(at, datetime) else str(at)
    return f"{action} {when}"


def _as_near(plays: Sequence[Play], wanted: Sequence[str]) -> list[str]:
    """Each play as a line that is expected, where there is one left, or as exactly as its action is expected."""
    left, found = list(wanted), []
    for play in plays:
        near = [line for line in wanted if line.split()[0] == play.action]
        met = next((line for line in left if line in near and _shown(play, line) == line), None)
        if met is not None:
            left.remove(met)
        found.append(met or _shown(play, max(near, key=len, default="")))
    return found


def _shown(play: Play, wanted: str) -> str:
    """A play as exactly as it is expected."""
    if ":" in wanted:
        return f"{play.action} {play.at:%Y-%m-%d %H:%M}"
    return f"{play.action} {play.at:%Y-%m-%d}" if " " in wanted or not wanted else play.action
