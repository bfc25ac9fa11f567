"""Creative Commons licences, recognised by their addresses. Anything else is no licence we act on."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """``uri`` in its canonical form (https, final slash, without deed, legal code or language). ``open`` is true for
    CC0, the public domain mark, CC BY and CC BY-SA: all uses allowed, changes too."""

    uri: str
    name: str
    nc: bool = False
    nd: bool = False
    sa: bool = False
    by: bool = True

    @property
    def open(self) -> bool:
        return not (self.nc or self.nd)


# Chars after the version: a jurisdiction port ("/cn", "/igo"), then deed or legalcode, perhaps with a language.
_TAIL = (
    r"(?:/(?P<port>[a-z]{2,3}|scotland))?(?:/(?:deed|legalcode)(?:\.[a-z_-]+)?)?(?:\.(?:html|txt|rdf))?/?(?:[?#].*)?$"
)
_CC = re.compile(
    r"^(?:https?:)?//(?:www\.)?creativecommons\.org/licenses/"
    r"(?P<terms>by|by-sa|by-nd|by-nc|by-nc-sa|by-nc-nd|by-nd-nc|nc|nc-sa|nd|nd-nc|nc-nd|sa)/(?P<version>\d\.\d)"
    + _TAIL,
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"^(?:https?:)?//(?:www\.)?creativecommons\.org/publicdomain/(?P<tool>zero|mark)/(?P<version>\d\.\d)" + _TAIL,
    re.IGNORECASE,
)
_TOOLS = {"zero": "CC0", "mark": "Public Domain Mark"}


def recognise(uri: str | None) -> Licence | None:
    """The Creative Commons licence or tool at ``uri``, of any version and port; None for everything else."""
    text = (uri or "").strip()
    if match := _CC.match(text):
        return _licence(match["terms"].lower(), match["version"], (match["port"] or "").lower())
    if match := _PUBLIC.match(text):
        tool, version = match["tool"].lower(), match["version"]
        return Licence(
            f"https://creativecommons.org/publicdomain/{tool}/{version}/", f"{_TOOLS[tool]} {version}", by=False
        )
    return None


def _licence(terms: str, version: str, port: str) -> Licence:
    parts = terms.split("-")
    if parts == ["by", "nd", "nc"]:
        parts = ["by", "nc", "nd"]
    address = f"https://creativecommons.org/licenses/{terms}/{version}/" + (f"{port}/" if port else "")
    name = f"CC {'-'.join(parts).upper()} {version}" + (f" {port.upper()}" if port else "")
    return Licence(address, name, nc="nc" in parts, nd="nd" in parts, sa="sa" in parts, by="by" in parts)
