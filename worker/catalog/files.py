"""From newsroad.toml and what it includes to declared entries: merged over files and defaults, each with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

from worker.catalog.lines import Place, locate
from worker.catalog.shape import SHAPES, SINGLE
from worker.catalog.values import KEY, KEY_RULE, meant

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_BARE = re.compile(r"=\s*([^\W\d]\w*)")  # a word where a value should be
_TYPED_WIDE = {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "＂": '"',
    "＝": "=",
    "，": ",",
    "【": "[",
    "】": "]",
    "［": "[",
    "］": "]",
}
_SINGULAR = {table: table.removesuffix("s") for table in SHAPES}
_MAIN_ONLY = ("include", "defaults")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the file. ``str`` gives the line people read."""

    file: str
    line: int
    place: str
    problem: str

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{self.file}:{self.line}: {where}{self.problem}"


@dataclass(frozen=True, slots=True)
class TomlFile:
    """One file as read. ``name`` is how messages call it."""

    name: str
    path: Path
    values: dict[str, object]
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of ``place``, or of the nearest thing around it that the file has."""
        for end in range(len(place), 0, -1):
            if (line := self.lines.get(place[:end])) is not None:
                return line
        return 1

    def finding(self, place: Place, problem: str) -> Finding:
        label = ".".join(part for part in place if isinstance(part, str))
        return Finding(self.name, self.line(place), label, problem)


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of one table. ``values`` are its own over its table's defaults."""

    table: str
    key: str
    values: Mapping[str, object]
    file: TomlFile
    own: Mapping[str, object]
    defaults_file: TomlFile
    defaults: tuple[tuple[Place, Mapping[str, object]], ...] = ()

    def finding(self, loc: Place, problem: str) -> Finding:
        """A finding at ``loc`` inside the entry, placed in the defaults when the value comes from there."""
        if not _holds(self.own, loc):
            for place, values in self.defaults:
                if _holds(values, loc):
                    return self.defaults_file.finding((*place, *loc), problem)
        return self.file.finding((self.table, self.key, *loc), problem)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the files hold. ``complete`` is false when a file could not be read: references prove nothing then."""

    declared: dict[str, dict[str, Declared]]
    single: dict[str, tuple[TomlFile, Mapping[str, object]]]
    main: TomlFile | None
    findings: list[Finding] = field(default_factory=list)
    complete: bool = True


def _holds(values: object, loc: Place) -> bool:
    for part in loc:
        match values, part:
            case dict(), str() if part in values:
                values = values[part]
            case list(), int() if part < len(values):
                values = values[part]
            case _:
                return False
    return True


def read_files(path: Path, edited: Mapping[Path, str]) -> Reading:
    """Read ``path`` and what it includes. ``edited`` (resolved path → text) stands for files not yet written."""
    findings: list[Finding] = []
    main = _read(path, edited, findings)
    if main is None:
        return Reading({}, {}, None, findings, complete=False)
    files = [main]
    complete = True
    for included in _included(main, edited, findings):
        file = _read(included, edited, findings)
        complete = complete and file is not None
        files += [file] if file else []
    return _collect(files, findings, complete)


def _read(path: Path, edited: Mapping[Path, str], findings: list[Finding]) -> TomlFile | None:
    text = edited.get(path.resolve())
    try:
        text = path.read_text(encoding="utf-8-sig") if text is None else text
        return TomlFile(str(path), path, tomllib.loads(text), locate(text))
    except FileNotFoundError:
        findings.append(Finding(str(path), 1, "", "there is no such file (`newsroad init` writes one to start from)"))
    except OSError as error:
        findings.append(Finding(str(path), 1, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        findings.append(Finding(str(path), line, "", "is not UTF-8 text (save the file as UTF-8)"))
    except tomllib.TOMLDecodeError as error:
        findings.append(_syntax_finding(str(path), text or "", str(error)))
    return None


def _syntax_finding(name: str, text: str, message: str) -> Finding:
    """``tomllib`` puts the line into its message."""
    position = _POSITION.search(message)
    line = int(position[1]) if position and position[1] else text.rstrip().count("\n") + 1
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    return Finding(name, line, "", f"is not TOML: {_POSITION.sub('', message)}{_syntax_advice(written, message)}")


def _syntax_advice(written: str, message: str) -> str:
    """What to do about the commonest slips, which ``tomllib`` names in words of its own. Empty for others."""
    bare = _TEXTS.sub("", written).partition("#")[0]
    if wrong := next((sign for sign in bare if sign in _TYPED_WIDE), None):
        return (
            f" (write {_TYPED_WIDE[wrong]} for {wrong}: signs around keys and texts are those of an English keyboard)"
        )
    if bare.lstrip().startswith("[") and not bare.isascii():
        return f" (a key is of {KEY_RULE}; what people read goes into name or title)"
    if "'\\n'" in message:
        return ' (a text ends on the line it begins on: is its closing " missing?)'
    if "twice" in message or "overwrite" in message:
        return " (it stands in the file already: put both together, or give one another name)"
    if word := _BARE.search(bare):
        switch = word[1].lower() in ("yes", "no", "on", "off", "true", "false")
        return " (write true or false)" if switch else ' (put texts into quotation marks: key = "text")'
    return ""


def _included(main: TomlFile, edited: Mapping[Path, str], findings: list[Finding]) -> list[Path]:
    patterns = main.values.get("include", [])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        findings.append(main.finding(("include",), 'must be a list of file names, like ["sources/*.toml"]'))
        return []
    folder = main.path.parent
    found: dict[Path, Path] = {}
    for position, pattern in enumerate(patterns):
        whole = folder / pattern
        hits = [Path(hit) for hit in sorted(glob(str(whole), recursive=True))]  # noqa: PTH207  (patterns may be absolute)
        hits += [path for path in edited if path.match(str(folder.resolve() / pattern))]
        if not hits and not any(mark in pattern for mark in "*?["):
            findings.append(main.finding(("include", position), f'there is no file "{whole}"'))
        for hit in hits:
            if hit.resolve() != main.path.resolve():
                found.setdefault(hit.resolve(), hit)
    return list(found.values())


def _collect(files: list[TomlFile], findings: list[Finding], complete: bool) -> Reading:
    main = files[0]
    declared: dict[str, dict[str, Declared]] = {table: {} for table in SHAPES}
    single: dict[str, tuple[TomlFile, Mapping[str, object]]] = {}
    defaults = _defaults(main, findings)
    for file in files:
        for name, value in file.values.items():
            if name in _MAIN_ONLY:
                if file is not main:
                    findings.append(file.finding((name,), f"belongs in {main.name}, not in a file that it includes"))
            elif not isinstance(value, dict):
                findings.append(file.finding((name,), _unknown_table(name)))
            elif name in SINGLE and name in single:
                first = f"{single[name][0].name}:{single[name][0].line((name,))}"
                findings.append(file.finding((name,), f"is declared twice (first in {first})"))
            elif name in SINGLE:
                single[name] = (file, value)
            elif name in SHAPES:
                _collect_table(name, value, file, main, defaults.get(name, {}), declared[name], findings)
            else:
                findings.append(file.finding((name,), _unknown_table(name)))
    return Reading(declared, single, main, findings, complete)


def _unknown_table(name: str) -> str:
    tables = [*SINGLE, *SHAPES, *_MAIN_ONLY]
    if name in tables:
        return f"must be a table: [{name}.KEY]" if name in SHAPES else "must be a table"
    return f"unknown table ({meant(name, tables)}allowed: {', '.join(tables)})"


def _defaults(main: TomlFile, findings: list[Finding]) -> dict[str, Mapping[str, object]]:
    """``[defaults.source]`` and its like, by the table they serve."""
    given = main.values.get("defaults", {})
    if not isinstance(given, dict):
        findings.append(main.finding(("defaults",), "must hold tables: [defaults.source] and its like"))
        return {}
    found: dict[str, Mapping[str, object]] = {}
    for name, values in given.items():
        table = next((table for table, singular in _SINGULAR.items() if singular == name), None)
        if table is None:
            hint = meant(name, _SINGULAR.values())
            problem = f"there are no defaults for {name!r} ({hint}allowed: {', '.join(_SINGULAR.values())})"
            findings.append(main.finding(("defaults", name), problem))
        elif not isinstance(values, dict):
            findings.append(main.finding(("defaults", name), f"must be a table: [defaults.{name}]"))
        elif "was" in values:
            findings.append(main.finding(("defaults", name, "was"), "cannot be a default: it names one entry"))
        else:
            found[table] = values
    return found


def _collect_table(
    table: str,
    entries: Mapping[str, object],
    file: TomlFile,
    main: TomlFile,
    defaults: Mapping[str, object],
    into: dict[str, Declared],
    findings: list[Finding],
) -> None:
    for key, own in entries.items():
        if not isinstance(own, dict):
            findings.append(
                file.finding((table, key), f"must be a table: [{table}.{key if KEY.fullmatch(key) else 'KEY'}]")
            )
        elif not KEY.fullmatch(key):
            findings.append(file.finding((table, key), f"{key!r} cannot be a key ({KEY_RULE})"))
        elif key in into:
            first = into[key].file
            where = f"{first.name}:{first.line((table, key))}"
            findings.append(file.finding((table, key), f"is declared twice (first in {where})"))
        else:
            layers = _layers(table, own, defaults)
            merged: Mapping[str, object] = {}
            for _, layer in reversed(layers):
                merged = _merged(merged, layer)
            into[key] = Declared(table, key, _merged(merged, own), file, own, main, layers)


def _layers(
    table: str, own: Mapping[str, object], defaults: Mapping[str, object]
) -> tuple[tuple[Place, Mapping[str, object]], ...]:
    """The defaults that stand behind one entry, nearest first. Sub-tables of ``[defaults.destination]`` are for
    destinations of that kind only."""
    place: Place = ("defaults", _SINGULAR[table])
    if table != "destinations":
        return ((place, defaults),)
    plain = {name: value for name, value in defaults.items() if not isinstance(value, dict)}
    kind = own.get("kind", plain.get("kind"))
    special = defaults.get(kind) if isinstance(kind, str) else None
    layers = [(place, plain)]
    if isinstance(kind, str) and isinstance(special, dict):
        layers.insert(0, ((*place, kind), special))
    return tuple(layers)


def _merged(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged
