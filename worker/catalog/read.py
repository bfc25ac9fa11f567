"""newsroad.toml → Catalogue, or every finding at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from worker.catalog import check, checkrules, checktimes
from worker.catalog.checkalerts import check_alerts
from worker.catalog.files import Declared, Finding, Reading, read_files
from worker.catalog.say import names, problems, secret_fields, unknown_key
from worker.catalog.shape import SHAPES, SINGLE, DestinationShape, GrantShape, PeriodShape, Shape
from worker.catalog.values import Zone, is_reference, meant
from worker.catalog.wordlists import check_words, words_of
from worker.errors import CatalogueError
from worker.model.catalog import Catalogue, Destination, Grant, Operator, Period

Kinds = Mapping[str, type[BaseModel]]

_COMMON = tuple(DestinationShape.model_fields)
_PLAIN: dict[str, type[Shape]] = {
    table: shape for table, shape in SHAPES.items() if issubclass(shape, Shape) and shape is not GrantShape
}
_ZONE = TypeAdapter[str](Zone)
_DEFAULT_ZONE = Operator(name="", contact="").zone


def read_catalogue(path: Path, kinds: Kinds, *, edited: Mapping[Path, str] | None = None) -> Catalogue:
    """Read and check the whole catalogue.

    ``kinds`` maps each destination kind to its options model. ``edited`` gives texts that stand for files not yet
    written. Raises CatalogueError with all findings, in the order of the files.
    """
    given = {file.resolve(): text for file, text in (edited or {}).items()}
    reading = read_files(path, given)
    findings = [*reading.findings, *_shape_findings(reading, kinds)]
    if reading.complete:
        findings += _cross_findings(reading)
    if findings:
        raise CatalogueError(_in_order(findings))
    return _build(reading, kinds)


def _in_order(findings: list[Finding]) -> list[str]:
    files = list(dict.fromkeys(finding.file for finding in findings))
    ordered = sorted(findings, key=lambda finding: (files.index(finding.file), finding.line))
    return list(dict.fromkeys(str(finding) for finding in ordered))


def _shape_findings(reading: Reading, kinds: Kinds) -> Iterator[Finding]:
    if reading.main is None:
        return
    if "operator" not in reading.single:
        yield reading.main.finding(("operator",), "is missing (who runs this installation: name and contact)")
    for name, (file, values) in reading.single.items():
        for loc, problem in problems(SINGLE[name], values):
            yield file.finding((name, *loc), problem)
    for table, entries in reading.declared.items():
        for entry in entries.values():
            if table == "destinations":
                yield from _destination_findings(entry, kinds)
            else:
                yield from (entry.finding(loc, problem) for loc, problem in problems(SHAPES[table], entry.values))


def _destination_findings(entry: Declared, kinds: Kinds) -> Iterator[Finding]:
    yield from (entry.finding(loc, problem) for loc, problem in problems(DestinationShape, entry.values))
    kind = entry.values.get("kind")
    if not isinstance(kind, str):
        return
    model = kinds.get(kind)
    if model is None:
        hint = meant(kind, kinds)
        yield entry.finding(("kind",), f'there is no kind "{kind}" ({hint}allowed: {", ".join(kinds)})')
        return
    options = _options(entry)
    known = [*names(model), *_COMMON]
    unknown = [name for name in options if name not in known]
    yield from (entry.finding((name,), f"{unknown_key(name, known)}, for kind {kind}") for name in unknown)
    rest = {name: value for name, value in options.items() if name not in unknown}
    literal = _literal_secrets(entry, model)
    for loc, problem in problems(model, rest, _COMMON):
        if not loc or loc[0] not in literal:
            yield entry.finding(loc, problem)
    for name in literal:
        allowed = f'write "env:{_variable(entry, name)}" or "file:PATH"'
        yield entry.finding((name,), f"must be a reference, never the secret itself ({allowed})")


def _options(entry: Declared) -> dict[str, object]:
    return {name: value for name, value in entry.values.items() if name not in _COMMON}


def _literal_secrets(entry: Declared, model: type[BaseModel]) -> list[str]:
    """The options that hold a secret itself."""
    found = []
    for name in secret_fields(model):
        value = entry.values.get(name)
        written = value if isinstance(value, list) else [value]
        if any(isinstance(secret, str) and not is_reference(secret) for secret in written):
            found.append(name)
    return found


def _variable(entry: Declared, name: str) -> str:
    return f"{entry.key}_{name}".upper().replace("-", "_")


def _cross_findings(reading: Reading) -> Iterator[Finding]:
    tables = reading.declared
    yield from check.check_references(tables)
    yield from check.check_cycles(tables)
    yield from check.check_addresses(tables)
    yield from check.check_kinds(tables)
    yield from check.check_spans(tables, _zone(reading))
    yield from checktimes.check_calendars(tables)
    yield from checktimes.check_schedules(tables)
    yield from checkrules.check_periods(tables, _zone(reading))
    yield from checkrules.check_columns(tables)
    yield from check_words(tables)
    yield from check_alerts(reading)
    yield from check.check_renames(tables)


def _zone(reading: Reading) -> str:
    """The operator's zone if that can be had, for comparing what is written without an offset."""
    written = reading.single["operator"][1].get("zone") if "operator" in reading.single else None
    try:
        return _ZONE.validate_python(written)
    except ValidationError:
        return _DEFAULT_ZONE


def _build(reading: Reading, kinds: Kinds) -> Catalogue:
    single: dict[str, Any] = {
        name: SINGLE[name].model_validate(values).build() for name, (_, values) in reading.single.items()
    }
    operator = single["operator"]
    tables = {table: tuple(entries.values()) for table, entries in reading.declared.items()}
    built: dict[str, Any] = {
        table: tuple(_build_plain(entry) for entry in tables[table]) for table in tables if table in _PLAIN
    }
    return Catalogue(
        **single,
        grants=tuple(_build_grant(entry, operator.zone) for entry in tables["grants"]),
        destinations=tuple(_build_destination(entry, kinds) for entry in tables["destinations"]),
        periods=tuple(_build_period(entry, operator.zone) for entry in tables["periods"]),
        renames={
            (entry.table, entry.key): str(entry.values["was"])
            for entries in tables.values()
            for entry in entries
            if "was" in entry.values
        },
        **built,
    )


def _build_plain(entry: Declared) -> Any:
    built = _PLAIN[entry.table].model_validate(_read_by(entry)).build(key=entry.key)
    return replace(built, words=words_of(entry)) if entry.table == "guards" else built


def _read_by(entry: Declared) -> Mapping[str, object]:
    """What an entry's kind reads of its values. Required fields in the defaults are for articles read from pages."""
    plain_feed = entry.table == "sources" and entry.values.get("kind") == "feed" and entry.values.get("body") != "page"
    if not plain_feed or "required" in entry.own:
        return entry.values
    return {name: value for name, value in entry.values.items() if name != "required"}


def _build_grant(entry: Declared, zone: str) -> Grant:
    return GrantShape.model_validate(entry.values).build_in(zone, key=entry.key)


def _build_period(entry: Declared, zone: str) -> Period:
    return PeriodShape.model_validate(entry.values).build_in(zone, key=entry.key)


def _build_destination(entry: Declared, kinds: Kinds) -> Destination:
    shape = DestinationShape.model_validate(entry.values)
    options = kinds[shape.kind].model_validate(_options(entry))
    return Destination(
        key=entry.key,
        options=options.model_dump(mode="json", exclude_unset=True, by_alias=True),
        **shape.common(),
    )
