"""Pictures and attached files of a text: which there are, which a destination is given, under whose address. Pure.

They have rights of their own: without a grant that covers them the text goes alone. With one, a destination chooses:
``drop`` them, ``link`` to where the publisher has them, or ``host`` our own copies. The markup is the cleaner's own
output (every attribute quoted, nothing nested wrongly), so patterns may read it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from worker.identity.urls import host_of, link_digest
from worker.model.article import Version
from worker.model.catalog import Destination, Grant, Use
from worker.model.delivery import Decision
from worker.model.feed import Enclosure
from worker.model.media import ENDINGS, FILES, MediaCopy, MediaState
from worker.model.page import Attachment, PageImage
from worker.rights.excerpts import ATTRIBUTES, FIGURE, IMAGE, plain, without_empty, without_figures, without_images

MOST = 30  # copies an article may have; what stands further down is dropped where copies are wanted
WAIT = timedelta(hours=1)  # from when a copy is wanted to when the text goes without it
SHORT = 120  # characters under which a text hardly says anything without its pictures
BEGINNING = 1_000  # characters of markup that mostly tell a long text from a short one
LONGEST_URL = 2000
LONGEST_HOST = 253
EXCLUDED = "MEDIA_EXCLUDED"

Address = Callable[[str], str | None]
"""Our address for a publisher's, None when there is no copy."""

_SRC = re.compile(r'(\ssrc=")([^"]*)"')
_LINK = re.compile(rf"(<a\b{ATTRIBUTES}>)(.*?)</a>", re.DOTALL)
_HREF = re.compile(r'(\shref=")([^"]*)"')
_CAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption>", re.DOTALL)
_GONE = "<img>"  # the cleaner leaves no picture without an address, so this one is ours
_LISTENED_TO = ("audio/", "video/")


@dataclass(frozen=True, slots=True)
class Carried:
    """A text with what it may carry. ``lost``: something of it stayed behind."""

    body: str | None
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    lost: bool = False


def choice(destination: Destination) -> str:
    """What a destination wants done with pictures and files: ``drop``, ``link`` or ``host``."""
    return str(destination.options.get("images", "link"))


def covers(decision: Decision, grant: Grant | None) -> bool:
    """Whether pictures and files go along under ``decision``; ``grant`` is the one it names."""
    return decision.use is Use.FULL_TEXT and grant is not None and grant.media and EXCLUDED not in decision.obligations


def images_in(body: str | None, told: Sequence[PageImage]) -> tuple[PageImage, ...]:
    """The pictures of a body in its order, each once; with what its page told of them, or its own markup says."""
    if not body or "<img" not in body:
        return ()
    known = {image.url: image for image in told}
    below: dict[str, str] = {}
    for figure in FIGURE.finditer(body):
        if caption := _CAPTION.search(figure[0]):
            below.update(dict.fromkeys(_sources(figure[0]), plain(caption[1])))
    return tuple(known.get(url) or PageImage(url, below.get(url) or None) for url in dict.fromkeys(_sources(body)))


def _sources(markup: str) -> list[str]:
    found = (_SRC.search(image[0]) for image in IMAGE.finditer(markup))
    return [html.unescape(src[2]) for src in found if src is not None and src[2]]


def wanted(version: Version) -> dict[bytes, str]:
    """The addresses to copy, by key, in the order of the text; at most ``MOST``."""
    urls = [
        *(image.url for image in version.images),
        *(file.url for file in version.attachments),
        *(one.url for one in version.enclosures if _is_copied(one)),
    ]
    found: dict[bytes, str] = {}
    for url in urls:
        if len(found) < MOST and _can_be_asked(url):
            found.setdefault(link_digest(url), url)
    return found


def _can_be_asked(url: str) -> bool:
    host = host_of(url) if len(url) <= LONGEST_URL else None
    return host is not None and len(host) <= LONGEST_HOST and url.isprintable()


def _is_copied(enclosure: Enclosure) -> bool:
    """Pictures and documents are; sound and film are too large, and stay where they are."""
    kind = (enclosure.type or "").partition(";")[0].strip().lower()
    if kind.startswith("image/") or kind in FILES:
        return True
    if kind.startswith(_LISTENED_TO):
        return False
    try:
        ending = urlsplit(enclosure.url).path.rpartition(".")[2].lower()
    except ValueError:
        return False
    return ending in {*ENDINGS.values(), "jpeg"}


def waits_until(version: Version, media: Mapping[bytes, MediaCopy], now: datetime) -> datetime | None:
    """Until when to wait for copies of ``version``; None when none is outstanding, or it was waited long enough."""
    ends = [
        (media[key].wanted_at if key in media else now) + WAIT
        for key in wanted(version)
        if key not in media or media[key].state is MediaState.PENDING
    ]
    last = max(ends, default=now)
    return last if last > now else None


def is_lost(version: Version, media: Mapping[bytes, MediaCopy]) -> bool:
    """Whether no picture or file of ``version`` could be copied."""
    copies = [media.get(key) for key in wanted(version)]
    return not any(copy is not None and copy.state is MediaState.STORED for copy in copies)


def depends_on_media(version: Version) -> bool:
    """Whether ``version`` is a short text around pictures or files."""
    if version.body is None or not (version.images or version.attachments):
        return False
    # What emptied elements leave behind is white space: a text that is long without any needs no second look; most
    # show by their beginning, up to a tag, that they are.
    beginning = without_figures(version.body)[:BEGINNING].rpartition("<")[0]
    if _letters(beginning) >= SHORT:
        return False
    return _letters(without_figures(version.body)) < SHORT and len(plain(without_images(version.body))) < SHORT


def _letters(markup: str) -> int:
    """How many there are in clean HTML that has no figures."""
    return sum(map(len, plain(IMAGE.sub("", markup)).split()))


def carry(version: Version, media: Mapping[bytes, MediaCopy], images: str, site: str) -> Carried:
    """What a destination is given of the text, its pictures and files. ``images`` is its choice; anything but ``link``
    or ``host`` leaves them behind. ``site`` is our own public address."""
    given = version.body if version.body is not None else version.summary
    if images == "link":
        return Carried(given, version.images, version.attachments, version.enclosures)
    hosted = _hosted(version, media, site.rstrip("/")) if images == "host" else {}
    enclosures = [_enclosure(one, hosted, media) for one in version.enclosures] if images == "host" else []
    body = None if given is None else _readdressed(given, version, hosted.get)
    kept = [url for url in (*_urls(version.images), *_urls(version.attachments)) if url in hosted]
    return Carried(
        body=body,
        images=tuple(replace(one, url=hosted[one.url]) for one in version.images if one.url in hosted),
        attachments=tuple(replace(one, url=hosted[one.url]) for one in version.attachments if one.url in hosted),
        enclosures=tuple(one for one in enclosures if one is not None),
        lost=len(kept) < len(version.images) + len(version.attachments) or (not hosted and body != given),
    )


def _urls(media: Sequence[PageImage] | Sequence[Attachment]) -> list[str]:
    return [one.url for one in media]


def _hosted(version: Version, media: Mapping[bytes, MediaCopy], site: str) -> dict[str, str]:
    """Our addresses for those of the text that we have copies of."""
    urls = [*_urls(version.images), *_urls(version.attachments), *(one.url for one in version.enclosures)]
    known = wanted(version)
    found: dict[str, str] = {}
    for url in urls:
        copy = media.get(key) if (key := link_digest(url)) in known else None
        kind = copy.content_type if copy is not None and copy.state is MediaState.STORED else None
        if kind is not None and kind in ENDINGS:
            found[url] = f"{site}{path_of(version.article, key, kind)}"
    return found


def path_of(article: UUID, key: bytes, content_type: str) -> str:
    """Where our web face serves a copy for one article."""
    return f"/media/{article}/{key.hex()}.{ENDINGS[content_type]}"


def _enclosure(one: Enclosure, hosted: Mapping[str, str], media: Mapping[bytes, MediaCopy]) -> Enclosure | None:
    if not _is_copied(one):
        return one
    copy = media.get(link_digest(one.url))
    if one.url not in hosted or copy is None:
        return None
    return Enclosure(hosted[one.url], copy.content_type, copy.length)


def _readdressed(body: str, version: Version, address: Address) -> str:
    """The text with our addresses in place of the publisher's; what has none goes, a picture with its caption, a link
    to a file down to its words."""
    text = _files_readdressed(body, frozenset(_urls(version.attachments)), address)
    if "<img" not in text:
        return text
    text = IMAGE.sub(lambda match: _picture(match[0], address), text)
    if _GONE not in text:
        return text
    text = FIGURE.sub(lambda match: "" if _is_emptied(match[0]) else match[0], text)
    return without_empty(text.replace(_GONE, ""))


def _picture(markup: str, address: Address) -> str:
    src = _SRC.search(markup)
    ours = address(html.unescape(src[2])) if src is not None else None
    if src is None or ours is None:
        return _GONE
    return f'{markup[: src.start()]}{src[1]}{html.escape(ours)}"{markup[src.end() :]}'


def _is_emptied(figure: str) -> bool:
    """Whether a figure lost every picture it had."""
    pictures = IMAGE.findall(figure)
    return bool(pictures) and all(one == _GONE for one in pictures)


def _files_readdressed(body: str, files: frozenset[str], address: Address) -> str:
    if "<a" not in body:
        return body

    def one(match: re.Match[str]) -> str:
        href = _HREF.search(match[1])
        url = html.unescape(href[2]) if href is not None else None
        ours = address(url) if url is not None else None
        if href is not None and ours is not None:
            return f'{match[1][: href.start()]}{href[1]}{html.escape(ours)}"{match[1][href.end() :]}{match[2]}</a>'
        return match[2] if url in files else match[0]

    return _LINK.sub(one, body)
