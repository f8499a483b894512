"""The page on the room of values leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from lifecycle import value
from lifecycle.value import Fit, ModelScore

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "value.md"


@pytest.mark.parametrize("name", value.__all__)
def test_every_public_name_is_explained(name: str) -> None:
    """By name, in code, beside the list that is made by machine."""
    assert f"`{name}" in PAGE.read_text("utf-8")


def test_the_parameters_of_models_are_theirs() -> None:
    """Each model's row names its parameters in their order."""
    lines = PAGE.read_text("utf-8").splitlines()
    rows = {line.split("`")[1]: line.split("|")[2] for line in lines if line.startswith("| `")}
    for name in ("Nbd", "BgNbd", "MbgNbd", "MbgCnbd", "ParetoNbd", "BgBb", "Geometric", "ShiftedBetaGeometric"):
        model = getattr(value, name)
        fields = [field.name for field in attrs.fields(model) if field.name != "unit"]
        assert rows[name].strip() == ", ".join(f"`{field}`" for field in fields), name


def test_the_scores_of_a_holdout_are_named() -> None:
    """As the fields are called."""
    text = PAGE.read_text("utf-8")
    named = {field.name for field in attrs.fields(ModelScore)} - {"name", "low", "high", "fit"}
    assert {name for name in named if f"`{name}`" not in text} == set()
    assert {field.name for field in attrs.fields(Fit) if f"`{field.name}`" not in text} == set()
