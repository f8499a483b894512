"""A model with its parameters, as fitted: log-likelihood, status, standard errors, and to whom it was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Generic, Protocol, TypeAlias, TypeVar

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.errors import InvalidArgument
from lifecycle.tally import normal_quantile

from ._maximise import Maximum
from ._time_unit import TimeUnit

FloatArray: TypeAlias = npt.NDArray[np.float64]


class FittedModel(Protocol):
    """What a fit needs of its model: a frozen class with the parameters as fields."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name, in the order of the log-covariance."""
        ...


class Grouped(Protocol):
    """What a fit tells of the tally that it was fitted to."""

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        ...

    @property
    def digest(self) -> str:
        """The SHA-256 of the tally."""
        ...

    def __len__(self) -> int: ...


ModelT = TypeVar("ModelT", bound=FittedModel)
ModelT_co = TypeVar("ModelT_co", bound=FittedModel, covariant=True)


@attrs.frozen(eq=False, repr=False)
class Fit(Generic[ModelT_co]):
    """A fitted model. Look at `status` before you trust it.

    Log-likelihoods of two fits compare only where data and time unit are the same.
    """

    model: ModelT_co
    """The model with the parameters of the maximum."""
    log_likelihood: float
    """Of all customers together, at the maximum."""
    status: str
    """'converged', 'boundary: …' (which parameters say nothing, and what that means) or 'not converged: …'."""
    log_covariance: FloatArray = attrs.field(kw_only=True)
    """Of the logarithms of the parameters; shape (k, k); nan where a parameter is at a boundary."""
    n_customers: int = attrs.field(kw_only=True)
    """How many customers were fitted to."""
    n_rows: int = attrs.field(kw_only=True)
    """How many different customers: the rows of the tally."""
    data_digest: str = attrs.field(kw_only=True)
    """The SHA-256 of the tally."""

    def __attrs_post_init__(self) -> None:
        k, shape = len(self.model.parameters), self.log_covariance.shape
        if shape != (k, k):
            raise InvalidArgument(f"'log_covariance' has the shape {shape}, the model {k} parameters; give {(k, k)}")

    @property
    def parameters(self) -> Mapping[str, float]:
        """The parameters by name."""
        return self.model.parameters

    @property
    def unit(self) -> TimeUnit | None:
        """The unit of time of the model; None where it has none."""
        return getattr(self.model, "unit", None)

    @property
    def is_converged(self) -> bool:
        """True at an inner maximum, where standard errors mean something."""
        return self.status == "converged"

    @property
    def log_errors(self) -> Mapping[str, float]:
        """The standard errors of the logarithms by name; nan at a boundary."""
        variances = np.diag(self.log_covariance)
        errors = np.sqrt(np.where(variances > 0, variances, np.nan))
        return dict(zip(self.parameters, errors.tolist(), strict=True))

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """The standard errors by name, from the curvature at the maximum; nan at a boundary."""
        return {name: self.parameters[name] * error for name, error in self.log_errors.items()}

    @property
    def aic(self) -> float:
        """Akaike's criterion: 2 for each parameter less twice the log-likelihood; lower is better."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, over the number of customers; lower is better."""
        return float(len(self.parameters) * np.log(self.n_customers) - 2 * self.log_likelihood)

    def interval(self, name: str, confidence: float = 0.95) -> tuple[float, float]:
        """The bounds of a parameter, made on the scale of its logarithm, so that they stay above 0.

        Args:
            name: of a parameter.
            confidence: in (0, 1).

        Returns:
            Lower and upper bound; nan at a boundary.

        Raises:
            InvalidArgument: no such parameter, or a confidence outside (0, 1).
        """
        if name not in self.parameters:
            raise InvalidArgument(f"no parameter {name!r}; there are {', '.join(self.parameters)}")
        if not 0 < confidence < 1:
            raise InvalidArgument(f"confidence={confidence!r} is not between 0 and 1; give 0.95 for 95 %")
        factor = float(np.exp(normal_quantile(confidence) * self.log_errors[name]))
        return self.parameters[name] / factor, self.parameters[name] * factor

    def __repr__(self) -> str:
        unit = f", time in {self.unit}s" if self.unit else ""
        head = f"{type(self.model).__name__} fitted to {self.n_customers:,} customers ({self.n_rows:,} rows){unit}"
        lines = [f"  {name:<6} {value:>12}  standard error {error}" for name, value, error in self._rows()]
        tail = f"  log-likelihood {self.log_likelihood:.4f}, AIC {self.aic:.2f}, BIC {self.bic:.2f}; {self.status}"
        return "\n".join([head, *lines, tail])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{value}</td><td>{error}</td></tr>" for name, value, error in self._rows()
        )
        told = f"log-likelihood {self.log_likelihood:.4f}; {escape(self.status)}"
        head = f"<caption>{escape(type(self.model).__name__)}, {self.n_customers:,} customers; {told}</caption>"
        return f"<table>{head}<tr><th></th><th>value</th><th>standard error</th></tr>{rows}</table>"

    def _rows(self) -> list[tuple[str, str, str]]:
        errors = self.standard_errors
        return [(name, f"{value:.6g}", f"{errors[name]:.4g}") for name, value in self.parameters.items()]


def fit_of(model: ModelT, maximum: Maximum, tally: Grouped, *, log_likelihood: float | None = None) -> Fit[ModelT]:
    """The fit of a model at a maximum over the logarithms of its parameters.

    Args:
        model: with the parameters of the maximum, in its order.
        maximum: what `maximise` found; time may have been scaled, since that only shifts logarithms.
        tally: what was fitted to.
        log_likelihood: in the units of the model; None for that of the maximum.
    """
    return Fit(
        model,
        maximum.value if log_likelihood is None else log_likelihood,
        _status(model, maximum),
        log_covariance=maximum.covariance,
        n_customers=tally.n_customers,
        n_rows=len(tally),
        data_digest=tally.digest,
    )


def _status(model: FittedModel, maximum: Maximum) -> str:
    if maximum.status == "not converged":
        return f"not converged: {maximum.iterations} steps, and the log-likelihood still rises; trust no number of it"
    names = [name for place, name in enumerate(model.parameters) if place in maximum.boundary]
    if not names:
        return "converged"
    told = ", ".join(f"{name} = {model.parameters[name]:.3g}" for name in names)
    return f"boundary: {told} may be any number as extreme; compare with a simpler model"


def not_empty(tally: Grouped) -> None:
    """Look whether there is anybody.

    Raises:
        InvalidArgument: the tally is empty.
    """
    if not len(tally):
        raise InvalidArgument("the tally has no customers; a model needs at least one")
