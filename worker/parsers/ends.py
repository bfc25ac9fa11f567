"""Pages put together from parts: a header that closes the document, and an article after it."""

from __future__ import annotations

import re

_END = re.compile(rb"</(?:body|html)\s{0,20}>", re.IGNORECASE)


def without_ends(text: bytes) -> bytes:
    """An HTML document without ``</body>`` and ``</html>``. Browsers go on reading after them; libxml2 stops."""
    return _END.sub(b"", text)
