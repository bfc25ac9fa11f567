"""Editing newsroad.toml as its author would: new entries beside their like, every other byte as it was."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from worker.catalog.discover import Found
from worker.catalog.lines import sections
from worker.catalog.values import LANGUAGE
from worker.errors import Refused
from worker.identity.urls import host_of, registrable_domain
from worker.model.catalog import Catalogue, SourceKind
from worker.rights.publishers import Publishers

_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # TOML knows no other line ends, str.splitlines does
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_TITLE_BREAK = re.compile(r"\s*[_|｜—–]+\s*|\s+[-·]\s+|(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])")
_NO_NAME = frozenset({"首页", "首頁", "主页", "官网", "官方网站", "新闻", "新聞", "home", "homepage", "news"})


def add_entry(text: str, table: str, key: str, values: Mapping[str, object]) -> str:
    """``text`` with ``[table.key]`` added: behind the last entry of that table, else at the end.

    Comments keep their place; a comment that directly follows an entry's last line is taken as part of the entry.
    """
    return add_entries(text, table, {key: values})


def add_entries(text: str, table: str, entries: Mapping[str, Mapping[str, object]]) -> str:
    """As ``add_entry``, several at once and in order: the text is only read through once."""
    if not entries:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = _LINE.findall(text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    at = _end_of(table, text, lines)
    block = [line for key, values in entries.items() for line in ("", *_block(table, key, values))][1:]
    before = [""] if at and lines[at - 1].strip() else []
    after = [""] if at < len(lines) and lines[at].strip() else []
    added = [line + newline for line in (*before, *block, *after)]
    return "".join((*lines[:at], *added, *lines[at:]))


def _block(table: str, key: str, values: Mapping[str, object]) -> list[str]:
    body = tomlkit.table()
    for name, value in values.items():
        if value is not None:
            body.add(name, value)
    return [f"[{table}.{key}]", *tomlkit.dumps(body).rstrip("\n").split("\n")]


def _end_of(table: str, text: str, lines: list[str]) -> int:
    """How many lines stand before the place for a new entry of ``table``."""
    last = max((section.last for section in sections(text) if section.place[0] == table), default=None)
    if last is None:
        return len(lines)
    while last < len(lines) and lines[last].lstrip().startswith("#"):
        last += 1
    return last


@dataclass(frozen=True, slots=True)
class Addition:
    """Entries to write for one new source. ``publisher`` is None when the file has it already; ``claimed`` is the key
    of another, to whose site the feed says it belongs."""

    key: str
    source: Mapping[str, object]
    publisher_key: str
    publisher: Mapping[str, object] | None
    claimed: str | None = None

    def written_into(self, text: str) -> str:
        if self.publisher is not None:
            text = add_entry(text, "publishers", self.publisher_key, self.publisher)
        return add_entry(text, "sources", self.key, self.source)


def plan_addition(
    catalogue: Catalogue,
    found: Found,
    *,
    key: str | None = None,
    publisher: str | None = None,
    every: str | None = None,
) -> Addition:
    """What to write for ``found``. Without ``publisher`` it is the one on whose domain the address lies, else a new one
    named after the feed or page: a feed that lies elsewhere is not believed whose it says it is, and no domain becomes
    its own. A site gets the operator's zone, in which its dates were read. Raises Refused when the address or ``key``
    is taken."""
    polled = next((source for source in catalogue.sources if source.url == found.url), None)
    if polled is not None:
        raise Refused(f"{found.url} is polled already by [sources.{polled.key}]; nothing was written")
    if key in {source.key for source in catalogue.sources}:
        raise Refused(f"[sources.{key}] is in the file already; choose another --key")
    site = found.feed.link if domain_of(found.feed.link) else found.url
    domain = domain_of(site) or ""
    elsewhere = domain != domain_of(found.url)
    known = {entry.key for entry in catalogue.publishers}
    owners = Publishers(catalogue.publishers)
    owner = owners.by_url(found.url)
    name = publisher or (owner.key if owner else free_key(domain_key(domain), known))
    title = site_name(found.feed.title) if found.kind is SourceKind.SITE else found.feed.title
    new = {"name": title or domain, "domains": None if elsewhere else [domain], "url": site}
    claimed = owners.by_url(site)
    language = found.feed.language
    source = {
        "publisher": name,
        "kind": str(found.kind),
        "url": found.url,
        "every": every,
        "zone": catalogue.operator.zone if found.kind is SourceKind.SITE else None,
        "language": language if language and LANGUAGE.fullmatch(language) else None,
    }
    return Addition(
        key=key or free_key(name, (source.key for source in catalogue.sources)),
        source={name: value for name, value in source.items() if value is not None},
        publisher_key=name,
        publisher=None if name in known else {key: value for key, value in new.items() if value is not None},
        claimed=claimed.key if claimed is not None and claimed.key != name else None,
    )


def site_name(title: str | None) -> str | None:
    """Of a listing's title, ``民族要闻_民族在线`` or ``Latest | Valley Times``, the part that names the site."""
    parts = [part.strip() for part in _TITLE_BREAK.split(title or "")]
    named = [part for part in parts if part and part.casefold() not in _NO_NAME]
    return named[-1] if named else title


def free_key(wish: str, taken: Iterable[str]) -> str:
    """``wish`` as a key, with a number behind it when it is taken."""
    base = _NOT_KEY.sub("-", wish.lower()).strip("-")[:56] or "source"
    used = set(taken)
    numbered = (f"{base}-{number}" for number in range(2, len(used) + 3))
    return base if base not in used else next(key for key in numbered if key not in used)


def domain_of(url: str | None) -> str | None:
    """The registrable domain an address lies on."""
    host = host_of(url) if url else None
    return registrable_domain(host) if host else None


def domain_key(domain: str) -> str:
    """What to call a publisher by its domain: ``neac.gov.cn`` → ``neac``; a bare address keeps all of it."""
    return domain if domain.replace(".", "").isdigit() else domain.partition(".")[0]


def replace_file(path: Path, before: str | None, after: str) -> None:
    """Write ``after`` in one step, keeping the file's mode. Raises Refused when the file no longer says ``before``
    (None: it was not there), or cannot be written."""
    path = path.resolve()
    try:
        now = path.read_bytes().decode("utf-8-sig") if path.exists() else None
        if now != before:
            raise Refused(f"{path} was changed by somebody else meanwhile; nothing was written, run the command again")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(after.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            if now is None:
                temporary.chmod(0o644)
            else:
                shutil.copymode(path, temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}; nothing was changed") from error
