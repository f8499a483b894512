"""What the front page shows is what the library gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lifecycle import presets

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    """The fenced blocks of the front page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.smoke
def test_the_picture_is_that_of_the_definition() -> None:
    """The Mermaid block of the front page equals the text that the stock definition gives."""
    assert blocks("mermaid") == [presets.saas().mermaid()]


@pytest.mark.smoke
def test_the_examples_print_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Each example of the front page prints exactly the text below it; each goes on where the one before ended."""
    examples, texts, names = blocks("python"), blocks("text"), dict[str, object]()
    assert len(examples) == len(texts) == 3
    for example, shown in zip(examples, texts, strict=True):
        exec(compile(example, str(README), "exec"), names)
        assert capsys.readouterr().out == shown


@pytest.mark.smoke
def test_the_examples_are_short() -> None:
    """Each example of the front page has about twenty lines of code."""
    for example in blocks("python"):
        code = [line for line in example.splitlines() if line.strip() and not line.startswith("#")]
        assert len(code) <= 20
