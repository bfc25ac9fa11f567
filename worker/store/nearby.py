"""Tables by which a text is found again that is nearly the same. All but ``nearness`` can be made again from stored
texts: ``newsroad reindex``."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table

from worker.store.columns import BigKey, UtcDateTime, metadata

near_text = Table(
    "near_text",
    metadata,
    Column("entry_id", BigKey, primary_key=True, autoincrement=False),
    Column("article_id", BigKey, nullable=False, index=True),
    Column("version", Integer, nullable=False),  # of the algorithm
    Column("host", String(255), nullable=False),
    Column("length", Integer, nullable=False),  # characters in normal form, without furniture
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    Column("found_by", LargeBinary, nullable=False),  # its rows of near_key, by which they are found again
    Column("sketch", LargeBinary, nullable=False),
)
near_key = Table(
    "near_key",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),  # 32 bits, signed
    Column("entry_id", BigKey, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
near_site = Table(
    "near_site",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("learnt", LargeBinary, nullable=False),  # which sentences are furniture there
    Column("at", UtcDateTime, nullable=False, index=True),
)
nearness = Table(
    "nearness",
    metadata,
    Column("entry_id", BigKey, primary_key=True, autoincrement=False),
    Column("verdict", String(16), nullable=False),
    Column("of_entry", BigKey, nullable=False),
    Column("of_article", BigKey, nullable=False),
    Column("jaccard", Float, nullable=False),
    Column("containment", Float, nullable=False),
    Column("evidence", sa.JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_nearness_of_article", "of_article"),
)
