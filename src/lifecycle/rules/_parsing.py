"""From a text to the tree of a condition, once, or why not (S11)."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from lifecycle.errors import ConditionError

from ._language import All, Call, Compare, Condition, Constant, Either, Name, Node, Not, Truth

MAX_LENGTH = 1_000
MAX_DEPTH = 24

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def join(parts: Sequence[tuple[str | Callable[..., object], bool]]) -> Condition | None:
    """One condition out of several that must all be met.

    Args:
        parts: texts or Python functions, each with whether it must hold (True) or must not (False).

    Returns:
        None for no parts: no condition at all.

    Raises:
        ConditionError: a text is not of the language, or a function has parameters that cannot be named.
    """
    nodes, texts = [], []
    for part, wanted in parts:
        found = Condition(str(_call(part)), _call(part)) if callable(part) else parse(part)
        nodes.append(found.root if wanted else Not(found.root))
        text = f"({found.text})" if len(parts) > 1 or not wanted else found.text
        texts.append(text if wanted else f"not {text}")
    if not nodes:
        return None
    return Condition(" and ".join(texts), nodes[0] if len(nodes) == 1 else All(tuple(nodes)))


def _call(function: Callable[..., object]) -> Call:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.values()
    if inspect.iscoroutinefunction(function) or any(parameter.kind not in kinds for parameter in parameters):
        raise ConditionError(
            f"guard {function!r} must be a plain function whose parameters are names of facts, no *args or **kwargs"
        )
    return Call(function, tuple(parameter.name for parameter in parameters if parameter.name != "self"))


def parse(text: str) -> Condition:
    """The condition that a text means.

    Args:
        text: names, numbers, text constants, comparisons (chained too), `and`, `or`, `not`.

    Raises:
        ConditionError: anything else, with the text and the remedy; a text over 1,000
            characters or nested deeper than 24.
    """
    if not isinstance(text, str) or not text.strip():
        raise ConditionError(f"a condition is a text such as 'purchases >= 2', not {text!r}")
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"condition of {len(text)} characters; at most {MAX_LENGTH} are read: name parts as facts")
    return _parsed(text)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Condition:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(f"condition {text!r} cannot be read: {_reason(text, error)}") from None
    return Condition(text.strip(), _Reader(text).node(tree, 0))


def _reason(text: str, error: Exception) -> str:
    if "^" in text or "!" in text.replace("!=", ""):
        return "write 'and', 'or', 'not' instead of operator signs"
    if "=" in text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", ""):
        return "equality is written '=='"
    return getattr(error, "msg", None) or "it is nested too deeply"


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.source = text.strip()

    def refuse(self, why: str) -> ConditionError:
        return ConditionError(f"condition {self.text!r}: {why}")

    def node(self, tree: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.refuse(f"nested deeper than {MAX_DEPTH}; name parts as facts")
        if isinstance(tree, ast.BoolOp):
            children = tuple(self.node(value, depth + 1) for value in tree.values)
            return All(children) if isinstance(tree.op, ast.And) else Either(children)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return Not(self.node(tree.operand, depth + 1))
        if isinstance(tree, ast.Name):
            return Truth(self.name(tree))
        if isinstance(tree, ast.Compare):
            return self.chain(tree)
        raise self.refuse(_remedy(tree))

    def chain(self, tree: ast.Compare) -> Node:
        sides = [self.side(side) for side in (tree.left, *tree.comparators)]
        parts: list[Node] = []
        for left, operator, right in zip(sides, tree.ops, sides[1:], strict=False):
            sign = _OPERATORS.get(type(operator))
            if sign is None:
                raise self.refuse("only == != < <= > >= compare; 'in' and 'is' do not")
            parts.append(self.compare(left, sign, right))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def compare(self, left: Name | Constant, sign: str, right: Name | Constant) -> Compare:
        if isinstance(left, Name):
            return Compare(left, sign, right)
        if isinstance(right, Name):
            return Compare(right, _FLIPPED[sign], left)
        raise self.refuse(f"{left} {sign} {right} compares two constants; one side must be a fact")

    def side(self, tree: ast.expr) -> Name | Constant:
        if isinstance(tree, ast.Name):
            return Name(self.name(tree))
        sign, inner = 1, tree
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
            sign, inner = (-1 if isinstance(tree.op, ast.USub) else 1), tree.operand
        if isinstance(inner, ast.Constant):
            return Constant(self.constant(inner, sign, signed=inner is not tree))
        raise self.refuse(_remedy(tree))

    def constant(self, tree: ast.Constant, sign: int, *, signed: bool) -> Fraction | str:
        value = tree.value
        if isinstance(value, str) and not signed:
            if "!" in value or "^" in value or value == "v":
                raise self.refuse(
                    f"the text {value!r} holds an operator sign of python-statemachine ('!', '^', 'v'), "
                    "which would silently never match there; use another text"
                )
            return value
        if type(value) is int:
            number = Fraction(value)
        elif type(value) is float and value - value == 0.0:
            # The digits as written: the nearest float may lose the last of them.
            number = Fraction(Decimal(ast.get_source_segment(self.source, tree) or repr(value)))
        else:
            raise self.refuse(f"{value!r} is neither a finite number nor a text")
        if abs(number) >= 2**53:
            raise self.refuse(f"{value!r} is 2**53 or more, where numbers stop being exact")
        return sign * number

    def name(self, tree: ast.Name) -> str:
        if tree.id == "v":
            raise self.refuse("the bare name 'v' means 'or' to python-statemachine; rename the fact")
        return tree.id


def _remedy(tree: ast.expr) -> str:
    if isinstance(tree, ast.BinOp):
        sign = (
            "'^' and '|' are not read" if isinstance(tree.op, (ast.BitXor, ast.BitOr, ast.BitAnd)) else "no arithmetic"
        )
        return f"{sign}; arithmetic lives in facts (Ratio, Difference), logic is written 'and', 'or', 'not'"
    if isinstance(tree, ast.Call):
        return "no calls; declare a fact and compare it"
    if isinstance(tree, ast.Attribute):
        return "no dots; declare a fact with a plain name"
    if isinstance(tree, ast.Constant):
        return f"a lone {tree.value!r} says nothing; compare a fact with it"
    return f"{type(tree).__name__} is not of the language: names, numbers, texts, comparisons, and, or, not"
