"""What pydantic found, in the words of the file's author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from worker.catalog.lines import Place
from worker.catalog.values import meant, shown

_WANTED = {
    "string_type": "must be a text in quotes",
    "tuple_type": 'must be a list, like ["one", "two"]',
    "list_type": 'must be a list, like ["one", "two"]',
    "set_type": 'must be a list, like ["one", "two"]',
    "frozen_set_type": 'must be a list, like ["one", "two"]',
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
}


def problems(
    model: type[BaseModel], values: Mapping[str, object], beside: Iterable[str] = ()
) -> Iterator[tuple[Place, str]]:
    """What keeps ``values`` from being a ``model``: where inside it, and what is wrong. ``beside`` are keys that
    belong to the same table of the file without being the model's."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        for found in error.errors():
            loc = found["loc"]
            yield loc, _sentence(model, found, beside)


def _sentence(model: type[BaseModel], found: Any, beside: Iterable[str]) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind == "extra_forbidden":
        *outer, name = found["loc"]
        around = model_at(model, tuple(outer))
        return unknown_key(str(name), [*names(around), *(() if outer else beside)] if around else [])
    if kind == "missing":
        return "is missing (it must be given)"
    if kind in {"enum", "literal_error"}:
        return _not_allowed(found["input"], context["expected"])
    if kind == "value_error":
        return str(context["error"])
    if kind in _WANTED:
        secret = is_secret(_field(model, found["loc"]))
        return _WANTED[kind] if secret else f"{_WANTED[kind]}, not {shown(found['input'])}"
    return _limit(kind, context) or str(found["msg"]).replace("Input should", "must")


def _limit(kind: str, context: Mapping[str, Any]) -> str | None:
    limits = {
        "greater_than_equal": "must be at least {ge}",
        "greater_than": "must be more than {gt}",
        "less_than_equal": "must be at most {le}",
        "less_than": "must be less than {lt}",
        "string_too_short": "must not be empty"
        if context.get("min_length") == 1
        else "must have {min_length} characters",
        "too_short": "must not be empty" if context.get("min_length") == 1 else "must name at least {min_length}",
    }
    return limits[kind].format(**context) if kind in limits else None


def _not_allowed(value: object, expected: str) -> str:
    allowed = expected.replace("'", '"').replace(" or ", ", ")
    hint = meant(str(value), [word.strip('" ') for word in allowed.split(",")])
    return f"{shown(value)} is not allowed here ({hint}allowed: {allowed})"


def unknown_key(name: str, allowed: list[str]) -> str:
    hint = meant(name, allowed)
    return f"unknown key ({hint}allowed: {', '.join(sorted(allowed))})"


def names(model: type[BaseModel]) -> list[str]:
    """The keys that ``model`` reads."""
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(model: type[BaseModel], loc: Place) -> type[BaseModel] | None:
    """The model of the sub-table at ``loc``, as far as annotations tell."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = _fields(model).get(part)
        inner = _inner(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


def _field(model: type[BaseModel], loc: Place) -> FieldInfo | None:
    words = [part for part in loc if isinstance(part, str)]
    around = model_at(model, tuple(words[:-1])) if words else None
    return _fields(around).get(words[-1]) if around else None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner(part))), None)


def is_secret(field: FieldInfo | None) -> bool:
    """Whether an option's field was declared with ``json_schema_extra={"secret": True}``."""
    return (
        field is not None and isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("secret"))
    )


def secret_fields(model: type[BaseModel]) -> list[str]:
    return [name for name, field in _fields(model).items() if is_secret(field)]
