"""`where=` filters: the condition language over the attributes of one touchpoint."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from lifecycle.model import Touchpoint

from ._language import All, Compare, Condition, Constant, Either, Name, Node, Not, Truth
from ._parsing import parse
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
Test: TypeAlias = Callable[[Touchpoint], bool]


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
    _test: Test = attrs.field(
        init=False, eq=False, repr=False,
        default=attrs.Factory(lambda self: _test(self.condition.root, self.exponent), takes_self=True),
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The filter as written."""
        return self.condition.text

    def passes(self, touchpoint: Touchpoint) -> bool:
        """Whether one touchpoint passes."""
        return self._test(touchpoint)

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
    if value is None:
        return None
    return float(value) if isinstance(value, (int, float, Decimal)) and not _is_large(value) else None


def text_of(touchpoint: Touchpoint, name: str) -> str | None:
    """An attribute as a text, a whole number as its digits, None where it is neither; `channel` too."""
    value = touchpoint.attribute(name)
    if value is None:
        return None
    if not isinstance(value, (int, float, Decimal)):
        return value if isinstance(value, str) else None
    is_whole = isinstance(value, int) or (abs(float(value)) < LIMIT and value == int(value))
    return str(int(value)) if is_whole else None


def _is_large(value: object) -> bool:
    """Whether a value is an integer that float64 cannot hold: a log carries it as a text, so it is one here too."""
    return isinstance(value, int) and abs(value) >= LIMIT


def _test(node: Node, exponent: int) -> Test:
    """A filter as a function of one touchpoint."""
    if isinstance(node, (All, Either)):
        parts = tuple(_test(child, exponent) for child in node.children)
        if isinstance(node, All):
            return lambda touchpoint: all(part(touchpoint) for part in parts)
        return lambda touchpoint: any(part(touchpoint) for part in parts)
    if isinstance(node, Not):
        inner = _test(node.child, exponent)
        return lambda touchpoint: not inner(touchpoint)
    if isinstance(node, Truth):
        name = node.name
        return lambda touchpoint: number_of(touchpoint, name, exponent) not in (None, 0.0)
    assert isinstance(node, Compare)
    return _comparison(node, exponent)


def _comparison(node: Compare, exponent: int) -> Test:
    compare, name, right = COMPARE[node.operator], node.left.name, node.right
    if isinstance(right, Constant) and isinstance(right.value, str):
        wanted: float | str = right.value

        def is_text(touchpoint: Touchpoint) -> bool:
            text = text_of(touchpoint, name)
            return text is not None and bool(compare(text, wanted))

        return is_text
    if isinstance(right, Constant):
        wanted = float(right.value)

        def is_number(touchpoint: Touchpoint) -> bool:
            number = number_of(touchpoint, name, exponent)
            return number is not None and bool(compare(number, wanted))

        return is_number
    other = right.name

    def are_two(touchpoint: Touchpoint) -> bool:
        first, second = number_of(touchpoint, name, exponent), number_of(touchpoint, other, exponent)
        return first is not None and second is not None and bool(compare(first, second))

    return are_two


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
