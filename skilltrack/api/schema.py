"""The JSON Schema of a dataclass, as its fields are annotated, so that a description cannot lag behind the code."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from skilltrack.language import Sentence

PLAIN = {str: "string", Sentence: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def schema_of(annotation: Any) -> dict[str, Any]:
    """The schema of what `dataclasses.asdict` gives for a value of this type.

    Raises `TypeError` for a type that no answer of the API has had so far.
    """
    if annotation in PLAIN:
        return {"type": PLAIN[annotation]}
    if is_dataclass(annotation):
        hints = get_type_hints(annotation)
        properties = {field.name: schema_of(hints[field.name]) for field in fields(annotation)}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is UnionType and all(each in PLAIN for each in arguments):
        return {"type": [PLAIN[each] for each in arguments]}
    if origin is UnionType:
        return {"anyOf": [schema_of(each) for each in arguments]}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if origin in (list, tuple):
        return {"type": "array", "items": schema_of(arguments[0])}
    raise TypeError(f"{annotation} has no schema yet. Add it to schema_of.")
