"""Plain text in columns: wide signs, cuts, lines that break between parts."""

from __future__ import annotations

import pytest

from lifecycle.cli._text import WIDTH, columns_of, cut, section, table, wrapped


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("契約", 4), ("ﾊﾝ", 2), ("e\u0301", 1), ("→ ≥", 3)])
def test_columns_of_a_text(text: str, columns: int) -> None:
    """A wide sign takes two columns, a mark above another none."""
    assert columns_of(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("four", 4, "four"),
        ("fives", 4, "fiv…"),
        ("a bc", 3, "a…"),
        ("契約更新", 8, "契約更新"),
        ("契約更新", 7, "契約更…"),
    ],
)
def test_a_text_is_cut_to_its_columns(text: str, columns: int, shown: str) -> None:
    """What does not fit ends with an ellipsis that does."""
    assert cut(text, columns) == shown
    assert columns_of(shown) <= columns


def test_tables_stand_in_columns_with_wide_signs() -> None:
    """Numbers stand to the right and texts to the left, however wide their signs are."""
    rows = [{"name": "契約", "n": 1}, {"name": "habit", "n": 20}]
    assert table(rows) == ["name    n", "契約    1", "habit  20"]


def test_lines_break_between_parts() -> None:
    """Parts stay whole, a line ends with the separator, and what does not print is escaped."""
    long = "x" * (WIDTH - 10)
    assert wrapped([long, "aaa", "bbbbbb", "\x1b[31m"], "  ") == [f"  {long}; aaa;", "  bbbbbb; \\x1b[31m"]
    assert wrapped([], "  ") == []


def test_a_section_is_indented() -> None:
    """The title stands before its lines."""
    assert section("title", ["a", "b"]) == "title\n  a\n  b"
