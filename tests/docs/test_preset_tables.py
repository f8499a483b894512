"""The page on presets shows their signs as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lifecycle import Definition, presets

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "presets.md"
MAKERS: tuple[Callable[..., Definition], ...] = (presets.commerce, presets.saas, presets.service)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(text: str | None) -> str:
    """A condition as code, nothing as nothing."""
    return f"`{text}`" if text else ""


def signals(definition: Definition) -> str:
    """The signals of a definition."""
    head = ("signal", "topic", "severity", "raised when", "cleared when, if not just otherwise", "English", "Japanese")
    return table(
        head,
        [
            (code(one.name), one.topic, one.severity, code(one.condition), code(one.clear), one.text, one.text_ja)
            for one in definition.signals
        ],
    )


def measures(definition: Definition) -> str:
    """The measures of its health, with the weights of the stages."""
    health = definition.health
    assert health is not None
    head = ("measure", "worth 0", "worth 100", "missing", "weight", *(f"in {stage}" for stage in health.weights))
    return table(
        (*head, "English", "Japanese"),
        [
            (
                *(code(one.fact), f"{one.bad:g}", f"{one.good:g}", one.missing, f"{one.weight:g}"),
                *(f"{own.get(one.fact, one.weight):g}" for own in health.weights.values()),
                *(one.text, one.text_ja),
            )
            for one in health.measures
        ],
    )


def segments(definition: Definition) -> str:
    """The segments of a definition."""
    return table(
        ("segment", "who", "English", "Japanese"),
        [(code(one.name), code(one.condition), one.text, one.text_ja) for one in definition.segments],
    )


def milestones(definition: Definition, blueprint: int) -> str:
    """The milestones of one of its blueprints."""
    return table(
        ("milestone", "reached when", "last day", "the customer expects", "the company gives", "who", "Japanese"),
        [
            (code(one.name), code(one.condition), f"{one.due_days}", one.expectation, one.value, one.role, one.text_ja)
            for one in definition.blueprints[blueprint].milestones
        ],
    )


@pytest.mark.parametrize("make", MAKERS)
def test_the_page_shows_the_signs_as_they_are(make: Callable[..., Definition]) -> None:
    """Signals, measures, segments and milestones of the page are those of the preset, in order."""
    definition, page = make(currency="EUR"), PAGE.read_text(encoding="utf-8")
    section = page.split(f"\n## `{definition.name}`\n")[1].split("\n## ")[0]
    blueprints = [milestones(definition, place) for place in range(len(definition.blueprints))]
    for wanted in (signals(definition), measures(definition), segments(definition), *blueprints):
        assert wanted in section


def test_the_page_names_kinds_that_mean_something() -> None:
    """Every kind in the table of touchpoints is read by the presets named beside it, and passive where it says so."""
    page = PAGE.read_text(encoding="utf-8").split("\n## What the signs read\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (yes|no) \| ([\w, ]+) \|", page, re.MULTILINE)
    assert len(rows) > 20
    definitions = {make.__name__: make() for make in MAKERS}
    for kind, is_life, names in rows:
        for name in names.split(", "):
            definition = definitions[name]
            heard = {one for fact in definition.program.facts.folded.values() for one in fact.kinds or ()}
            assert kind in heard, (kind, name)
            assert (kind in definition.program.passive) is (is_life == "no"), (kind, name)
