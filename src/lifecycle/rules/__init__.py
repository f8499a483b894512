"""Conditions and facts: one language, a scalar and an array meaning."""

from ._ageing import DAILY, Ageing, Growing, Stepping
from ._atoms import FactValue, Read, ReadColumn, major
from ._condition import BoundCondition, bind_condition, may_miss_under_not, show
from ._contradiction import Certainty, Contradiction, conflict, contradiction, denied, implied, overlap
from ._counts import Count, Days, Mean, Sum
from ._derived import Difference, InStage, Ratio
from ._distinct import Distinct
from ._extremes import Max, Min
from ._fact import BoundFact, Context, Fact, FactType, FoldState, Value, as_kinds
from ._facts import Declared, FactSet, bind_facts, counter_of
from ._favourite import Favourite
from ._known import NOTHING_KNOWN, Known
from ._language import All, Compare, Condition, Either, Not, atoms_of, names_of
from ._latest import First, Flag, Gap, Last, Since, Tenure, day_of_text
from ._most import Most
from ._open import OldestOpen, Open
from ._overdue import Overdue
from ._paired import Paired
from ._parsing import join, parse
from ._rows import BoolArray, Column, Points, Rows
from ._solving import Witness
from ._terms import Claim, claims_of
from ._where import Where, make_where, reads_money, text_of, texts

__all__ = [
    "Ageing",
    "All",
    "BoolArray",
    "BoundCondition",
    "BoundFact",
    "Certainty",
    "Claim",
    "Column",
    "Compare",
    "Condition",
    "Context",
    "Contradiction",
    "Count",
    "DAILY",
    "Days",
    "Declared",
    "Difference",
    "Distinct",
    "Either",
    "Fact",
    "FactSet",
    "FactType",
    "FactValue",
    "Favourite",
    "First",
    "Flag",
    "FoldState",
    "Gap",
    "Growing",
    "InStage",
    "Known",
    "Last",
    "Max",
    "Mean",
    "Min",
    "Most",
    "NOTHING_KNOWN",
    "Not",
    "OldestOpen",
    "Open",
    "Overdue",
    "Paired",
    "Points",
    "Ratio",
    "Read",
    "ReadColumn",
    "Rows",
    "Since",
    "Stepping",
    "Sum",
    "Tenure",
    "Value",
    "Where",
    "Witness",
    "as_kinds",
    "atoms_of",
    "bind_condition",
    "bind_facts",
    "claims_of",
    "conflict",
    "contradiction",
    "counter_of",
    "day_of_text",
    "denied",
    "implied",
    "join",
    "major",
    "make_where",
    "may_miss_under_not",
    "names_of",
    "overlap",
    "parse",
    "reads_money",
    "show",
    "text_of",
    "texts",
]
