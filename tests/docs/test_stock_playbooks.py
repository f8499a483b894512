"""The page on stock playbooks shows those of the presets as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from lifecycle import presets
from lifecycle.playbooks import Action, Playbook, Stop, Tier, Wait

from .test_preset_tables import code, table

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "playbooks-stock.md"
STOCK: dict[str, Callable[[], tuple[Playbook, ...]]] = {
    "saas": presets.saas_playbooks,
    "commerce": presets.commerce_playbooks,
    "service": presets.service_playbooks,
}
HEAD = ("playbook", "starts when", "for whom", "steps", "goal", "ends when", "again", "who", "Japanese")


def action(one: Action) -> str:
    """What an action does, by which channel and when."""
    after = f" {one.after_days} d later" if one.after_days else ""
    clock = f" at {one.at}" if one.at else ""
    only = f" if {code(one.only_if)}" if one.only_if else ""
    return f"`{one.name}`{f' by {one.channel}' if one.channel else ''}{after}{clock}{only}"


def steps(found: Iterable[Action | Wait | Stop]) -> str:
    """Steps with their branches."""
    said = []
    for one in found:
        if isinstance(one, Action):
            said.append(action(one))
        elif isinstance(one, Stop):
            said.append("end")
        else:
            then = f"; then {steps(one.then)}" if one.then else ""
            otherwise = f"; else {steps(one.otherwise)}" if one.otherwise else ""
            said.append(
                f"wait {one.days} d for {kinds(one.kinds)} ({(then + otherwise).removeprefix('; ') or 'go on'})"
            )
    return " → ".join(said)


def kinds(names: Iterable[str]) -> str:
    """Kinds of touchpoints."""
    return " or ".join(f"`{name}`" for name in names)


def tier(one: Tier) -> str:
    """A tier with what it demands."""
    weight = f", {one.severity}" if one.severity != "info" else ""
    return f"*{one.name}* ({one.least_signals} or more{weight}): {steps(one.steps)}"


def starts(playbook: Playbook) -> str:
    """What starts a playbook; signals together."""
    signals = [trigger.names[0] for trigger in playbook.on if trigger.sort == "raised"]
    others = [str(trigger).replace("'", "`") for trigger in playbook.on if trigger.sort not in ("raised", "became")]
    came = [f"{code(trigger.condition)} comes true" for trigger in playbook.on if trigger.sort == "became"]
    return "; ".join([*([f"signal {kinds(signals)} raised"] if signals else []), *others, *came])


def goal(playbook: Playbook) -> str:
    """The goal of a playbook."""
    assert playbook.goal is not None
    what = kinds(playbook.goal.touchpoint) or code(playbook.goal.condition)
    return f"{what} in {playbook.goal.within_days} d{'' if playbook.goal.exits else ', goes on'}"


def row(playbook: Playbook) -> tuple[str, ...]:
    """A playbook as a row."""
    again = f"after {playbook.reentry} d" if isinstance(playbook.reentry, int) else playbook.reentry.replace("_", " ")
    key = f" `{playbook.key}`" if playbook.key else ""
    done = "; ".join(map(tier, playbook.tiers)) or steps(playbook.steps)
    cells = (
        code(playbook.name), starts(playbook), code(playbook.audience), done, goal(playbook), code(playbook.exit),
        f"{again}{key}", ", ".join(playbook.owners), playbook.text_ja,
    )  # fmt: skip
    return tuple(cell.replace("|", "\\|") for cell in cells)


def shown(name: str) -> str:
    """The playbooks of a preset as a table."""
    return table(HEAD, [row(playbook) for playbook in STOCK[name]()])


@pytest.mark.parametrize("name", STOCK)
def test_the_page_shows_the_playbooks_as_they_are(name: str) -> None:
    """Every playbook of a preset, in order: what starts it, its steps, its goal and its end."""
    assert shown(name) in PAGE.read_text(encoding="utf-8")


def test_the_page_shows_the_policies_in_order() -> None:
    """Every stock policy is told, in the order in which it is asked."""
    text = PAGE.read_text(encoding="utf-8")
    places = [text.index(f"| `{policy.name}` |") for policy in presets.stock_policies()]
    assert places == sorted(places)
