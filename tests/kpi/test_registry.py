"""KPIs are checked when they are registered."""

from __future__ import annotations

from typing import Any

import pytest

from lifecycle import MeanTally, Story
from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.kpi import REGISTRY, Cut, Period, Registry, measure, retention_rate
from lifecycle.tally import RatioTally


def test_a_host_registers_a_kpi_of_its_own(made_story: Story) -> None:
    """A plain function over a cut, as short as that."""
    registry = Registry()

    @registry.register("purchases_per_customer", unit="purchases", better="higher")
    def purchases_per_customer(cut: Cut) -> MeanTally:
        """Purchases of all who have begun."""
        return MeanTally.of(cut.per_customer("purchases"))

    found = measure(Cut(made_story, Period.of("2025", "UTC")), purchases_per_customer)
    assert found.kpi == "purchases_per_customer"
    assert found.text.endswith("purchases")
    assert found.value is not None
    assert registry["purchases_per_customer"] is purchases_per_customer
    assert len(registry) == 1
    assert list(registry) == [purchases_per_customer]


def test_settings_are_part_of_the_name() -> None:
    """Two definitions never share a name."""
    registry = Registry()

    @registry.register("bought", unit="rate")
    def bought(cut: Cut, *, days: int = 30) -> RatioTally:
        """Nothing yet."""
        return RatioTally(0, days)

    changed = bought.using({"days": 60})
    assert (bought.label, changed.label) == ("bought", "bought[days=60]")
    with pytest.raises(InvalidArgument, match="no setting 'weeks'; settings: days"):
        bought.using({"weeks": 2})


def test_an_id_is_taken_once() -> None:
    """Also by the library."""
    with pytest.raises(DefinitionError, match="'retention_rate' is registered already, as retention_rate"):
        REGISTRY.register("retention_rate", unit="rate")(lambda cut: RatioTally())
    assert REGISTRY["retention_rate"] is retention_rate


def no_cut() -> RatioTally:
    """Takes nothing."""
    return RatioTally()


def needs_more(cut: Cut, days: int) -> RatioTally:
    """Takes days, which nobody gives."""
    return RatioTally(0, days)


@pytest.mark.parametrize(
    ("id", "unit", "better", "function", "message"),
    [
        ("Retention", "rate", None, lambda cut: RatioTally(), "lower-case letters"),
        ("mine", "", None, lambda cut: RatioTally(), "no short text"),
        ("mine", "rate", "up", lambda cut: RatioTally(), "'higher', 'lower' or None"),
        ("mine", "rate", None, 5, "no function"),
        ("mine", "rate", None, no_cut, r"no_cut\(\).*cannot be called; wanted is \(cut, \*, setting=default"),
        ("mine", "rate", None, needs_more, r"needs_more\(cut.*days.*cannot be called"),
    ],
)
def test_what_cannot_be_a_kpi_is_refused(id: str, unit: str, better: Any, function: Any, message: str) -> None:
    """The message names the KPI, the function and both signatures."""
    with pytest.raises(DefinitionError, match=message):
        Registry().register(id, unit=unit, better=better)(function)


def test_what_gives_no_tally_is_refused(made_story: Story) -> None:
    """A bare number could not be added up."""
    registry = Registry()
    wrong = registry.register("wrong", unit="rate")(lambda cut: 0.5)  # type: ignore[arg-type,return-value]
    with pytest.raises(DefinitionError, match="gave float, which has no finish"):
        wrong(Cut(made_story, Period.of("2025", "UTC")))


def test_an_unknown_id_comes_with_near_ones() -> None:
    """A slip is easily mended."""
    with pytest.raises(InvalidArgument, match="did you mean retention_rate"):
        REGISTRY["retention_rat"]
    with pytest.raises(InvalidArgument, match="KPIs: none"):
        Registry()["mine"]
