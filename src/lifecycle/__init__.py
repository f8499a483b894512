"""The customer lifecycle as code: one definition, run live and in columns, every move explained."""

import importlib as _importlib
import typing as _typing

if _typing.TYPE_CHECKING:
    from lifecycle.backtest import (
        Absence,
        BacktestResult,
        Backtests,
        Happens,
        Judged,
        Question,
        Sweep,
        suggest_threshold,
    )
    from lifecycle.chart import ACTIVITY, ENTRY, CustomerMachine, DateOf, State, Timer, role
    from lifecycle.definition import (
        Change,
        Definition,
        Finding,
        Review,
        Story,
        compare,
        customer_from_json,
        customer_to_json,
        replay,
    )
    from lifecycle.engine import CustomerStory, Step, Table
    from lifecycle.log import TouchpointLog
    from lifecycle.model import (
        Customer,
        Figure,
        MilestoneChange,
        Money,
        Move,
        SignalChange,
        Stage,
        Stay,
        Touchpoint,
        Window,
    )
    from lifecycle.rules import (
        Count,
        Difference,
        Distinct,
        First,
        Flag,
        Gap,
        InStage,
        Last,
        Max,
        Mean,
        Min,
        Most,
        Open,
        Overdue,
        Paired,
        Ratio,
        Since,
        Sum,
        Tenure,
    )
    from lifecycle.signs import (
        Blueprint,
        Criterion,
        Health,
        HealthReading,
        Loyalty,
        Measure,
        Milestone,
        MilestoneReading,
        RaisedSignal,
        Segment,
        Share,
        Signal,
    )

__all__ = [
    "ACTIVITY",
    "Absence",
    "BacktestResult",
    "Backtests",
    "Blueprint",
    "Change",
    "Count",
    "Criterion",
    "Customer",
    "CustomerMachine",
    "CustomerStory",
    "DateOf",
    "Definition",
    "Difference",
    "Distinct",
    "ENTRY",
    "Figure",
    "Finding",
    "First",
    "Flag",
    "Gap",
    "Happens",
    "Health",
    "HealthReading",
    "InStage",
    "Judged",
    "Last",
    "Loyalty",
    "Max",
    "Mean",
    "Measure",
    "Milestone",
    "MilestoneChange",
    "MilestoneReading",
    "Min",
    "Money",
    "Most",
    "Move",
    "Open",
    "Overdue",
    "Paired",
    "Question",
    "RaisedSignal",
    "Ratio",
    "Review",
    "Segment",
    "Share",
    "Signal",
    "SignalChange",
    "Since",
    "Stage",
    "State",
    "Stay",
    "Step",
    "Story",
    "Sum",
    "Sweep",
    "Table",
    "Tenure",
    "Timer",
    "Touchpoint",
    "TouchpointLog",
    "Window",
    "compare",
    "customer_from_json",
    "customer_to_json",
    "replay",
    "role",
    "suggest_threshold",
]

_ROOMS = ("model", "log", "rules", "chart", "signs", "backtest", "definition", "engine")


def __getattr__(name: str) -> _typing.Any:
    # A room is loaded when one of its names is first asked for: who only makes touchpoints never loads numpy.
    for room in _ROOMS if name in __all__ else ():
        module = _importlib.import_module(f"lifecycle.{room}")
        if name in module.__all__:
            value = globals()[name] = getattr(module, name)
            return value
    raise AttributeError(f"module 'lifecycle' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
