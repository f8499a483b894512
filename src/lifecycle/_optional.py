"""Optional packages, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from lifecycle.errors import MissingExtra


def require(module: str, *, extra: str) -> ModuleType:
    """The imported module.

    Raises:
        MissingExtra: the module is not installed; the message holds the install line.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"this needs {module.partition('.')[0]}, which is not installed: pip install 'customer-lifecycle[{extra}]'"
        ) from error
