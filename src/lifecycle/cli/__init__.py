"""The command line: `python -m lifecycle replay EVENTS --preset commerce`, `signs`, `picture`."""

from ._main import main

__all__ = ["main"]
