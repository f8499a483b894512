"""The stock playbooks keep the laws of the public kit, on 2,000 histories each."""

from __future__ import annotations

from functools import cache

import pytest

from lifecycle import Definition, presets
from lifecycle.testing import playbook_laws, sampled_histories, walk_through

N_LOTS = 8
N_OF_A_LOT = 250
"""Together 2,000 histories for every playbook of a preset: all laws of all its playbooks look at each of them."""


@cache
def preset(name: str) -> Definition:
    """A preset, made once."""
    made: Definition = getattr(presets, name)()
    return made


@pytest.mark.parametrize("lot", range(N_LOTS))
@pytest.mark.parametrize("name", ["saas", "commerce", "service"])
def test_stock_playbooks_keep_all_laws(name: str, lot: int) -> None:
    """Every law of every playbook, on histories that lead to stages, signals and into playbooks."""
    definition = preset(name)
    checks = [check for playbook in definition.playbooks for _, check in playbook_laws(playbook, definition)]
    assert len(checks) >= 12 * len(definition.playbooks) > 0
    for history in sampled_histories(definition, N_OF_A_LOT, seed=lot):
        for check in checks:
            check(history)


@pytest.mark.parametrize("name", ["saas", "commerce", "service"])
def test_the_histories_concern_every_playbook(name: str) -> None:
    """Among the histories of one lot every playbook is entered, and decides something or holds it back."""
    definition = preset(name)
    entered, acted = set[str](), set[str]()
    for history in sampled_histories(definition, N_OF_A_LOT):
        walked = walk_through(definition, history)
        entered |= {change.playbook for change in walked.runs if change.event == "entered"}
        acted |= {play.playbook for play in walked.plays} | {held.play.playbook for held in walked.held}
    assert {playbook.name for playbook in definition.playbooks} == entered == acted
