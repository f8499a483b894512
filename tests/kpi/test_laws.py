"""What holds of every registered KPI, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from lifecycle import Story, TouchpointLog, presets, replay
from lifecycle.kpi import REGISTRY, Cut, Kpi, Period, measure

PERIODS = ("2025-Q2", "2025-11", "2025")
STOCK = [kpi for kpi in REGISTRY if kpi.calculate.__module__.startswith("lifecycle.")]
SPLIT = [kpi for kpi in STOCK if kpi.partition == "customer"]
CAUSAL = [kpi for kpi in STOCK if not kpi.looks_ahead]


def _cut(story: Story, period: str) -> Cut:
    return Cut(story, Period.of(period, "UTC"))


@pytest.fixture(scope="session")
def splits(made_story: Story) -> list[tuple[Cut, list[Cut]]]:
    """Cuts of everybody, and of three parts of everybody, drawn anew for each period; one part may be empty."""
    generator, found = np.random.default_rng(5), []
    for period in PERIODS:
        whole = _cut(made_story, period)
        colour = generator.choice(3, whole.n_customers, p=generator.dirichlet((1, 1, 1)))
        found.append((whole, [whole.of_customers(np.flatnonzero(colour == part)) for part in range(3)]))
    return found


@pytest.fixture(scope="session")
def endings(made_story: Story, made_log: TouchpointLog) -> list[tuple[Cut, Cut]]:
    """The same period of a log that ends with it, and of one that goes on."""
    found = []
    for period in PERIODS:
        cut = _cut(made_story, period)
        end = cut.period.window.end
        earlier = replay(presets.commerce(currency="EUR"), made_log.before(end), until=end)
        found.append((_cut(earlier, period), cut))
    return found


@pytest.mark.parametrize("kpi", SPLIT, ids=str)
def test_any_split_of_the_customers_gives_the_same(kpi: Kpi, splits: list[tuple[Cut, list[Cut]]]) -> None:
    """The tallies of the parts add up to the tally of the whole, in either order."""
    for whole, cuts in splits:
        parts = [kpi(cut) for cut in cuts]
        assert (parts[0] + parts[1]) + parts[2] == kpi(whole)
        assert parts[2] + (parts[1] + parts[0]) == kpi(whole)


@pytest.mark.parametrize("kpi", CAUSAL, ids=str)
def test_what_comes_after_the_period_changes_nothing(kpi: Kpi, endings: list[tuple[Cut, Cut]]) -> None:
    """The log that ends with the period gives the same number."""
    for earlier, cut in endings:
        assert measure(earlier, kpi) == measure(cut, kpi)


@pytest.fixture(scope="session")
def grown_story(made_log: TouchpointLog) -> Story:
    """The same story, grown by one day of touchpoints at a time at its end."""
    days = [datetime(2025, 9, 28, tzinfo=UTC) + timedelta(day) for day in range(5)]
    story = replay(presets.commerce(currency="EUR"), made_log.before(days[0]), until=days[0])
    for start, end in pairwise(days):
        until_end = made_log.before(end)
        codes = range(until_end.n_customers)
        new = [one for code in codes for one in until_end.touchpoints(code) if one.at >= start]
        story = story.extend(TouchpointLog.from_touchpoints(new), until=end)
    return story


@pytest.fixture(scope="session")
def made_anew(made_log: TouchpointLog) -> Story:
    """The same end, replayed at once."""
    end = datetime(2025, 10, 2, tzinfo=UTC)
    return replay(presets.commerce(currency="EUR"), made_log.before(end), until=end)


@pytest.mark.parametrize("kpi", STOCK, ids=str)
def test_growing_by_a_day_equals_recomputing(kpi: Kpi, grown_story: Story, made_anew: Story) -> None:
    """A story that was extended day by day measures what a story made at once measures."""
    for period in ("2025-Q3", "2025-09"):
        assert measure(_cut(grown_story, period), kpi) == measure(_cut(made_anew, period), kpi)


@pytest.mark.parametrize("kpi", STOCK, ids=str)
def test_every_kpi_says_what_it_measures(kpi: Kpi) -> None:
    """A definition in words, and a number or a reason of a period before anybody came."""
    assert len(kpi.definition) > 40
    assert kpi.unit


@pytest.mark.parametrize("kpi", STOCK, ids=str)
def test_of_nobody_it_is_undefined_or_nothing(kpi: Kpi, made_story: Story) -> None:
    """Never inf and never an error where there is nobody."""
    cut = _cut(made_story, "2025-Q2").of_customers(np.zeros(0, np.int64))
    found = measure(cut, kpi)
    assert found.value in {None, 0.0}
    assert found.value is not None or found.notes[0].startswith("undefined because")


NEEDS_MORE = {"play_uplift", "acquisition_to_retention"}
"""A holdout, and what retention costs: the made base has neither."""


@pytest.mark.parametrize("kpi", [kpi for kpi in STOCK if kpi.id not in NEEDS_MORE], ids=str)
def test_the_laws_are_tried_on_numbers(kpi: Kpi, made_story: Story) -> None:
    """The made base gives each KPI something to measure in one of the periods: else its laws would prove nothing."""
    found = [measure(_cut(made_story, period), kpi) for period in PERIODS]
    assert any(one.value or one.denominator for one in found)
