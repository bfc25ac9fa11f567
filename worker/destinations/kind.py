"""What every destination kind is: a name, its options, and for remote ones a conversation without a socket."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core.core_schema import ValidationInfo

from worker.model.delivery import Answer, Parcel
from worker.model.fetch import Outcome, Request

_SECRET = {"secret": True}

Secret = Annotated[str, Field(json_schema_extra=_SECRET)]
"""An option that holds a reference to a secret, ``env:NAME`` or ``file:PATH``; a literal is refused."""

OptionalSecret = Annotated[str | None, Field(json_schema_extra=_SECRET)]
"""One that may be absent. ``Secret | None`` would lose the mark, which is the field's, not a part's of its type."""

Secrets = Annotated[tuple[str, ...], Field(json_schema_extra=_SECRET)]
"""Several of them."""


class Options(BaseModel):
    """Base of every kind's options. An unknown option is refused; a secret must be a reference.

    ``images`` says what becomes of pictures and attached files where a grant covers them: they are left out, point to
    where the publisher has them, or to copies that our own web face serves.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    images: Literal["drop", "link", "host"] = "link"

    @field_validator("*")
    @classmethod
    def _refuse_literal_secrets(cls, value: object, info: ValidationInfo) -> object:
        if info.field_name in secret_fields(cls):
            for reference in references_in(value):
                if not is_reference(reference):
                    raise ValueError("write a secret as env:NAME or file:PATH, never as the value itself")
        return value


def secret_fields(options: type[BaseModel]) -> frozenset[str]:
    """Names of the options that hold references to secrets."""
    return frozenset(name for name, field in options.model_fields.items() if field.json_schema_extra == _SECRET)


def is_reference(text: str) -> bool:
    scheme, colon, rest = text.partition(":")
    return bool(colon and rest.strip()) and scheme in {"env", "file"}


def references_in(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def secret_references(options: BaseModel) -> tuple[str, ...]:
    """Every ``env:`` and ``file:`` reference in these options, in the order of their fields."""
    secret = secret_fields(type(options))
    return tuple(
        reference
        for name in type(options).model_fields
        if name in secret
        for reference in references_in(getattr(options, name))
    )


@runtime_checkable
class Kind(Protocol):
    """A kind of destination. For a ``local`` one, sending is an upsert into the shelf, which the pipeline does."""

    @property
    def name(self) -> str: ...

    @property
    def local(self) -> bool: ...

    @property
    def options(self) -> type[Options]: ...


@runtime_checkable
class RemoteKind(Kind, Protocol):
    def send(self, parcel: Parcel) -> Generator[Request, Outcome, Answer]:
        """Yield each HTTP exchange to make, be sent its outcome, return the answer.

        No network here: the caller runs the exchanges, may set ``tag`` as it likes, and closes the generator when it
        has to stop. Never raises for what a partner does.
        """
        ...
