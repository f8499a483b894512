"""Where every customer stands at one instant, by stage and by role."""

from __future__ import annotations

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.engine import Record, stage_at
from lifecycle.model import ROLES

BoolArray = npt.NDArray[np.bool_]


@attrs.frozen(eq=False)
class Standing:
    """Everybody just before an instant; all arrays have shape (n_customers,)."""

    record: Record
    """The history that is asked."""
    at_us: int
    """Everything strictly before it has happened."""

    @cached_property
    def begun(self) -> BoolArray:
        """Who has begun."""
        return self.record.started < self.at_us

    @cached_property
    def stage(self) -> npt.NDArray[np.int16]:
        """The stage as a place among `record.stages`, -1 for who has not begun."""
        leaf, _ = stage_at(self.record, self.at_us)
        return np.where(self.begun, leaf, -1).astype(np.int16)

    @cached_property
    def _role(self) -> npt.NDArray[np.int8]:
        roles = np.array([*(ROLES.index(stage.role) for stage in self.record.stages), -1], np.int8)
        found: npt.NDArray[np.int8] = roles[self.stage]  # the last one for -1
        return found

    def has_role(self, *roles: str) -> BoolArray:
        """Who stands in a stage of one of some roles."""
        return np.isin(self._role, [ROLES.index(role) for role in roles])

    @cached_property
    def prospect(self) -> BoolArray:
        """Who is no customer yet."""
        return self.has_role("prospect")

    @cached_property
    def active(self) -> BoolArray:
        """Who is a customer."""
        return self.has_role("active")

    @cached_property
    def lost(self) -> BoolArray:
        """Who is one no more."""
        return self.has_role("lost")

    @cached_property
    def returning(self) -> BoolArray:
        """Who was lost and is on the way back."""
        return self.has_role("returning")
