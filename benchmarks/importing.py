"""What `import lifecycle` costs in a fresh interpreter, against the import of what it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from .measure import Row

_TIMED = "from time import perf_counter as now; begin = now(); {}; print((now() - begin) * 1000)"


def rows(n_rounds: int) -> Iterator[Row]:
    """Milliseconds, in turns; the interpreter's own start is not counted."""
    asked = ("import lifecycle", "from lifecycle import TouchpointLog, presets, replay")
    needed = "import numpy, attrs, statemachine"
    taken: dict[str, list[float]] = {text: [] for text in (*asked, needed)}
    for number in range(n_rounds + 1):
        for text, figures in taken.items():
            figure = milliseconds(text)
            if number:
                figures.append(figure)
    # Rooms load when a name of theirs is first asked for; the second line shows what that puts off.
    yield Row(asked[0], needed, taken[asked[0]], taken[needed], "ms", 1.3)
    yield Row(asked[1], needed, taken[asked[1]], taken[needed], "ms")


def milliseconds(statement: str) -> float:
    """How long an import takes in an interpreter of its own."""
    ran = subprocess.run([sys.executable, "-c", _TIMED.format(statement)], capture_output=True, text=True, check=True)
    return float(ran.stdout)
