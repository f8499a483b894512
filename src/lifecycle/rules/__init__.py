"""Conditions and facts: one language, a scalar and an array meaning."""

from ._condition import BoundCondition, FactValue, Read, ReadColumn, bind_condition, major, may_miss_under_not, show
from ._counts import Count, Days, Mean, Sum
from ._derived import Difference, InStage, Ratio
from ._distinct import Distinct
from ._extremes import Max, Min
from ._fact import BoundFact, Context, Fact, FactType, FoldState, Value, as_kinds
from ._facts import Declared, FactSet, bind_facts, counter_of
from ._language import Condition, join, parse
from ._latest import First, Flag, Gap, Last, Since, Tenure, day_of_text
from ._open import OldestOpen, Open
from ._rows import Column, Points, Rows, days_of
from ._where import reads_money, text_of, texts

__all__ = [
    "BoundCondition",
    "BoundFact",
    "Column",
    "Condition",
    "Context",
    "Count",
    "Days",
    "Declared",
    "Difference",
    "Distinct",
    "Fact",
    "FactSet",
    "FactType",
    "FactValue",
    "First",
    "Flag",
    "FoldState",
    "Gap",
    "InStage",
    "Last",
    "Max",
    "Mean",
    "Min",
    "OldestOpen",
    "Open",
    "Points",
    "Ratio",
    "Read",
    "ReadColumn",
    "Rows",
    "Since",
    "Sum",
    "Tenure",
    "Value",
    "as_kinds",
    "bind_condition",
    "bind_facts",
    "counter_of",
    "day_of_text",
    "days_of",
    "join",
    "major",
    "may_miss_under_not",
    "parse",
    "reads_money",
    "show",
    "text_of",
    "texts",
]
