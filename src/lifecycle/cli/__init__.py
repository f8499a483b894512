"""The command line: `python -m lifecycle replay EVENTS --preset commerce`."""

from ._main import main

__all__ = ["main"]
