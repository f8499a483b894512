"""A cut: what a KPI is a function of."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from lifecycle import Story, Touchpoint, TouchpointLog, presets, replay
from lifecycle.errors import InvalidArgument
from lifecycle.kpi import Cut, Period


def cut_of(story: Story, period: str = "2025-Q2") -> Cut:
    """A quarter of the story."""
    return Cut(story, Period.of(period, "UTC"))


def test_stock_and_flow_agree(made_story: Story) -> None:
    """Opening plus in minus out is closing, for every role and every quarter (S2)."""
    for quarter in ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"):
        cut = cut_of(made_story, quarter)
        for role in ("active", "lost", "returning"):
            opening, closing = cut.at_start.has_role(role).sum(), cut.at_end.has_role(role).sum()
            assert opening + len(cut.moves_into(role)) - len(cut.moves_out_of(role)) == closing


def test_the_standing_is_that_of_the_story(made_story: Story) -> None:
    """As of the end of the period, and who had not begun has no stage."""
    cut = cut_of(made_story)
    table = made_story.as_of("2025-07-01")
    names = np.array([*(stage.id for stage in made_story.stages), None], object)
    assert names[cut.at_end.stage][cut.at_end.begun].tolist() == table["stage"].tolist()
    assert (cut.at_end.stage[~cut.at_end.begun] == -1).all()


def test_facts_are_those_of_the_story(made_story: Story) -> None:
    """Numbers, money in minor units, texts, and where they are missing."""
    cut, table = cut_of(made_story), made_story.as_of("2025-07-01")
    begun = cut.at_end.begun
    purchases, _ = cut.fact("purchases")
    spent, _ = cut.fact("spent_365d")
    source, known = cut.fact("source")
    assert purchases[begun].tolist() == table["purchases"].tolist()
    assert np.allclose(spent[begun] / 100, table["spent_365d"])
    assert np.where(known, source, None)[begun].tolist() == table["source"].tolist()
    assert len(cut.per_customer("purchases")) == begun.sum()
    with pytest.raises(InvalidArgument, match="no fact 'purchase'"):
        cut.fact("purchase")


def test_signals_and_segments_are_those_of_the_story(made_story: Story) -> None:
    """Of whom they are up at the end of the period."""
    cut, table = cut_of(made_story), made_story.signs_at("2025-07-01")
    for name in (*made_story.signs.signals, *made_story.signs.segments):
        column = f"signal_{name}" if name in made_story.signs.signals else name
        assert cut.is_up(name)[cut.at_end.begun].tolist() == table[column].tolist()
    with pytest.raises(InvalidArgument, match="no signal or segment 'unhappy'"):
        cut.is_up("unhappy")


def test_touchpoints_of_the_period_before_it_and_after_it(made_story: Story) -> None:
    """Half-open: what is at the end belongs to the next."""
    cut = cut_of(made_story)
    inside, ever, ahead = cut.touchpoints("purchase"), cut.history("purchase"), cut.later("purchase")
    assert len(inside)
    assert ((inside.at >= cut.start_us) & (inside.at < cut.end_us)).all()
    assert (ever.at < cut.end_us).all()
    assert (ahead.at >= cut.start_us).all()
    following = cut_of(made_story, "2025-Q3").touchpoints("purchase")
    assert (
        len(inside) + len(following)
        == len(cut_of(made_story, "2025-Q3").history("purchase")) - (ever.at < cut.start_us).sum()
    )
    assert inside.per_customer().sum() == len(inside)
    assert inside.minor_per_customer().sum() == inside.minor.sum()
    assert len(cut.touchpoints("purchase", where="product == 'a'")) == (inside.text("product") == "a").sum()
    assert (cut.touchpoints("nps").number("score") >= 0).all()
    assert np.isnan(inside.number("product")).all()
    assert set(cut.touchpoints("purchase", "login").kind) == {"purchase", "login"}
    assert len(ever.first) == len(ever.last) == len(np.unique(ever.customer))


def test_some_customers_are_a_cut_too(made_story: Story) -> None:
    """As if there were no other."""
    cut = cut_of(made_story)
    part = cut.of_customers(np.array([3, 5, 8]))
    assert part.n_customers == 3
    assert part.at_end.stage.tolist() == cut.at_end.stage[[3, 5, 8]].tolist()
    assert part.rows.block.at.tolist() == cut.rows.block.at[np.isin(cut.rows.customer, [3, 5, 8])].tolist()
    table = made_story.as_of("2025-07-01")
    assert cut.codes(table).tolist() == np.flatnonzero(cut.at_end.begun).tolist()


def test_a_log_of_two_currencies_is_not_summed() -> None:
    """Where the definition names none."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    log = TouchpointLog.from_touchpoints(
        [Touchpoint("a", "purchase", at, amount="1", currency=currency) for currency in ("EUR", "USD")]
    )
    story = replay(presets.commerce(), log)
    with pytest.raises(InvalidArgument, match="currencies EUR, USD"):
        _ = Cut(story, Period.of("2026", "UTC")).currency
