"""Article pages → ParsedPage: the fields from the raw tree first, then the body without what surrounds it."""

from __future__ import annotations
