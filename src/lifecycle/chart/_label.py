"""Texts as Mermaid takes them, for all pictures."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = ((">=", "≥"), ("<=", "≤"), ("!=", "≠"), ("==", "="))
_CODES: Final = str.maketrans({"#": "#35;", ";": "#59;", '"': "#quot;", "`": "#96;"})
_TAG: Final = re.compile(r"<(?=[A-Za-z/!])")


def mermaid_label(text: str) -> str:
    """A text as a label of a Mermaid picture: one line, no sign that would end it or be read as markup."""
    line = " ".join(text.splitlines())
    line = "".join(sign if sign.isprintable() else "�" for sign in line)
    line = _TAG.sub("#lt;", line.translate(_CODES))
    for sign, shown in _SIGNS:
        line = line.replace(sign, shown)
    return line
