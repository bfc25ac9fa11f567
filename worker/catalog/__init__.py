"""newsroad.toml: reading and checking it, the difference to what is in force, and editing it.

``read``   the file → Catalogue, or every finding with file, line and cure
``plan``   two catalogues → what changes
``edit``   adding a source while keeping the comments
``discover``  a page → the feeds behind it
"""

from worker.catalog.read import read_catalogue

__all__ = ["read_catalogue"]
