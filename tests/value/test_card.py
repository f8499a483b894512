"""Cards of fitted models: what they hold, that they read back to the same bits, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from lifecycle.errors import InvalidArgument
from lifecycle.value import (
    BetaDiscreteWeibull,
    BgNbd,
    Fit,
    GammaGamma,
    Geometric,
    MbgCnbd,
    MbgNbd,
    Nbd,
    ParetoNbd,
    PurchaseTally,
    ShiftedBetaGeometric,
    SpendFit,
    SpendTally,
    SurvivorTally,
    from_json,
    to_json,
)

pytestmark = pytest.mark.smoke

PURCHASES = PurchaseTally.of([0, 1, 4, 0, 2, 9, 1, 3], [0, 9, 30, 0, 20, 34, 2, 11], [40, 40, 40, 30, 35, 36, 40, 39])
ALIKE = PurchaseTally.of([2, 2], [10, 10], [30, 30])
SPEND = SpendTally.of([1, 2, 3, 1, 2], [500, 1300, 900, 2500, 700], currency="JPY")
SURVIVORS = SurvivorTally.of_counts({"a": [1000, 869, 743, 653, 593], "b": [500, 400]}, unit="month")
FITS: list[Fit[Any]] = [
    BgNbd.fit(PURCHASES, unit="day"),
    MbgNbd.fit(PURCHASES),
    MbgCnbd.fit(PURCHASES, k=3),
    ParetoNbd.fit(ALIKE),
    Nbd.fit(PURCHASES, unit="month"),
    GammaGamma.fit(SPEND),
    ShiftedBetaGeometric.fit(SURVIVORS),
    BetaDiscreteWeibull.fit(SURVIVORS),
    Geometric.fit(SURVIVORS),
]


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: type(fit.model).__name__)
def test_a_card_reads_back_to_the_same_fit(fit: Fit[Any]) -> None:
    """Model, numbers and status are the same, bit for bit, nan too; a second card is the same text."""
    again = from_json(to_json(fit))
    assert type(again) is type(fit)
    assert (again.model, again.status, again.data_digest) == (fit.model, fit.status, fit.data_digest)
    np.testing.assert_equal(again.log_likelihood, fit.log_likelihood)
    assert (again.n_customers, again.n_rows) == (fit.n_customers, fit.n_rows)
    np.testing.assert_array_equal(again.log_covariance, fit.log_covariance)
    assert to_json(again) == to_json(fit)
    with pytest.raises(ValueError, match="read-only"):
        again.log_covariance[0, 0] = 1


def test_what_a_card_holds() -> None:
    """Unit, grain, order of parameters, standard errors, digest, status and version, for who reads it elsewhere."""
    card = json.loads(to_json(FITS[0]))
    assert (card["model"], card["settings"], card["grain"]) == ("BgNbd", {"unit": "day"}, "day")
    assert card["order"] == ["r", "alpha", "a", "b"]
    assert card["data_digest"] == PURCHASES.digest
    assert card["library"].startswith("customer-lifecycle ")
    assert set(card["standard_errors"]) == {"r", "alpha", "a", "b"}
    assert json.loads(to_json(FITS[6]))["grain"] == "month"


def test_a_card_of_spend_keeps_its_notes() -> None:
    """Correlations and who was left out travel with a fit of spend."""
    fit = GammaGamma.fit(SPEND + SpendTally.of([0, 0], [0, 0], currency="JPY"))
    again = from_json(to_json(fit))
    assert isinstance(again, SpendFit)
    assert (again.left_out, again.pearson, again.spearman) == (fit.left_out, fit.pearson, fit.spearman)
    assert again.notes == fit.notes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"card": 9}, "the text is no card of form 1 (card=9)"),
        ({"model": "os.system"}, "the card is of 'os.system'; known are"),
        ({"model": ["BgNbd"]}, "the card is of ['BgNbd']; known are"),
        ({"parameters": {"r": -1, "alpha": 1, "a": 1, "b": 1}}, "r=-1 is not above 0"),
        ({"parameters": {"r": 1}}, "cannot be read"),
        ({"parameters": None}, "cannot be read"),
        ({"settings": {"unit": "fortnight"}}, "fortnight"),
        ({"log_covariance": [[1.0]]}, "'log_covariance' has the shape (1, 1)"),
        ({"n_customers": "many"}, "cannot be read"),
    ],
)
def test_broken_cards_are_refused(change: dict[str, Any], message: str) -> None:
    """The message says what is wrong; nothing but the known models is ever made."""
    card = json.loads(to_json(FITS[0])) | change
    with pytest.raises(InvalidArgument, match=re.escape(message)):
        from_json(json.dumps(card))


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "5"])
def test_what_is_no_card_is_refused(text: str) -> None:
    """Other JSON, and what is none."""
    with pytest.raises(InvalidArgument, match="give the text that 'to_json' made"):
        from_json(text)


def test_what_is_no_fit_has_no_card() -> None:
    """A model without its fit is refused."""
    with pytest.raises(InvalidArgument, match="no card for a BgNbd"):
        to_json(FITS[0].model)
