"""schema.org for a reprint: whose work it is, where it stood first, and that we only pass it on."""

from __future__ import annotations

from collections.abc import Mapping

from worker.model.delivery import Release
from worker.model.page import PageImage
from worker.renderers import terms


def news_article(release: Release) -> dict[str, object]:
    """JSON-LD of one article. ``author`` only for persons the text names; we are ``sdPublisher``, who made this
    description, never ``publisher``, ``author`` or ``copyrightHolder``."""
    credit = release.credit
    origin = _without_gaps({"@type": "Organization", "name": credit.origin, "url": credit.site})
    original = {
        "@type": "NewsArticle",
        "url": credit.original_link,
        "headline": credit.original_title,
        "publisher": origin,
    }
    return _without_gaps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": release.address or terms.guid(release.article),
            "identifier": terms.guid(release.article),
            "headline": release.title,
            "inLanguage": release.language,
            "datePublished": terms.rfc3339(release.published) if release.published else None,
            "dateModified": terms.rfc3339(release.updated) if release.updated else None,
            "expires": terms.rfc3339(release.valid_until) if release.valid_until else None,
            "isBasedOn": _without_gaps(original),
            "sourceOrganization": origin,
            "author": [_without_gaps({"@type": "Person", "name": one.name, "url": one.uri}) for one in credit.persons],
            "editor": {"@type": "Person", "name": credit.editor} if credit.editor else None,
            "creditText": release.attribution.line_text,
            "copyrightNotice": terms.copyright_notice(release),
            "license": credit.own_license,
            "keywords": list(release.categories),
            "image": [_picture(one) for one in release.images],
            "sdPublisher": {"@type": "Organization", "name": release.imprint.name, "url": release.imprint.site or None},
        }
    )


def _picture(image: PageImage) -> dict[str, object]:
    facts = {"@type": "ImageObject", "url": image.url, "caption": image.caption, "creditText": image.credit}
    return _without_gaps(facts)


def _without_gaps(facts: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if value not in (None, [], "")}
