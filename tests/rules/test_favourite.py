"""`Favourite`: the text that came most often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifecycle import Favourite, Touchpoint
from lifecycle.errors import DefinitionError

from .readings import both

START = datetime(2024, 3, 1, 10, tzinfo=UTC)


def bought(*categories: str | None, step: int = 1) -> list[Touchpoint]:
    """One purchase a day, each of a category."""
    return [
        Touchpoint(
            "ann", "bought", START + timedelta(step * place), attributes={} if name is None else {"category": name}
        )
        for place, name in enumerate(categories)
    ]


@pytest.mark.parametrize(
    ("categories", "favourite"),
    [
        ((None, None), None),
        (("tea",), "tea"),
        (("tea", "cups", "tea"), "tea"),
        (("tea", "cups"), "cups"),
        (("tea", "cups", "tea", "cups", None), "cups"),
        (("cups", "tea", "cups", "tea", "sugar"), "tea"),
    ],
)
def test_the_most_frequent_text_of_several_the_last(categories: tuple[str | None, ...], favourite: str | None) -> None:
    """The most frequent one; where several are, the one that came last; missing where none has one."""
    assert both(Favourite("bought", of="category"), bought(*categories)) == favourite


def test_on_one_day_the_last_one_counts_too() -> None:
    """Of texts that came equally often on one day, the one that came last."""
    assert both(Favourite("bought", of="category"), bought("tea", "cups", "cups", "tea", step=0)) == "tea"


def test_a_window_sees_its_days_only() -> None:
    """What lies before the window does not count."""
    history = bought("tea", "tea", "tea", "cups", "cups")
    assert both(Favourite("bought", of="category"), history) == "tea"
    assert both(Favourite("bought", of="category").within(3), history) == "cups"
    assert both(Favourite("bought", of="category").within(2, ago=3), history) == "tea"


def test_the_attribute_needs_a_name() -> None:
    """No attribute is refused."""
    with pytest.raises(DefinitionError, match="of="):
        Favourite("bought", of="")
