"""Stock lifecycles, only data: saas (contracts), commerce (purchases), service (bookings and seasons)."""

from ._commerce import commerce
from ._commerce_playbooks import commerce_playbooks
from ._commerce_signs import CommerceSigns
from ._policies import stock_policies
from ._saas import saas
from ._saas_facts import SaasSigns
from ._saas_playbooks import saas_playbooks
from ._service import service
from ._service_playbooks import service_playbooks
from ._service_signs import ServiceSigns

__all__ = [
    "CommerceSigns",
    "SaasSigns",
    "ServiceSigns",
    "commerce",
    "commerce_playbooks",
    "saas",
    "saas_playbooks",
    "service",
    "service_playbooks",
    "stock_policies",
]
