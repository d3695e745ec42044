"""Going along a key path: what stands under each key of a model, a map or a list."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def children(node: Any) -> dict[str, Any]:
    """What stands under a node, by its key in a scenario file; a list's keys are its places 0, 1, 2."""
    if isinstance(node, BaseModel):
        return {field.alias or name: getattr(node, name) for name, field in type(node).model_fields.items()}
    if isinstance(node, dict):
        return {str(key): part for key, part in node.items()}
    if isinstance(node, (list, tuple)):
        return {str(place): part for place, part in enumerate(node)}
    return {}
