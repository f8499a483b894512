"""`where=` filters: the condition language over the attributes of one touchpoint."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._language import All, Compare, Condition, Constant, Either, Name, Node, Not, Truth, parse
from ._rows import BoolArray, Rows

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
LIMIT = 2**53
"""From here on float64 is not exact (S12)."""
IntArray = npt.NDArray[Any]


@attrs.frozen
class Where:
    """A filter over the attributes of a touchpoint ('channel' and 'amount' too).

    Numbers compare with numbers, texts with texts; a whole number is also the text of its digits. An attribute
    that is absent or of the other sort is missing, and a comparison with missing is false. A bare name means: a
    number other than zero, or true.
    """

    condition: Condition
    """The parsed filter."""
    exponent: int
    """Decimals of the definition's currency: amounts are compared in major units."""

    @property
    def text(self) -> str:
        """The filter as written."""
        return self.condition.text

    def passes(self, touchpoint: Touchpoint) -> bool:
        """Whether one touchpoint passes."""
        return _scalar(self.condition.root, touchpoint, self.exponent)

    def passes_rows(self, rows: Rows, index: IntArray) -> BoolArray:
        """Which of some rows pass; shape as `index`."""
        return _mask(self.condition.root, rows, index)


def make_where(text: str | None, exponent: int) -> Where | None:
    """The filter that a text means, None for none."""
    return None if text is None else Where(parse(text), exponent)


def number_of(touchpoint: Touchpoint, name: str, exponent: int) -> float | None:
    """An attribute as a number (true is 1), `amount` in major units; None where it is none."""
    if name == "amount":
        return None if touchpoint.minor is None else touchpoint.minor / 10**exponent
    value = touchpoint.attribute(name)
    return float(value) if isinstance(value, (int, float, Decimal)) and not _is_large(value) else None


def text_of(touchpoint: Touchpoint, name: str) -> str | None:
    """An attribute as a text, a whole number as its digits, None where it is neither; `channel` too."""
    value = touchpoint.attribute(name)
    if not isinstance(value, (int, float, Decimal)):
        return value if isinstance(value, str) else None
    is_whole = isinstance(value, int) or (abs(float(value)) < LIMIT and value == int(value))
    return str(int(value)) if is_whole else None


def _is_large(value: object) -> bool:
    """Whether a value is an integer that float64 cannot hold: a log carries it as a text, so it is one here too."""
    return isinstance(value, int) and abs(value) >= LIMIT


def _scalar(node: Node, touchpoint: Touchpoint, exponent: int) -> bool:
    if isinstance(node, All):
        return all(_scalar(child, touchpoint, exponent) for child in node.children)
    if isinstance(node, Either):
        return any(_scalar(child, touchpoint, exponent) for child in node.children)
    if isinstance(node, Not):
        return not _scalar(node.child, touchpoint, exponent)
    if isinstance(node, Truth):
        return number_of(touchpoint, node.name, exponent) not in (None, 0.0)
    assert isinstance(node, Compare)
    return _compare(node, touchpoint, exponent)


def _compare(node: Compare, touchpoint: Touchpoint, exponent: int) -> bool:
    left: float | str | None
    right: float | str | None
    if isinstance(node.right, Constant) and isinstance(node.right.value, str):
        left, right = text_of(touchpoint, node.left.name), node.right.value
    elif isinstance(node.right, Constant):
        left, right = number_of(touchpoint, node.left.name, exponent), float(node.right.value)
    else:
        left = number_of(touchpoint, node.left.name, exponent)
        right = number_of(touchpoint, node.right.name, exponent)
    if left is None or right is None:
        return False
    return bool(COMPARE[node.operator](left, right))


def numbers(rows: Rows, name: str, index: IntArray) -> tuple[Any, BoolArray]:
    """An attribute of some rows as float64 (`amount` in major units) and where it is a number; shape as `index`."""
    if name == "amount":
        minor, has = rows.money(index)
        return minor / 10**rows.exponent, has
    attribute = rows.attribute(name)
    if attribute is None or attribute.number is None:
        return np.zeros(len(index)), np.zeros(len(index), bool)
    has_number = attribute.has_number
    return attribute.number[index], np.ones(len(index), bool) if has_number is None else has_number[index]


def texts(rows: Rows, name: str, index: IntArray) -> tuple[Any, tuple[str, ...]]:
    """An attribute of some rows as codes, -1 for none, and their book, as `text_of`; shape as `index`."""
    attribute = rows.attribute(name)
    if attribute is None:
        return np.full(len(index), -1, np.int32), ()
    codes = np.full(len(index), -1, np.int32) if attribute.text is None else attribute.text[index]
    if attribute.number is None:
        return codes, attribute.book
    values, has = numbers(rows, name, index)
    whole = has & (codes < 0) & (np.abs(values) < LIMIT) & (np.trunc(values) == values)
    distinct, place = np.unique(values[whole].astype(np.int64), return_inverse=True)
    book = {text: code for code, text in enumerate(attribute.book)}
    of_number = np.array([book.setdefault(str(number), len(book)) for number in distinct.tolist()], np.int32)
    codes = codes.copy()
    codes[whole] = of_number[place]
    return codes, tuple(book)


def _mask(node: Node, rows: Rows, index: IntArray) -> BoolArray:
    result: BoolArray
    if isinstance(node, (All, Either)):
        join = np.logical_and if isinstance(node, All) else np.logical_or
        result = join.reduce([_mask(child, rows, index) for child in node.children])
        return result
    if isinstance(node, Not):
        return ~_mask(node.child, rows, index)
    if isinstance(node, Truth):
        values, has = numbers(rows, node.name, index)
        result = has & (values != 0.0)
        return result
    assert isinstance(node, Compare)
    return _compare_mask(node, rows, index)


def _compare_mask(node: Compare, rows: Rows, index: IntArray) -> BoolArray:
    if isinstance(node.right, Constant) and isinstance(node.right.value, str):
        codes, book = texts(rows, node.left.name, index)
        hits = np.array([COMPARE[node.operator](text, node.right.value) for text in book] + [False])
        mask: BoolArray = hits[codes]
        return mask
    values, has = numbers(rows, node.left.name, index)
    right: Any
    if isinstance(node.right, Name):
        right, also = numbers(rows, node.right.name, index)
        has = has & also
    else:
        right = float(node.right.value)
    result: BoolArray = COMPARE[node.operator](values, right)
    return has & result


def reads_money(text: str) -> bool:
    """Whether a filter compares the amount with anything but zero, so that the currency matters."""
    for atom in parse(text).atoms:
        if not isinstance(atom, Compare):
            continue
        is_zero = isinstance(atom.right, Constant) and atom.right.value == 0
        names = {atom.left.name} | ({atom.right.name} if isinstance(atom.right, Name) else set())
        if "amount" in names and not is_zero:
            return True
    return False
