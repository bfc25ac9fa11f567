"""Which pictures and files of a text a destination is given: markup rewritten, never guessed at, whatever is in it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from worker.identity.urls import link_digest
from worker.model.article import Credit, Version
from worker.model.feed import Enclosure
from worker.model.media import MediaCopy, MediaState
from worker.model.page import Attachment, PageImage
from worker.parsers.clean import clean_html
from worker.rights.media import carry, depends_on_media, images_in, wanted

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ONE, TWO, FILE = "https://p.example/1.png?a=1&b=2", "https://p.example/2.png", "https://p.example/f.pdf"
EMPTY = Version(
    article=UUID(int=7),
    number=1,
    title="书车",
    body=None,
    summary=None,
    language="zh",
    published=NOW,
    updated=None,
    categories=(),
    enclosures=(),
    link=None,
    source="alpha",
    first_seen=NOW,
    credit=Credit("甲报", "书车", None),
)


def version(body: str, *told: PageImage, files: tuple[str, ...] = ()) -> Version:
    body = clean_html(body, None)
    attachments = tuple(Attachment(url) for url in files)
    return replace(EMPTY, body=body, images=images_in(body, told), attachments=attachments)


def copies(*urls: str, kind: str = "image/png") -> dict[bytes, MediaCopy]:
    return {link_digest(url): MediaCopy(MediaState.STORED, NOW, kind) for url in urls}


def ours(url: str, ending: str = "png") -> str:
    return f"https://us.example/media/{UUID(int=7)}/{link_digest(url).hex()}.{ending}"


def hosted(text: Version, media: dict[bytes, MediaCopy]) -> str:
    return carry(text, media, "host", "https://us.example/").body or ""


def test_one_lost_picture_of_a_figure_leaves_the_other_and_the_caption() -> None:
    text = version(f'<p>甲</p><figure><img src="{ONE}"><img src="{TWO}"><figcaption>两幅</figcaption></figure>')
    found = hosted(text, copies(ONE))
    assert found.count("<img") == 1
    assert f'src="{ours(ONE)}"' in found
    assert "两幅" in found


def test_a_figure_that_lost_all_goes_with_its_caption_and_what_held_it() -> None:
    text = version(f'<p>甲</p><div><figure><img src="{ONE}"><figcaption>图</figcaption></figure></div><p>乙</p>')
    assert hosted(text, {}) == "<p>甲</p><p>乙</p>"


def test_a_picture_that_leads_to_itself_leads_to_our_copy() -> None:
    text = version(f'<p><a href="{TWO}"><img src="{TWO}"></a> <a href="https://p.example/about">另见</a></p>')
    found = hosted(text, copies(TWO))
    assert found.count(ours(TWO)) == 2
    assert 'href="https://p.example/about"' in found


def test_a_file_without_copy_is_its_words() -> None:
    text = version(f'<p>见<a href="{FILE}">附件<b>一</b></a>。</p>', files=(FILE,))
    assert hosted(text, {}) == "<p>见附件<b>一</b>。</p>"
    assert f'href="{ours(FILE, "pdf")}"' in hosted(text, copies(FILE, kind="application/pdf"))


def test_a_copy_of_an_unknown_type_is_none() -> None:
    text = version(f'<p>甲</p><img src="{ONE}">')
    assert hosted(text, copies(ONE, kind="text/html")) == "<p>甲</p>"


def test_what_the_page_told_of_a_picture_goes_before_what_markup_says() -> None:
    told = PageImage(ONE, "图为书车", "李明")
    body = f'<figure><img src="{ONE}"><figcaption>x</figcaption></figure><figure><img src="{TWO}"><figcaption>二 &amp; 三</figcaption></figure>'  # noqa: E501
    assert version(body, told).images == (told, PageImage(TWO, "二 & 三"))


@pytest.mark.parametrize(
    ("kind", "url", "copied"),
    [
        ("image/png", "https://p.example/x", True),
        ("application/pdf", "https://p.example/x", True),
        (None, "https://p.example/x.JPEG", True),
        (None, "https://p.example/x.mp3", False),
        ("audio/mpeg", "https://p.example/x.png", False),
        (None, "https://[broken/x.png", False),
    ],
)
def test_enclosures_that_are_pictures_or_documents_are_copied(kind: str | None, url: str, copied: bool) -> None:
    assert bool(wanted(replace(EMPTY, enclosures=(Enclosure(url, kind),)))) is copied


def test_addresses_too_long_or_odd_to_ask_are_left_out() -> None:
    odd = (f"https://p.example/{'x' * 2000}.png", f"https://{'a.' * 200}example/x.png", "https://p.example/\udc80.png")
    assert wanted(replace(EMPTY, images=tuple(PageImage(url) for url in odd))) == {}


@pytest.mark.parametrize(
    "body",
    [
        ("<p>" + "<span>" * 300 + f'<img src="{ONE}">' + "</span>" * 300 + "</p>") * 200,
        "<figure>" * 400 + f'<img src="{ONE}">' + "</figure>" * 400,
        "".join(f'<img src="https://p.example/{number}.png">' for number in range(30_000)),
        "".join(f'<a href="https://p.example/{number}.pdf">x</a>' for number in range(30_000)),
        f'<img src="{ONE}" alt="{"a>" * 200_000}">',
    ],
    ids=["nested", "figures", "pictures", "links", "quotes"],
)
def test_hostile_markup_costs_little(body: str) -> None:
    text = version(body, files=(FILE,))
    begun = time.process_time()
    depends_on_media(text)
    assert "<img" not in hosted(text, {})
    assert time.process_time() - begun < 3
