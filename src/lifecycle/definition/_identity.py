"""The identity of a definition: its canonical form and digest (S16)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import FunctionType
from typing import Any

import attrs

from lifecycle.chart import Chart
from lifecycle.errors import DefinitionError


def canonical(definition: Any, chart: Chart) -> dict[str, Any]:
    """Everything that decides where a customer stands and how it goes, in JSON values."""
    signs = {
        name: _plain(getattr(definition, name))
        for name in ("signals", "segments", "health", "blueprints", "loyalty", "playbooks")
        if getattr(definition, name)
    }
    policies = [{**_plain(policy), "name": policy.name} for policy in definition.policies]
    return {
        **signs,
        **({"policies": policies} if policies else {}),
        "format": 1,
        "name": definition.name,
        "version": definition.version,
        "zone": definition.zone,
        "currency": definition.currency,
        "events": {event: sorted(kinds) for event, kinds in sorted(definition.events.items())},
        "passive": sorted(definition.passive),
        "facts": {name: _plain(fact) for name, fact in definition.facts.items()},
        "timers": [_plain(timer) for timer in definition.timers],
        "stages": [_plain(stage) for stage in chart.stages],
        "inside": {
            stage.id: [chart.nodes[n] for n in path] for stage, path in zip(chart.stages, chart.paths, strict=True)
        },
        "initial": chart.stages[chart.initial].id,
        "routes": [
            {
                "stage": chart.stages[leaf].id,
                "event": event,
                "source": route.source,
                "target": chart.stages[route.target].id,
                "if": None if route.condition is None else route.condition.condition.text,
                "touch": route.is_touch,
            }
            for (leaf, event), routes in chart.routes.items()
            for route in routes
        ],
    }


def digest_of(form: dict[str, Any]) -> str:
    """SHA-256 of the form as JSON with sorted keys."""
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value)) if field.init}
        return {"is": type(value).__name__, **fields}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, FunctionType | type):
        return f"{value.__module__}.{value.__qualname__}"
    return _plain_object(value)


def _plain_object(value: object) -> Any:
    """An object by its class and what it holds, which must be the same in every process."""
    known = getattr(value, "__dict__", None)
    if known is None:
        raise DefinitionError(
            f"{value!r} has no identity that lasts: make {type(value).__name__} an attrs class or a dataclass, so that "
            "the definition has the same digest in every process"
        )
    return {
        "is": f"{type(value).__module__}.{type(value).__qualname__}",
        **{name: _plain(known[name]) for name in known},
    }
