"""What stands in a definition of the host's but deserves care."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from lifecycle.definition import Definition, Finding
from lifecycle.errors import DefinitionError, InvalidArgument

from ._text import plain, section, wrapped

_ORDER: Final = ("error", "warning", "note")


def definition_at(place: str) -> Definition:
    """The definition that a module holds under a name, or that a function of that name gives.

    Args:
        place: 'module:name'; modules of the working directory are found too.

    Raises:
        InvalidArgument: there is none.
    """
    module_name, _, name = place.partition(":")
    if not module_name or not name:
        raise InvalidArgument(f"{place!r} names no definition; give MODULE:NAME, such as shop.lifecycle:definition")
    directory = str(Path.cwd())
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise InvalidArgument(f"there is no module {module_name!r}; run it where Python finds that module") from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise InvalidArgument(f"module {module_name!r} has no {name!r}")
        found = getattr(found, part)
    if callable(found) and not isinstance(found, type):
        found = found()
    if not isinstance(found, Definition):
        raise InvalidArgument(f"{place} is {type(found).__name__!r}, not a Definition or a function that gives one")
    return found


def findings(place: str) -> dict[str, Any]:
    """The whole content of `check`, the gravest first; a definition that is refused has one error for each problem.

    Args:
        place: 'module:name'.

    Raises:
        InvalidArgument: there is none.
    """
    try:
        definition = definition_at(place)
    except DefinitionError as refused:
        # Each problem says itself what to do about it.
        texts = [problem.removeprefix("error: ") for problem in refused.problems]
        problems = [Finding(place, text, "", severity="error") for text in texts]
        return {"definition": None, "place": place, "errors": len(problems), "findings": list(map(_finding, problems))}
    found = sorted(definition.check(), key=lambda one: _ORDER.index(one.severity))
    return {
        "definition": {"name": definition.name, "version": definition.version, "digest": definition.digest},
        "place": place,
        "errors": sum(one.severity == "error" for one in found),
        "findings": [_finding(one) for one in found],
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "code": one.code,
        "place": one.place,
        "text": one.text,
        "remedy": one.remedy,
        "certainty": one.certainty,
    }


def check_report(found: dict[str, Any]) -> str:
    """The lines of the report; nothing in them can steer a terminal."""
    known = found["definition"]
    head = plain(f"{known['name']} {known['version']} ({known['digest'][:12]})" if known else found["place"])
    lines = []
    for one in found["findings"]:
        sure = "" if one["certainty"] == "proved" else f" ({one['certainty']})"
        lines.append(plain(f"{one['severity']}{sure}: {one['place']}"))
        lines += [f"  {line}" for text in _said(one) for line in wrapped(text.split("; "), "")]
    number = len(found["findings"])
    title = f"{head}: {number:,} finding{'' if number == 1 else 's'}"
    return section(title, lines) + "\n" if lines else f"{head}: nothing deserves care\n"


def _said(one: dict[str, Any]) -> list[str]:
    return [one["text"], *([f"→ {one['remedy']}"] if one["remedy"] else [])]
