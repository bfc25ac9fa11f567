"""Pages put together from parts: a header that closes the document, and an article after it."""

from __future__ import annotations

import re

_END = re.compile(rb"</(?:body|html)\s{0,20}>", re.IGNORECASE)
_MARKS = (b"</body", b"</BODY", b"</html", b"</HTML")
_LEAST = 200  # bytes after the end in which nothing is lost


def without_ends(text: bytes) -> bytes:
    """An HTML document without ``</body>`` and ``</html>``. Browsers go on reading after them; libxml2 stops."""
    places = [place for mark in _MARKS if (place := text.find(mark)) >= 0]
    first = min(places, default=len(text))
    return text if len(text) - first < _LEAST else text[:first] + _END.sub(b"", text[first:])
