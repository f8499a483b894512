"""What playbooks need of the facts and conditions below: silences, hidden facts, conditions to watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from lifecycle.errors import DefinitionError
from lifecycle.rules import Declared, Fact, Last, Since

from ._playbook import Playbook
from ._policy import ZONE, Policy
from ._recent import RECENT, Recent
from ._trigger import Trigger

_SPELT = 3
"""So many kinds are spelt out in the name of a fact."""


def silence_name(trigger: Trigger) -> str:
    """The fact that a silence asks; of many kinds the first, with a mark of all."""
    names = [_identifier(kind) for kind in trigger.names]
    if len(names) > _SPELT:
        mark = blake2b("\n".join(names).encode(), digest_size=2).hexdigest()
        names = [names[0], f"{len(names) - 1}_more_{mark}"]
    return "days_without_" + ("_or_".join(names) or "sign_of_life")


def playbook_facts(playbooks: Sequence[Playbook], facts: Mapping[str, Declared]) -> dict[str, Declared]:
    """The facts that silences ask, by name; without those that the definition has already.

    Raises:
        DefinitionError: the definition has another fact of such a name.
    """
    found: dict[str, Declared] = {}
    for playbook in playbooks:
        for trigger in playbook.on:
            if trigger.sort == "silent":
                name, fact = silence_name(trigger), Since(trigger.names)
                if facts.get(name, fact) != fact:
                    raise DefinitionError(
                        f"playbook {playbook.name!r}: a silence needs the fact {name!r}, declared as something else; "
                        "rename that one"
                    )
                found[name] = fact
    return {name: fact for name, fact in found.items() if name not in facts}


def hidden_facts(playbooks: Sequence[Playbook], policies: Sequence[Policy]) -> dict[str, Fact]:
    """The facts that policies and clocks read and conditions cannot name."""
    found: dict[str, Fact] = {}
    for policy in policies:
        found |= policy.facts()
    if playbooks:
        found[ZONE] = Last(("welcomed", "profile_set"), of="zone", type="text")
        found[RECENT] = Recent()
    return found


def watched_conditions(playbooks: Sequence[Playbook]) -> tuple[str, ...]:
    """The conditions that have to be watched: exits, goals, and what starts a playbook by coming true."""
    found: dict[str, None] = {}
    for playbook in playbooks:
        found |= dict.fromkeys(text for trigger in playbook.on if (text := condition_of(trigger)) is not None)
        if playbook.exit is not None:
            found[playbook.exit] = None
        if playbook.goal is not None and playbook.goal.condition is not None:
            found[playbook.goal.condition] = None
    return tuple(found)


def condition_of(trigger: Trigger) -> str | None:
    """The condition whose coming true is the trigger; None where it is something else."""
    if trigger.sort == "silent":
        return f"{silence_name(trigger)} >= {trigger.days}"
    return trigger.condition if trigger.sort == "became" else None


def _identifier(kind: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in kind)
