"""Which fit the numbers of a table come from, so that they can be told apart later."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

import attrs

from ._fit import Fit


@attrs.frozen
class Origin:
    """A fit by name and digest, and how far its numbers look."""

    model: str
    """The class of the model."""
    version: str
    """The SHA-256 of the model with its parameters, and of the tally that it was fitted to."""
    horizon_days: float | None
    """How far the numbers look, in days; None for ever."""

    @classmethod
    def of(cls, fit: Fit[Any], horizon_days: float | None) -> Self:
        """The origin of what a fit tells within a horizon.

        Args:
            fit: of any model of this room.
            horizon_days: None for ever.
        """
        model = {field.name: getattr(fit.model, field.name) for field in attrs.fields(type(fit.model))}
        name = type(fit.model).__name__
        told = json.dumps([name, model, fit.data_digest], sort_keys=True)
        return cls(name, hashlib.sha256(told.encode()).hexdigest(), horizon_days)
