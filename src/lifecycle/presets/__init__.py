"""Stock lifecycles, only data: saas (contracts), commerce (purchases), service (bookings and seasons)."""

from ._commerce import commerce
from ._saas import saas
from ._service import service

__all__ = ["commerce", "saas", "service"]
