"""An article that was just begun is decided about as if it had been read back."""

from __future__ import annotations

from dataclasses import replace

from tests.stages import OTHER, STORY, Stages, item, rss
from worker.identity.identify import identify
from worker.identity.keys import KeyMode
from worker.model.feed import Document
from worker.model.ingest import Origin, Story
from worker.parsers import parse
from worker.pipeline.begin import new_stories
from worker.pipeline.prepare import oldest_first, prepare
from worker.rights.provenance import Scene


def as_kept(story: Story) -> Story:
    copies = (replace(copy, document=replace(copy.document, raw=b"", digest=b"")) for copy in story.copies)
    return replace(story, copies=tuple(copies))


def test_begun_articles_are_what_the_store_tells_of_them(stages: Stages) -> None:
    at = "https://www.alpha.example/"
    body = rss(
        item("a1", "走访", STORY, link=f"{at}1.html"),
        item("a2", "走访（转）", STORY, link=f"{at}2.html"),  # the same text: joins the article that the other begins
        item("a3", "别的", OTHER, link=f"{at}3.html"),
    )
    source, view = stages.catalogue.sources[0], stages.services.view()
    feed = parse(Document(body=body.body, url=source.url))
    scene = Scene(feed, source, view.publishers, view.catalogue.operator, view.own_domains)
    origin = Origin(1, 1, source.key, stages.now)
    ready = oldest_first([prepare(entry, scene, KeyMode.GUID, origin) for entry in feed.entries])
    with stages.services.works.open() as work:
        identified = identify(ready, work.known(ready))
        stored = work.write_entries(identified, stages.now)
        begun = new_stories(stored, stages.now)
        read_back = work.stories(story.article for story in begun)
    assert [len(story.copies) for story in begun] == [1, 2]
    assert [as_kept(story) for story in begun] == read_back
