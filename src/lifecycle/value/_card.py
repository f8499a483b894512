"""A fitted model as a small JSON text: its parameters and where they come from. No pickle, nothing is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import attrs
import numpy as np

from lifecycle.errors import InvalidArgument

from ._beta_discrete_weibull import BetaDiscreteWeibull
from ._bg_bb import BgBb
from ._bg_nbd import BgNbd
from ._contractual import ContractModel
from ._fit import Fit
from ._gamma_gamma import GammaGamma, SpendFit
from ._geometric import DiscreteWeibull, Geometric
from ._mbg_cnbd import MbgCnbd
from ._mbg_nbd import MbgNbd
from ._nbd import Nbd
from ._pareto_nbd import ParetoNbd
from ._shifted_beta_geometric import ShiftedBetaGeometric

_FORM: Final = 1
_MODELS: Final[dict[str, type[Any]]] = {
    model.__name__: model
    for model in (
        BetaDiscreteWeibull,
        BgBb,
        BgNbd,
        DiscreteWeibull,
        GammaGamma,
        Geometric,
        MbgCnbd,
        MbgNbd,
        Nbd,
        ParetoNbd,
        ShiftedBetaGeometric,
    )
}


def to_json(fit: Fit[Any]) -> str:
    """The card of a fit: model, parameters with standard errors, unit, grain, data digest, log-likelihood, status.

    Numbers are written so that they read back to the same bits; what is nan is null. Keys are sorted.

    Args:
        fit: of a model of this room.

    Raises:
        InvalidArgument: it is no such fit.

    >>> from lifecycle.value import Nbd, PurchaseTally
    >>> fit = Nbd.fit(PurchaseTally.of([0, 1, 4], [0, 9, 30], [40, 40, 40]))
    >>> from_json(to_json(fit)).parameters == fit.parameters
    True
    """
    name = type(getattr(fit, "model", None)).__name__
    if not isinstance(fit, Fit) or name not in _MODELS:
        raise InvalidArgument(f"no card for a {type(fit).__name__} of {name}; give a fit of {', '.join(_MODELS)}")
    fields = {field.name: getattr(fit.model, field.name) for field in attrs.fields(type(fit.model))}
    card: dict[str, Any] = {
        "card": _FORM,
        "model": name,
        "parameters": dict(fit.parameters),
        "order": list(fit.parameters),
        "settings": {key: value for key, value in fields.items() if key not in fit.parameters},
        "standard_errors": dict(fit.standard_errors),
        "log_covariance": fit.log_covariance.tolist(),
        "log_likelihood": fit.log_likelihood,
        "status": fit.status,
        "n_customers": fit.n_customers,
        "n_rows": fit.n_rows,
        "data_digest": fit.data_digest,
        "grain": _grain(fit.model),
        "library": _library(),
    }
    if isinstance(fit, SpendFit):
        card["spend"] = {"left_out": list(fit.left_out), "pearson": fit.pearson, "spearman": fit.spearman}
    return json.dumps(_without_nan(card), indent=2, sort_keys=True, allow_nan=False) + "\n"


def from_json(text: str) -> Fit[Any]:
    """The fit that a card tells of; equal to the one that it was made of.

    Args:
        text: of `to_json`, of this version of the library or an earlier one.

    Raises:
        InvalidArgument: no JSON, no card, a model or form that is not known, or values that are not of the model.
    """
    try:
        card = json.loads(text)
    except (json.JSONDecodeError, TypeError, RecursionError) as error:
        raise InvalidArgument(f"the card is no JSON ({error}); give the text that 'to_json' made") from None
    if not isinstance(card, dict) or card.get("card") != _FORM:
        form = card.get("card") if isinstance(card, dict) else None
        raise InvalidArgument(f"the text is no card of form {_FORM} (card={form!r}); give the text that 'to_json' made")
    if not isinstance(card.get("model"), str) or card["model"] not in _MODELS:
        raise InvalidArgument(f"the card is of {card.get('model')!r}; known are {', '.join(_MODELS)}")
    try:
        return _fit_of(card)
    except InvalidArgument:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidArgument(f"the card of {card['model']} cannot be read ({error!r}); make it anew") from None


def _fit_of(card: Mapping[str, Any]) -> Fit[Any]:
    model = _MODELS[card["model"]](**card["parameters"], **card["settings"])
    covariance = np.array([[_number(value) for value in row] for row in card["log_covariance"]])
    covariance.flags.writeable = False
    known: dict[str, Any] = {
        "log_covariance": covariance,
        "n_customers": int(card["n_customers"]),
        "n_rows": int(card["n_rows"]),
        "data_digest": str(card["data_digest"]),
    }
    likelihood, status = _number(card["log_likelihood"]), str(card["status"])
    if not isinstance(model, GammaGamma):
        return Fit(model, likelihood, status, **known)
    spend = card["spend"]
    linked: dict[str, Any] = {
        name: np.nan if spend[name] is None else float(spend[name]) for name in ("pearson", "spearman")
    }
    without, nothing = spend["left_out"]
    return SpendFit(model, likelihood, status, **known, **linked, left_out=(int(without), int(nothing)))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _grain(model: object) -> str:
    """What is one event for the model: purchases of a day are one."""
    if isinstance(model, ContractModel):
        return model.unit
    return "opportunity" if isinstance(model, BgBb) else "day"


def _library() -> str:
    try:
        return f"customer-lifecycle {version('customer-lifecycle')}"
    except PackageNotFoundError:
        return "customer-lifecycle, not installed"
