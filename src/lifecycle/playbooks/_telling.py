"""Foreign errors and texts: looked into, and made fit to be kept and shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LONGEST: Final = 500
"""So many characters of a foreign text are kept."""


def as_line(text: str) -> str:
    """A text in one printable line of at most 500 characters."""
    line = " ".join(text[: 4 * LONGEST].split())
    shown = "".join(sign if sign.isprintable() else "�" for sign in line)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def name_of(error: BaseException) -> str:
    """The name of an error's type, with its module unless it is one of Python's own."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def text_of(error: BaseException) -> str:
    """What an error says: its type and its text."""
    try:
        said = str(error)
    except Exception:  # foreign code: the error of showing an error must not hide it
        said = "its text cannot be shown"
    return as_line(f"{name_of(error)}: {said}" if said else name_of(error))


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error, what caused it, and the members of groups; each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        # Also what was cut off by `from None`: that is done for readers, and says nothing about what happened.
        waiting += [before for before in (one.__context__, one.__cause__) if before is not None]
