"""Tables. The database is the memory and the timetable: every wait is a column, every retry a row.

The catalogue's own tables are in ``declared``, those by which texts are found again in ``nearby``, those of what people
are told in ``telling``, the kinds of columns in ``columns``.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Float, Index, Integer, LargeBinary, String, Table

from worker.store import declared, nearby, telling
from worker.store.columns import BigKey, Key, UtcDateTime, metadata, ref, row_id

host = Table(
    "host",
    metadata,
    row_id(),
    Column("name", String(300), nullable=False, unique=True),
    Column("domain", String(255), nullable=False, index=True),
    Column("pace", Float, nullable=False, server_default="1"),
    Column("due_at", UtcDateTime),
    Column("next_request_at", UtcDateTime),
    Column("paused_until", UtcDateTime),
    Column("robots", sa.Text),  # robots.txt as last read; NULL before the first reading
    Column("robots_until", UtcDateTime),
    Column("lease", String(32)),
    Column("lease_until", UtcDateTime),
    Index("ix_host_due_at", "due_at"),
)
resource = Table(
    "resource",
    metadata,
    row_id(),
    ref("source_id", "source"),
    ref("host_id", "host"),
    Column("role", String(16), nullable=False, server_default="feed"),
    Column("key", Key),  # of its address; NULL for the one that the catalogue declares
    Column("parent_id", BigKey),  # of a part: its article's resource
    Column("url", String(2000), nullable=False),
    Column("ask_url", String(2000), nullable=False),
    Column("redirects", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime),
    Column("etag", String(1000)),
    Column("last_modified", String(200)),
    Column("body_hash", Key),
    Column("floor_seconds", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("polls", Integer, nullable=False, server_default="0"),
    Column("polled_at", UtcDateTime),
    Column("changed_at", UtcDateTime),
    Column("outcome", String(200)),
    Column("seen", LargeBinary),
    Column("state", String(16), nullable=False, server_default="active"),
    Column("first_contact", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("hint", LargeBinary),  # what led here said of it; of a part: what it holds
    Column("read_at", UtcDateTime),  # first good reading of a page, from which it is followed
    Column("step", Integer, nullable=False, server_default="0"),
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("missing_since", UtcDateTime),
    Column("flood_line", UtcDateTime),  # it came with a flood: what is dated up to here is old
    Index("ix_resource_source_id_key", "source_id", "key", unique=True),
    Index(
        "ix_resource_parent_id",
        "parent_id",
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    ),
    Index("ix_resource_host_id_due_at", "host_id", "due_at"),
    # Pages that are asked no more, by when they last were: what upkeep looks for.
    Index(
        "ix_resource_ended",
        "polled_at",
        sqlite_where=sa.text("due_at IS NULL"),
        postgresql_where=sa.text("due_at IS NULL"),
    ),
)
snapshot = Table(
    "snapshot",
    metadata,
    row_id(),
    ref("resource_id", "resource"),
    Column("state", String(16), nullable=False, server_default="new"),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("url", String(2000), nullable=False),
    Column("content_type", String(200)),
    Column("status", Integer, nullable=False, server_default="200"),
    Column("headers", sa.JSON, nullable=False),
    Column("body", LargeBinary),
    Column("ready_at", UtcDateTime),  # NULL: at once
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("reason", String(500)),
    Column("ingested_at", UtcDateTime),
    Column("lease", String(32)),
    Column("lease_until", UtcDateTime),
    Index("ix_snapshot_resource_id_state_id", "resource_id", "state", "id"),
    Index("ix_snapshot_state_id", "state", "id"),
)

article = Table(
    "article",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=False),  # given under the ingest lock
    Column("uuid", String(36), nullable=False, unique=True),
    Column("state", String(16), nullable=False, server_default="live"),
    Column("lead_id", BigKey, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("title", String(1000), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("merged_into", BigKey),  # the article that it is part of by a person's word
    Index(
        "ix_article_merged_into",
        "merged_into",
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    ),
)
entry = Table(
    "entry",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=False),  # given under the ingest lock
    ref("source_id", "source"),
    ref("article_id", "article", index=True),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_digest", Key, nullable=False),
    Column("terms_digest", Key, nullable=False),
    Column("joined_by", String(16)),
    Column("removed_at", UtcDateTime),
    Column("missing_at", UtcDateTime),
    Column("estranged", sa.Boolean, nullable=False, server_default=sa.false()),
    Column("near", Integer),  # version of the algorithm by which it was looked at; NULL: it waits for that
    Column("held_at", UtcDateTime),  # held back with a flood until a person lets it go
    Index("ix_entry_source_id_first_seen_at", "source_id", "first_seen_at"),
    Index(
        "ix_entry_held_at",
        "source_id",
        sqlite_where=sa.text("held_at IS NOT NULL"),
        postgresql_where=sa.text("held_at IS NOT NULL"),
    ),
    Index("ix_entry_near", "id", sqlite_where=sa.text("near IS NULL"), postgresql_where=sa.text("near IS NULL")),
)
alias = Table(
    "alias",
    metadata,
    Column("source_id", BigKey, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("entry_id", BigKey, nullable=False, index=True),
    Index("ix_alias_key", "key"),
    sqlite_with_rowid=False,
)
revision = Table(
    "revision",
    metadata,
    Column("entry_id", BigKey, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("snapshot_id", BigKey),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("evidence", LargeBinary),
    Column("credit", LargeBinary, nullable=False),
    # First revisions are counted by their entries; only the later ones are looked for by time.
    Index("ix_revision_seen_at", "seen_at", postgresql_where=sa.text("number > 1"), sqlite_where=sa.text("number > 1")),
)
article_key = Table(
    "article_key",
    metadata,
    Column("key", Key, primary_key=True),
    Column("article_id", BigKey, nullable=False, index=True),
    sqlite_with_rowid=False,
)
version = Table(
    "version",
    metadata,
    Column("article_id", BigKey, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("entry_id", BigKey, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("credit", LargeBinary, nullable=False),
    Column("fixes", LargeBinary),  # what people corrected in it
    Column("created_at", UtcDateTime, nullable=False),
)
placement = Table(
    "placement",
    metadata,
    Column("article_id", BigKey, primary_key=True),
    Column("channel_id", BigKey, primary_key=True),
    Index("ix_placement_channel_id_article_id", "channel_id", "article_id"),
    sqlite_with_rowid=False,
)
decision = Table(
    "decision",
    metadata,
    row_id(),
    Column("article_id", BigKey, nullable=False),
    Column("destination_id", BigKey, nullable=False),
    Column("version", Integer, nullable=False),
    Column("use", String(16), nullable=False),
    Column("reasons", String(300), nullable=False),
    Column("obligations", String(300), nullable=False, server_default=""),
    Column("grant_key", String(64)),
    Column("grant_version", Integer),
    Column("valid_until", UtcDateTime),
    Column("decided_by", String(200)),
    Column("note", String(1000)),
    Column("decided_at", UtcDateTime, nullable=False),
    Index("ix_decision_article_id_destination_id_id", "article_id", "destination_id", "id"),
    Index("ix_decision_valid_until", "valid_until"),
    Index("ix_decision_use", "use", "id"),
)
delivery = Table(
    "delivery",
    metadata,
    row_id(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("article_id", BigKey, nullable=False),
    Column("destination_id", BigKey, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("action", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("use", String(16), nullable=False),
    Column("state", String(16), nullable=False, server_default="due"),
    Column("priority", Integer, nullable=False, server_default="1"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("visible_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("urgent", sa.Boolean, nullable=False, server_default=sa.false()),  # pushed by name: no window keeps it
    Column("lease", String(32)),
    Column("result", String(16)),
    Column("detail", String(500)),
    Index("ix_delivery_pair", "article_id", "destination_id", "sequence", unique=True),
    Index("ix_delivery_due", "destination_id", "state", "priority", "due_at", "id"),
    Index("ix_delivery_state_created_at", "state", "created_at"),
    Index("ix_delivery_destination_id_finished_at", "destination_id", "finished_at"),
)
receipt = Table(
    "receipt",
    metadata,
    row_id(),
    Column("delivery_id", BigKey, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", String(16), nullable=False),
    Column("status", Integer),
    Column("elapsed_ms", Integer),
    Column("detail", String(500)),
    Column("excerpt", sa.Text),
    Column("remote_id", String(300)),
    Column("remote_url", String(2000)),
    # An address may be longer than PostgreSQL indexes (2,704 bytes), so its beginning stands for it.
    Index(
        "ix_receipt_remote_url",
        sa.text("substr(remote_url, 1, 200)"),
        postgresql_where=sa.text("remote_url IS NOT NULL"),
        sqlite_where=sa.text("remote_url IS NOT NULL"),
    ),
)
shelf = Table(
    "shelf",
    metadata,
    Column("destination_id", BigKey, primary_key=True),
    Column("article_id", BigKey, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("sort_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("document", LargeBinary, nullable=False),
    CheckConstraint("state in ('shown','retracted')", name="state"),
    Index("ix_shelf_destination_id_sort_at", "destination_id", "sort_at"),
)
media = Table(
    "media",
    metadata,
    Column("key", Key, primary_key=True),  # of its address
    Column("url", String(2000), nullable=False),
    Column("state", String(16), nullable=False, server_default="pending"),
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("fetched_at", UtcDateTime),
    Column("content_type", String(100)),
    Column("length", Integer),
    Column("digest", Key),  # of the body
    Column("reason", String(200)),
    Column("body", LargeBinary),  # last, so that what stands before it is read without it
)
media_use = Table(
    "media_use",
    metadata,
    Column("article_id", BigKey, primary_key=True),
    Column("media_key", Key, primary_key=True),
    Index("ix_media_use_media_key", "media_key"),
    sqlite_with_rowid=False,
)
change = Table(
    "change",
    metadata,
    row_id(),  # the number that pullers ask by: given under the ingest lock, so that none shows up late
    Column("destination_id", BigKey, nullable=False),
    Column("article_id", BigKey, nullable=False),
    Column("delivery", String(36), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index("ix_change_destination_id_id", "destination_id", "id"),
    Index("ix_change_article_id_destination_id", "article_id", "destination_id"),
)
stop = Table(
    "stop",
    metadata,
    row_id(),
    Column("scope", String(16), nullable=False),  # all, source, channel, destination
    Column("key", String(64), nullable=False, server_default=""),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("by", String(200), nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String(200)),
    Index("ix_stop_lifted_at", "lifted_at"),
)
correction = Table(
    "correction",
    metadata,
    row_id(),
    Column("article_id", BigKey, nullable=False, index=True),
    Column("field", String(32), nullable=False),
    Column("value", sa.Text),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("note", String(1000)),
    Column("lifted_at", UtcDateTime),
)
tombstone = Table(
    "tombstone",
    metadata,
    row_id(),
    ref("article_id", "article", index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("by", String(200), nullable=False),
    Column("note", String(1000)),
    Column("lifted_at", UtcDateTime),
)
tombstone_key = Table(
    "tombstone_key",
    metadata,
    Column("key", Key, primary_key=True),
    Column("scope", BigKey, primary_key=True),  # a source's id, or 0 for every source
    Column("tombstone_id", BigKey, primary_key=True, index=True),
    sqlite_with_rowid=False,
)
act = Table(
    "act",
    metadata,
    row_id(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("by", String(200), nullable=False),
    Column("verb", String(32), nullable=False),
    Column("target", String(300), nullable=False),
    Column("note", String(1000)),
    Column("detail", sa.JSON),
)
recheck = Table(
    "recheck",
    metadata,
    Column("article_id", BigKey, primary_key=True, autoincrement=False),
)
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

ELSEWHERE = (declared, nearby, telling)  # imported so that their tables are among these
SCHEMA = metadata
"""All tables, those of the catalogue included."""
