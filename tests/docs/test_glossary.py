"""The glossary names the stages as the presets do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lifecycle import Definition, presets

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| `(\w+)` \|$", re.MULTILINE)


@pytest.mark.parametrize("preset", [presets.commerce, presets.saas, presets.service])
def test_the_stages_are_those_of_the_presets(preset: Callable[[], Definition]) -> None:
    """Ids, English and Japanese names and roles of the glossary are those of every preset, in order."""
    written = ROW.findall(GLOSSARY.read_text(encoding="utf-8"))
    assert written == [(stage.id, stage.label, stage.label_ja, stage.role) for stage in preset().stages]
