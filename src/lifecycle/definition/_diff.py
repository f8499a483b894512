"""What one definition says differently from another, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.errors import ConditionError
from lifecycle.rules import parse

from ._parts import lay, parts_of

Form: TypeAlias = Mapping[str, Any]
"""A canonical form, or a part of one."""
_CONDITIONS: Final = frozenset({"condition", "clear", "if", "content", "committed", "audience", "exit", "only_if"})
_SINGULAR: Final = {"policies": "policy"}
_WORDS: Final = {"if": "condition"}
_NOTHING: Final = {"if": "always"}


@attrs.frozen
class Change:
    """One thing that two definitions say differently."""

    place: str
    """Where: 'signal login_stopped'."""
    what: str
    """Which part of it: 'condition'; empty where all of it is new or gone."""
    before: str | None
    """What the earlier one says; None: nothing."""
    after: str | None
    """What the later one says; None: nothing."""
    parts: tuple[str, ...] = ()
    """Of a condition the parts that differ: 'days_since_login > 14 → > 10'."""

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.place}: new: {self.after}"
        if self.after is None:
            return f"{self.place}: gone: {self.before}"
        what = f"{self.what} " if self.what else ""
        return f"{self.place}: {what}{'; '.join(self.parts) or f'{self.before} → {self.after}'}"


def differences(before: Form, after: Form) -> tuple[Change, ...]:
    """Everything that two canonical forms say differently; nothing where they are equal."""
    found: list[Change] = []
    for name in ("name", "version", "zone", "currency", "initial", "format"):
        if before[name] != after[name]:
            found.append(Change("definition", name, shown(before[name]), shown(after[name])))
    found += _words("passive", before["passive"], after["passive"])
    for event in dict.fromkeys((*before["events"], *after["events"])):
        found += _words(f"event {event!r}", *(form["events"].get(event, ()) for form in (before, after)))
    found += _keyed(before["facts"], after["facts"], "fact {}".format)
    found += _listed(before, after, "timers", "event")
    found += _listed(before, after, "stages", "id")
    found += _inside(before, after)
    found += _routes(before, after)
    for section in ("signals", "segments", "blueprints", "playbooks", "policies"):
        found += _listed(before, after, section, "name")
    for section in ("health", "loyalty"):
        old, new = ({section: form[section]} if section in form else {} for form in (before, after))
        found += _keyed(old, new, "{}".format)
    return tuple(dict.fromkeys(found))


def _words(place: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for word in before:
        if word not in after:
            yield Change(place, "", word, None)
    for word in after:
        if word not in before:
            yield Change(place, "", None, word)


def _listed(before: Form, after: Form, section: str, key: str) -> Iterator[Change]:
    """Entries of a list that have names of their own."""
    first, second = (_named(form.get(section, ()), key) for form in (before, after))
    yield from _keyed(first, second, (_SINGULAR.get(section, section.removesuffix("s")) + " {}").format)
    yield from _order(section, first, second)


def _named(entries: Sequence[Form], key: str) -> dict[str, Form]:
    """Entries by name; a second one of a name is told apart by its number."""
    found: dict[str, Form] = {}
    for entry in entries:
        name, number = str(entry[key]), 2
        while name in found:
            name, number = f"{entry[key]} ({number})", number + 1
        found[name] = entry
    return found


def _order(place: str, before: Form, after: Form) -> Iterator[Change]:
    first, second = [name for name in before if name in after], [name for name in after if name in before]
    if first != second:
        yield Change(place, "order", ", ".join(first), ", ".join(second))


def _keyed(before: Form, after: Form, place: Callable[[str], str]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if old is None or new is None or old.get("is") != new.get("is"):
            first, second = (None if one is None else shown(one) for one in (old, new))
            yield Change(place(name), "", first, second)
        else:
            yield from _fields(place(name), old, new)


def _fields(place: str, before: Form, after: Form) -> Iterator[Change]:
    """The fields of two entries of one sort that differ."""
    for name in dict.fromkeys((*before, *after)):
        old: Any = before.get(name)
        new: Any = after.get(name)
        if old == new:
            continue
        what = _WORDS.get(name, name)
        if name in _CONDITIONS:
            first, second = (_NOTHING.get(name, "none") if one is None else str(one) for one in (old, new))
            yield Change(place, what, first, second, _condition_parts(old, new))
        elif _is_form(old) and _is_form(new) and old["is"] == new["is"]:
            for change in _fields(place, old, new):
                yield attrs.evolve(change, what=f"{what}.{change.what}")
        elif _has_names(old) and _has_names(new) and (old or new):
            yield from _entries(f"{place}, {what}", old, new)
        else:
            yield Change(place, what, shown(old), shown(new))


def _entries(place: str, before: Sequence[Form], after: Sequence[Form]) -> Iterator[Change]:
    """The entries of a list inside an entry: milestones, marks, measures."""
    first, second = _named(before, _key_of(before)), _named(after, _key_of(after))
    yield from _keyed(first, second, lambda name: f"{place.removesuffix('s')} {name}")
    yield from _order(place, first, second)


def _condition_parts(before: str | None, after: str | None) -> tuple[str, ...]:
    """The parts of two conditions that differ; none where one of them is no text of the language."""
    if before is None or after is None:
        return ()
    try:
        tree = lay(parse(before).root, parse(after).root)
    except ConditionError:  # a Python function among them
        return ()
    return tuple(str(part) for part in parts_of(tree) if not part.is_same)


def _is_form(value: Any) -> bool:
    return isinstance(value, Mapping) and "is" in value


def _has_names(value: Any) -> bool:
    return isinstance(value, list) and all(_is_form(one) and _key_of(value) in one for one in value)


def _key_of(entries: Sequence[Form]) -> str:
    return "fact" if entries and "fact" in entries[0] else "name"


def _inside(before: Form, after: Form) -> Iterator[Change]:
    for stage in before["inside"]:
        old, new = before["inside"][stage], after["inside"].get(stage)
        if new is not None and old != new:
            first, second = (", ".join(path[1:]) or "nothing" for path in (old, new))
            yield Change(f"stage {stage}", "inside", first, second)


def _routes(before: Form, after: Form) -> Iterator[Change]:
    """Transitions; one of a compound is told once, though every stage inside has it."""
    first, second = (_by_stage(form["routes"]) for form in (before, after))
    for way in dict.fromkeys((*first, *second)):
        old, new = first.get(way, {}), second.get(way, {})
        yield from _keyed(old, new, "move {}".format)
        yield from _order(f"moves of {way[0]} on {way[1]!r}", old, new)


def _by_stage(routes: Sequence[Form]) -> dict[tuple[str, str], dict[str, Form]]:
    found: dict[tuple[str, str], list[Form]] = {}
    for route in routes:
        target = "itself" if route["touch"] else route["target"]
        told = {"way": f"{route['source']} → {target} on {route['event']!r}", "if": route["if"]}
        found.setdefault((route["stage"], route["event"]), []).append(told)
    return {way: _named(entries, "way") for way, entries in found.items()}


def shown(value: Any) -> str:
    """A value of a canonical form for people."""
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return _entry(value)
    if isinstance(value, list):
        return ", ".join(" ".join(map(shown, one)) if isinstance(one, list) else shown(one) for one in value) or "none"
    return str(value)


def _entry(entry: Form) -> str:
    """An entry in short: what it demands, if it demands something; else all that was given."""
    if "way" in entry:
        return "always" if entry["if"] is None else f"if {entry['if']}"
    if "condition" in entry:
        return f"{entry['condition']}" + (f", by day {entry['due_days']}" if "due_days" in entry else "")
    if "milestones" in entry:
        return ", ".join(milestone["name"] for milestone in entry["milestones"])
    given = [(name, one) for name, one in entry.items() if name != "is" and one is not False]
    return f"{entry['is']}({', '.join(f'{name}={shown(one)}' for name, one in given if one not in (None, '', []))})"
