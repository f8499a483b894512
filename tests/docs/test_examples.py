"""Every example of the documentation runs: blocks of Markdown files, examples of docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import sys
import types
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

import lifecycle

ROOT = Path(__file__).parents[2]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOUND = pkgutil.walk_packages(lifecycle.__path__, "lifecycle.")
MODULES = ["lifecycle", *(found.name for found in FOUND if not found.name.endswith("__main__"))]


def run_page(page: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the Python blocks of a page in order, in one namespace, and give their number.

    The namespace is that of a module, so that classes made in a block have a home and can be pickled.
    """
    sybil = Sybil([PythonCodeBlockParser(doctest_optionflags=OPTIONS)], path=str(page.parent), pattern=page.name)
    document = sybil.parse(page)
    home = types.ModuleType("documentation_example")
    monkeypatch.setitem(sys.modules, home.__name__, home)
    document.namespace = vars(home)
    examples = list(document.examples())
    for example in examples:
        example.evaluate()
    return len(examples)


def name_of(page: Path) -> str:
    """The path of a page as it is written in the project."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name_of(page), marks=[pytest.mark.smoke] if page.name == "README.md" else [])
        for page in PAGES
    ],
)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a page run in order, as a reader would type them into one session."""
    monkeypatch.chdir(tmp_path)
    wanted = page.read_text(encoding="utf-8").count("\n```python")
    assert run_page(page, monkeypatch) >= wanted


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_docstrings_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompts in the docstrings of a module give what they show."""
    monkeypatch.chdir(tmp_path)
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert failed == 0


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("text", "raised"),
    [
        ("```python\nassert 1 == 2\n```\n", AssertionError),
        ("```python\na = 1\n```\n\ntext\n\n```python\n>>> a\n2\n\n```\n", Exception),
        ("```python\nb = 1\n```\n\n```python\nassert c == 1\n```\n", NameError),
    ],
    ids=["assertion", "shown value", "unknown name"],
)
def test_a_wrong_example_is_caught(
    text: str, raised: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block that does not hold fails the page that it stands on."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(raised):
        run_page(page, monkeypatch)


@pytest.mark.smoke
def test_blocks_of_a_page_share_a_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one block defines, the next one can use and pickle."""
    page = tmp_path / "page.md"
    page.write_text(
        "```python\nclass A:\n    pass\n```\n\n"
        "```python\nimport pickle\n\nassert pickle.loads(pickle.dumps(A)) is A\n```\n",
        encoding="utf-8",
    )
    assert run_page(page, monkeypatch) == 2
