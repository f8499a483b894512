"""Stock lifecycles, only data: saas (contracts), commerce (purchases), service (bookings and seasons)."""

from ._commerce import commerce
from ._commerce_signs import CommerceSigns
from ._saas import saas
from ._saas_facts import SaasSigns
from ._service import service
from ._service_signs import ServiceSigns

__all__ = ["CommerceSigns", "SaasSigns", "ServiceSigns", "commerce", "saas", "service"]
