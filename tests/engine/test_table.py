"""A small table of columns: as text, as HTML, as plain values."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from lifecycle import Table

pytestmark = pytest.mark.smoke

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</td></tr></table>",
    "\x1b[31mred\x1b[0m",
    "two\r\nlines\tand a tab",
    "\u202egnp.exe",
    "zero\u200bwidth\u2028\u2029",
    "nul\0",
    "\ud800",
    "=HYPERLINK('http://x')",
    "{0.__class__}",
    "%s%n",
    "a" * 10_000,
]


def table(**columns: object) -> Table:
    """A table of some columns."""
    return Table({name: np.asarray(values) for name, values in columns.items()}, title="things")


def test_text_of_every_sort_of_value() -> None:
    """Instants to the minute, dates as dates, missing values as nothing, numbers short."""
    shown = table(
        at=np.array(["2024-01-01T10:20:30", "NaT"], "M8[us]"),
        on=np.array(["2024-01-01", "NaT"], "M8[D]"),
        n=[7, -1],
        x=[0.123456, np.nan],
        yes=[True, False],
        name=np.array(["ann", None], object),
    )
    assert repr(shown) == (
        "things\n"
        "              at          on   n       x    yes  name\n"
        "2024-01-01 10:20  2024-01-01   7  0.1235   True   ann\n"
        "                              -1          False      "
    )
    assert next(iter(shown.rows())) == {
        "at": datetime(2024, 1, 1, 10, 20, 30), "on": date(2024, 1, 1), "n": 7, "x": 0.123456, "yes": True,
        "name": "ann",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_breaks_out_of_its_cell(text: str) -> None:
    """Whatever a cell holds, the text has one line per row and the HTML the tags of a table, nothing else."""
    shown = table(name=np.array([text, "x"], object))
    lines = repr(shown).split("\n")
    assert len(lines) == 4
    assert repr(shown).replace("\n", "").isprintable()
    html = shown._repr_html_()
    assert set(Tags.of(html)) <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert Tags.of(html).count("td") == 2
    assert html.replace("\n", "").isprintable()
    html.encode()


def test_names_and_titles_are_escaped_too() -> None:
    """The HTML of a title or a column name is text."""
    shown = Table({"<b>": np.array([1])}, title="<i>")
    assert Tags.of(shown._repr_html_()).count("b") == 0
    assert "&lt;i&gt;" in shown._repr_html_()


def test_long_tables_are_cut() -> None:
    """Fifty rows are shown, and how many more there are."""
    shown = table(n=np.arange(60))
    assert repr(shown).splitlines()[-1] == "… 10 more rows"
    assert "<p>… 10 more rows</p>" in shown._repr_html_()
    assert len(shown) == 60
    assert len(Table({})) == 0


def test_columns_are_plain_arrays() -> None:
    """`to_dict` gives what dataframe libraries take; a pickle gives the same table."""
    shown = table(n=[1, 2], name=np.array(["a", "b"], object))
    assert {name: values.tolist() for name, values in shown.to_dict().items()} == {"n": [1, 2], "name": ["a", "b"]}
    again = pickle.loads(pickle.dumps(shown))
    assert repr(again) == repr(shown)
    with pytest.raises(ValueError, match="read-only"):
        again["n"][0] = 5
    with pytest.raises(TypeError):
        shown.columns["more"] = shown["n"]  # type: ignore[index]
    with pytest.raises(KeyError):
        shown["nothing"]


class Tags(HTMLParser):
    """Collects the tags that a browser would see."""

    @classmethod
    def of(cls, html: str) -> list[str]:
        parser = cls()
        parser.found: list[str] = []  # type: ignore[misc]
        parser.feed(html)
        return parser.found

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)
        assert not attrs
