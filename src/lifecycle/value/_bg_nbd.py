"""The BG/NBD model of a customer base without contracts."""

from __future__ import annotations

import attrs

from ._geometric_dropout import GeometricDropout


@attrs.frozen
class BgNbd(GeometricDropout):
    """Buyers at random who may leave after each repeat purchase: a customer without one is there for certain.

    That is its known weakness: whoever bought once and never came back counts as there. Where this matters, take
    `MbgNbd`.

    Source:
        Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24.

    >>> model = BgNbd(0.243, 4.414, 0.793, 2.426, "week")
    >>> round(float(model.conditional_purchases(2, 30.43, 38.86, 39)), 3)
    1.226
    """
