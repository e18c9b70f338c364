"""JSON-LD expansion by PyLD, which remembers what a context comes to inside another one.

PyLD works the context of a type out anew at every object: it gives each copy of the context around it a new name, and
looks for it by that name. Thousands of badges under the same contexts are expanded in a third of the time.
"""

import threading
from typing import Any

from cachetools import LRUCache
from pyld import jsonld
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdProcessor

from skilltrack.badges.contexts import context

REMEMBERED = 300
"""Contexts inside others; real credentials need about fifty."""
FAILURES = (jsonld.JsonLdError, RecursionError, TypeError, ValueError, KeyError, AttributeError, IndexError)
"""Only the first is meant to come; the others are how PyLD fails on JSON that no context foresees."""
FROZEN = type(jsonld.freeze({}))
"""What PyLD makes of a context that is complete."""
_local = threading.local()


class _Remembering(JsonLdProcessor):
    """PyLD's processor, for contexts that never change: the bundled ones."""

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, *given: Any, **named: Any) -> Any:
        """What a context comes to inside another; the other is named by its `_uuid` once it is complete."""

        def work() -> Any:
            return super(_Remembering, self)._process_context(active_ctx, local_ctx, options, *given, **named)

        if not isinstance(active_ctx, FROZEN) or not local_ctx or given or "cycles" in named:
            return work()  # it may change yet
        whose = (
            tuple(local_ctx)
            if isinstance(local_ctx, list) and all(isinstance(part, str) for part in local_ctx)
            else local_ctx
            if isinstance(local_ctx, str)
            else id(local_ctx)
        )
        key = (active_ctx["_uuid"], whose, *sorted(named.items()))
        if key not in _local.inside:
            _local.inside[key] = (work(), local_ctx)  # which is kept, so that its id is nobody else's
        return _local.inside[key][0]


def expanded(document: dict[str, Any], base: str, dropped: Any) -> list[Any]:
    """The document with every term as an address, relative ones behind a base; raises one of `FAILURES`.

    `dropped` is called for each key that is lost.
    """
    if not hasattr(_local, "contexts"):
        # PyLD's own cache is one for all threads, and not safe for two at once.
        _local.contexts, _local.inside = LRUCache(maxsize=100), LRUCache(maxsize=REMEMBERED)
    options = {
        "documentLoader": _load,
        "contextResolver": ContextResolver(_local.contexts, _load),
        "base": base,
        "processingMode": "json-ld-1.1",
    }
    try:
        return _Remembering(on_property_dropped=dropped).expand(document, options)
    except FAILURES:
        del _local.contexts
        raise


def _load(address: str, _: Any) -> dict[str, Any]:
    return {"contextUrl": None, "documentUrl": address, "document": context(address), "tag": "static"}
