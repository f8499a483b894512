"""What stands against a chart, collected so that all of it is said at once."""

from __future__ import annotations

from lifecycle.errors import DefinitionError, NotCompilable


class Problems:
    """Sentences with place, reason and remedy, each once."""

    def __init__(self) -> None:
        self._found: dict[str, bool] = {}
        self.noted = 0

    def refuse(self, place: str, reason: str) -> None:
        """Notes a construct that has no table form."""
        self._note(f"{place}: {reason}", is_refusal=True)

    def mend(self, place: str, reason: str) -> None:
        """Notes a mistake."""
        self._note(f"{place}: {reason}", is_refusal=False)

    def _note(self, sentence: str, *, is_refusal: bool) -> None:
        self._found.setdefault(sentence, is_refusal)
        self.noted += 1

    def raise_any(self) -> None:
        """Nothing, when there are none.

        Raises:
            NotCompilable: at least one construct has no table form; all problems are told.
            DefinitionError: mistakes only; all are told.
        """
        if self._found:
            raise (NotCompilable if any(self._found.values()) else DefinitionError)(tuple(self._found))
