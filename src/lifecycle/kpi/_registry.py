"""KPIs by name: a calculator with its id, unit and direction, checked when it is registered."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from inspect import Parameter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from lifecycle.errors import DefinitionError, InvalidArgument
from lifecycle.tally import Better, Tally

from ._cut import Cut

Calculator: TypeAlias = Callable[..., Tally]
"""A function from a cut, and settings by keyword, to a tally."""
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_UNIT: Final = 40
_WANTED: Final = "(cut, *, setting=default …)"


def _frozen(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(settings))


@attrs.frozen(eq=False)
class Kpi:
    """A calculator and what is known of it. Calling it with a cut gives the tally."""

    id: str
    """Its name, which every measurement carries."""
    unit: str
    """What it counts: rate, customers, days, money, score …"""
    better: Better | None
    """Which way it gets better; None where that depends."""
    calculate: Calculator
    """The function."""
    partition: str = attrs.field(default="customer", kw_only=True)
    """What must not be torn apart when the log is split: the customer, or a key that several share (S23)."""
    looks_ahead: bool = attrs.field(default=False, kw_only=True)
    """Whether its definition reads touchpoints after the period."""
    settings: Mapping[str, Any] = attrs.field(factory=dict, converter=_frozen, kw_only=True)
    """The settings that differ from those of the function."""

    def __call__(self, cut: Cut) -> Tally:
        """The tally of a cut.

        Raises:
            DefinitionError: what the function gives is no tally.
        """
        found = self.calculate(cut, **self.settings)
        if not isinstance(found, Tally):
            raise DefinitionError(
                f"KPI {self.id!r}: {_name(self.calculate)} gave {type(found).__name__}, which has no finish() and no +;"
                " give a RatioTally, MeanTally, SumTally, CountsTally …"
            )
        return found

    def using(self, settings: Mapping[str, Any]) -> Kpi:
        """The same with other settings: `kpi.win_back_rate.using({"days": 30})`.

        Raises:
            InvalidArgument: the function has no such setting.
        """
        known = list(inspect.signature(self.calculate).parameters)[1:]
        for name in settings:
            if name not in known:
                raise InvalidArgument(
                    f"KPI {self.id!r} has no setting {name!r}; settings: {', '.join(known) or 'none'}"
                )
        return attrs.evolve(self, settings={**self.settings, **settings})

    @property
    def label(self) -> str:
        """The id with the settings that differ, so that two definitions never share a name."""
        if not self.settings:
            return self.id
        return f"{self.id}[{', '.join(f'{name}={_shown(value)}' for name, value in sorted(self.settings.items()))}]"

    @property
    def definition(self) -> str:
        """What it measures, in words."""
        return inspect.getdoc(self.calculate) or ""

    def __repr__(self) -> str:
        return f"<Kpi {self.label}, {self.unit}>"


@attrs.frozen(eq=False)
class Registry:
    """KPIs by id."""

    _kpis: dict[str, Kpi] = attrs.field(factory=dict, init=False)

    def register(
        self,
        id: str,
        *,
        unit: str,
        better: Better | None = None,
        partition: str = "customer",
        looks_ahead: bool = False,
    ) -> Callable[[Calculator], Kpi]:
        """A decorator that makes a KPI of a function and keeps it under its id.

        Args:
            id: lower-case letters, digits and `_`, beginning with a letter.
            unit: what it counts; 'rate' is shown in per cent, 'money' with its currency.
            better: 'higher' or 'lower'; None where that depends.
            partition: what must not be torn apart when the log is split, if not the customer (S23).
            looks_ahead: whether it reads touchpoints after the period.

        Raises:
            DefinitionError: the id is taken or of another form, the unit is no short text, `better` is another word, or
                the function does not take one cut and settings by keyword that have defaults.
        """

        def decorate(calculate: Calculator) -> Kpi:
            _check(id, unit, better, calculate)
            if id in self._kpis:
                raise DefinitionError(
                    f"KPI {id!r} is registered already, as {_name(self._kpis[id].calculate)}; give {_name(calculate)} "
                    "an id of its own: two definitions under one name cannot be told apart"
                )
            made = Kpi(id, unit, better, calculate, partition=partition, looks_ahead=looks_ahead)
            self._kpis[id] = made
            return made

        return decorate

    def __getitem__(self, id: str) -> Kpi:
        """A KPI by its id.

        Raises:
            InvalidArgument: there is none; the message holds near ones.
        """
        if id not in self._kpis:
            near = get_close_matches(str(id), self._kpis, n=3)
            hint = f"did you mean {', '.join(near)}?" if near else f"KPIs: {', '.join(sorted(self._kpis)) or 'none'}"
            raise InvalidArgument(f"there is no KPI {id!r}; {hint}")
        return self._kpis[id]

    def __iter__(self) -> Iterator[Kpi]:
        return iter(self._kpis.values())

    def __len__(self) -> int:
        return len(self._kpis)


REGISTRY: Final = Registry()
"""The KPIs of the library, and those of the host."""
register = REGISTRY.register


def _check(id: str, unit: str, better: object, calculate: Calculator) -> None:
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise DefinitionError(f"KPI {id!r}: the id must be lower-case letters, digits and '_', beginning with a letter")
    if not isinstance(unit, str) or not unit.isprintable() or not 0 < len(unit) <= _LONGEST_UNIT:
        raise DefinitionError(f"KPI {id!r}: unit={unit!r} is no short text, such as 'rate', 'days' or 'visits'")
    if better not in {"higher", "lower", None}:
        raise DefinitionError(f"KPI {id!r}: better={better!r}; give 'higher', 'lower' or None")
    if not callable(calculate):
        raise DefinitionError(f"KPI {id!r}: {calculate!r} is no function; decorate one that takes a cut")
    parameters = list(inspect.signature(calculate).parameters.values())
    takes_cut = bool(parameters) and parameters[0].kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}
    others = parameters[1:]
    has_settings = all(other.kind is other.KEYWORD_ONLY and other.default is not other.empty for other in others)
    if not takes_cut or not has_settings:
        raise DefinitionError(
            f"KPI {id!r}: {_name(calculate)}{inspect.signature(calculate)} cannot be called; wanted is {_WANTED}"
        )


def _name(calculate: Calculator) -> str:
    return getattr(calculate, "__qualname__", repr(calculate))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
