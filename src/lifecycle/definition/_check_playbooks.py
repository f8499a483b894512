"""What stands in the playbooks and policies of a definition but deserves care, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

from ._check_anti_patterns import review_habits_of_plays
from ._check_entries import review_entries, review_errors
from ._check_overlaps import review_overlaps
from ._check_plans import Hooked, review_plan
from ._check_policies import review_policies
from ._finding import Finding
from ._playbook_setup import PlaybookSetup, View


def playbook_findings(setup: PlaybookSetup, hooks: Hooked | None = None) -> Iterator[Finding]:
    """Findings over playbooks and policies, each once: playbook by playbook, then all together.

    Args:
        setup: playbooks and policies, declared and compiled; where there are none, nothing is found.
        hooks: a register of hooks, or the names of the actions that have one; None: hooks are not looked at.
    """
    if setup.program is None:
        return
    yield from dict.fromkeys(_findings(View(setup, setup.program), hooks))


def _findings(view: View, hooks: Hooked | None) -> Iterator[Finding]:
    for book in view.program.playbooks:
        yield from review_entries(view, book)
        yield from review_plan(view, book, hooks)
    yield from review_overlaps(view)
    yield from review_policies(view)
    yield from review_habits_of_plays(view)


def refusals(setup: PlaybookSetup) -> tuple[Finding, ...]:
    """The findings for which a definition is refused: conditions of one playbook that are proved to contradict it."""
    if setup.program is None:
        return ()
    view = View(setup, setup.program, is_own_only=True)
    return tuple(dict.fromkeys(finding for book in view.program.playbooks for finding in review_errors(view, book)))
