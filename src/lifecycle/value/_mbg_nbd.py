"""The MBG/NBD model of a customer base without contracts."""

from __future__ import annotations

from typing import ClassVar

import attrs

from ._geometric_dropout import GeometricDropout


@attrs.frozen
class MbgNbd(GeometricDropout):
    """Buyers at random who may leave after each purchase, the very first one too.

    So whoever bought once and never came back is there with a chance below 1 that falls with time, other than in
    the `BgNbd`.

    Source:
        Batislam, Denizel and Filiztekin (2007), Empirical validation and comparison of models for customer base
        analysis, International Journal of Research in Marketing 24; Wagner and Hoppe (2008), Marketing Science 27.
    """

    _chances: ClassVar[int] = 1
