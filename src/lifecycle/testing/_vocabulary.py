"""What customers of a definition can do: the kinds of touchpoints, and values for their attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.chart import DateOf
from lifecycle.definition import Definition
from lifecycle.model import normalise_kind
from lifecycle.playbooks import Cadence, ChannelPreference, Consent, SurveyFatigue, Wait
from lifecycle.rules import Compare, Mean, OldestOpen, Open, Overdue, Paired, Sum, as_kinds, atoms_of, names_of, parse

from ._thresholds import thresholds

ANY: Final = "*"
"""In place of a kind: whatever kind."""
REFERENCES: Final = ("r1", "r2", "r3")
CONTACTS: Final = ("ann", "bob", "eve")
ZONES: Final = ("Asia/Tokyo", "America/New_York", "Europe/London", "Pacific/Apia", "America/St_Johns", "No/Where")
_RESERVED: Final[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {
    "welcomed": {"source": ("referral", "ads"), "zone": ZONES},
    "profile_set": {"zone": ZONES},
    "owner_changed": {"owner": CONTACTS},
}
Pools: TypeAlias = dict[str, dict[str, dict[Any, None]]]
"""Kind → attribute → values; dicts keep their order and hold each value once."""


@attrs.frozen
class DayAfter:
    """In place of a date: so many days after the touchpoint."""

    days: int
    """How many; negative: before it."""


@attrs.frozen(eq=False)
class Vocabulary:
    """Kinds of touchpoints and values of their attributes, as a definition reads them."""

    kinds: tuple[str, ...]
    """Events and normalised kinds that something in the definition listens to."""
    names: Mapping[str, tuple[str, ...]]
    """Kind → the ways in which sources write it."""
    attributes: Mapping[str, Mapping[str, tuple[Any, ...]]]
    """Kind → attribute → values worth trying."""
    passive: frozenset[str]
    """Kinds that are no sign of life."""
    currency: str
    """Of amounts."""
    rare: frozenset[str] = frozenset({"zone", "preferred_channel", "avoid_channel", "contact_every_days"})
    """Attributes that are told now and then only: wishes that hold most plays back."""

    def pools(self, kind: str) -> dict[str, tuple[Any, ...]]:
        """The attributes of a kind, with those that any kind may carry."""
        return {**self.attributes.get(ANY, {}), **self.attributes.get(kind, {})}


def vocabulary(definition: Definition) -> Vocabulary:
    """What the customers of a definition can do."""
    return _Collected(definition).vocabulary()


class _Collected:
    """Kinds and values, collected from all parts of a definition."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.context = definition.program.context
        self.bounds = thresholds(definition)
        self.pools: Pools = {kind: {} for kind in _RESERVED}
        for kind, attributes in _RESERVED.items():
            for name, values in attributes.items():
                self.add((kind,), name, values)

    def vocabulary(self) -> Vocabulary:
        timed = {timer.event for timer in self.definition.timers}
        for event in self.definition.program.chart.events:
            if event not in timed:
                self.pools.setdefault(event, {})
        for name, fact in self.definition.facts.items():
            self.read_fact(name, fact)
        for playbook in self.definition.playbooks:
            self.read_playbook(playbook)
        for timer in self.definition.timers:
            self.keys(timer.kinds)
        for policy in self.definition.policies:
            self.read_policy(policy)
        kinds = tuple(kind for kind in self.pools if kind not in {ANY, "stage_set"})
        spelled: dict[str, list[str]] = {kind: [] for kind in kinds}
        for event, raw in self.definition.events.items():
            spelled.setdefault(normalise_kind(event), []).extend(raw)
        return Vocabulary(
            kinds, {kind: tuple(dict.fromkeys((kind, *spelled.get(kind, ())))) for kind in kinds},
            {kind: {name: tuple(pool) for name, pool in pools.items()} for kind, pools in self.pools.items()},
            self.definition.program.passive, self.definition.currency or "EUR",
        )  # fmt: skip

    def keys(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Kinds as the definition means them; whatever kind where there is none."""
        found = tuple(dict.fromkeys(self.context.key(kind) for kind in kinds)) or (ANY,)
        for kind in found:
            self.pools.setdefault(kind, {})
        return found

    def add(self, kinds: Iterable[str], name: str, values: Iterable[Any]) -> None:
        """Values for an attribute of some kinds."""
        for kind in kinds:
            self.pools.setdefault(kind, {}).setdefault(name, {}).update(dict.fromkeys(values))

    def read_fact(self, name: str, fact: Any) -> None:
        """The kinds of a fact, and values on both sides of what it is compared with."""
        if isinstance(fact, OldestOpen):
            fact = fact.of
        if isinstance(fact, (Open, Overdue, Paired)):
            opened, closed = self.keys((fact.opened,)), self.keys(as_kinds(fact.closed))
            self.add((*opened, *closed), fact.ref, REFERENCES)
            if isinstance(fact, Overdue) or (isinstance(fact, Paired) and fact.value == "late_days"):
                self.add(opened, fact.due, map(DayAfter, (0, 1, 5, 14)))
            if isinstance(fact, Paired) and fact.value == "gap":
                self.add((*opened, *closed), fact.of, (3, 5, 8))
            return
        if getattr(fact, "kinds", None) is None:
            return
        kinds = self.keys(fact.kinds)
        self.read_where(kinds, getattr(fact, "where", None))
        of = getattr(fact, "of", None)
        if of is not None:
            self.add(kinds, of, self.values(name, fact))

    def values(self, name: str, fact: Any) -> tuple[Any, ...]:
        """Values for the attribute that a fact reads."""
        bounds = self.bounds.get(name, ())
        sort = getattr(fact, "type", "text")
        if isinstance(fact, (Sum, Mean)) or fact.of == "amount" or sort == "number" or not isinstance(sort, str):
            near = (value for bound in bounds if not isinstance(bound, str) for value in around(bound))
            return (1, 10, *near)
        if sort == "date":
            days = [timer.after_days for timer in self.definition.timers if timer.since == DateOf(name)]
            days += [trigger.days for playbook in self.definition.playbooks for trigger in playbook.on]
            return tuple(DayAfter(n) for n in {30, *(max(0, -day) + 3 for day in days)})
        return (*(bound for bound in bounds if isinstance(bound, str)), *CONTACTS)

    def read_where(self, kinds: Iterable[str], where: str | None) -> None:
        """Values on both sides of what a filter compares attributes with."""
        for atom in () if where is None else atoms_of(parse(where).root):
            value = getattr(atom.right, "value", None) if isinstance(atom, Compare) else None
            for name in names_of(atom):
                if value is None:
                    self.add(kinds, name, (True, False))
                else:
                    self.add(kinds, name, (value, "other") if isinstance(value, str) else around(float(value)))

    def read_policy(self, policy: Any) -> None:
        """The touchpoints with which a customer says what a policy listens to."""
        told = ("profile_set", "welcomed")
        channels = {action.channel for one in self.definition.playbooks for action in one.actions} - {""}
        if isinstance(policy, Consent):
            self.add(("consent_set",), "channel", (*sorted(channels), "all"))
            self.add(("consent_set",), "granted", (True, False, "no", "Yes"))
        elif isinstance(policy, ChannelPreference):
            self.add(told, "preferred_channel", sorted(channels))
            self.add(told, "avoid_channel", (*sorted(channels), ""))
        elif isinstance(policy, Cadence):
            self.add(told, "contact_every_days", (0, 1, 30, 400))
        elif isinstance(policy, SurveyFatigue):
            self.keys(policy.kinds)

    def read_playbook(self, playbook: Any) -> None:
        """The kinds that start, end and further a playbook."""
        goal = () if playbook.goal is None else playbook.goal.touchpoint
        for kinds in (playbook.exit_on, goal):
            if kinds:
                self.keys(kinds)
        starts: list[str] = []
        for trigger in playbook.on:
            if trigger.sort == "happened":
                starts += self.keys(trigger.names)
                self.read_where(self.keys(trigger.names), trigger.where)
            elif trigger.sort == "silent" and trigger.names:
                self.keys(trigger.names)
        if playbook.key is not None:
            self.add(starts, playbook.key, REFERENCES)
        self.add(starts, "contact", CONTACTS)
        for wait in waits_of(step for _, steps in playbook.ways for step in steps):
            kinds = self.keys(wait.kinds)
            self.read_where(kinds, wait.where)
            if wait.match is not None:
                self.add(kinds, wait.match, REFERENCES)


def waits_of(steps: Iterable[Any]) -> Iterable[Wait]:
    """The waits among some steps, those inside branches too."""
    for step in steps:
        if isinstance(step, Wait):
            yield step
            yield from waits_of((*step.then, *step.otherwise))


def around(bound: float) -> tuple[float, ...]:
    """A number, one on each side, whole where it is whole; and half of it."""
    whole = float(bound).is_integer()
    step = 1.0 if whole else 0.1
    found = (bound, bound - step, bound + step)
    return tuple(int(value) for value in found) if whole else tuple(round(value, 6) for value in found)
