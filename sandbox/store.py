"""All state: records in memory for speed, written through to one SQLite file before anything is answered."""

import json
import sqlite3
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.clock import stamp
from sandbox.exchange import Record, encode

_TABLES = """
CREATE TABLE IF NOT EXISTS record
  (collection TEXT, id INTEGER, body TEXT, PRIMARY KEY (collection, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequence (collection TEXT PRIMARY KEY, last INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (id INTEGER PRIMARY KEY, body BLOB);
"""
# Real ids are past 32 bits and differ per collection, so a mixed-up or narrow id column shows at once.
FIRST_ID = 4_000_000_000
# Fields looked up again and again, which must not cost a walk through the whole collection.
_INDEXED = ("application_id", "candidate_id", "job_id", "job_post_id", "event_action_type", "state")
_SPAN = 10_000_000
# Hidden records exist and are in no list; a raw one is shown as any JSON at all, however odd.
HIDDEN, RAW = "_hidden", "_raw"


def public(record: Record) -> Record:
    """Return what is shown of a record: fields that begin with an underscore are the sandbox's own."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def shown(record: Record) -> Any:
    """Return what a list without a shape of its own answers for a record."""
    return record[RAW] if RAW in record else public(record)


def _key(value: Any) -> Any:
    """Return what an odd value, such as a list where an id belongs, is indexed by."""
    return repr(value) if isinstance(value, (list, dict)) else value


class Table:
    """One collection: immutable records by id, kept in id order."""

    def __init__(self) -> None:
        self.records: dict[int, Record] = {}
        self.encoded: dict[int, bytes] = {}
        self.order: list[int] = []
        self._index: dict[tuple[str, Any], set[int]] = {}

    def put(self, record: Record) -> bytes:
        if record["id"] in self.records:
            self._unindex(self.records[record["id"]])
        else:
            insort(self.order, record["id"])
        for field in _INDEXED:
            if field in record:
                self._index.setdefault((field, _key(record[field])), set()).add(record["id"])
        self.records[record["id"]] = record
        whole = encode(record)
        self.encoded[record["id"]] = encode(shown(record)) if any(name[0] == "_" for name in record) else whole
        return whole

    def drop(self, record_id: int) -> None:
        self._unindex(self.records[record_id])
        del self.records[record_id], self.encoded[record_id]
        del self.order[bisect_left(self.order, record_id)]

    def _unindex(self, record: Record) -> None:
        for field in _INDEXED:
            if field in record:
                self._index[field, _key(record[field])].discard(record["id"])

    def narrowed(self, values: Record) -> list[int]:
        """Return, in order, the ids that can match the values: all of them without an indexed field."""
        for field in _INDEXED:
            if field in values:
                return sorted(self._index.get((field, _key(values[field])), ()))
        return self.order

    def newest_first(self, at_most: int | None = None) -> Iterator[Record]:
        end = len(self.order) if at_most is None else bisect_left(self.order, at_most + 1)
        for position in range(end - 1, -1, -1):
            yield self.records[self.order[position]]


class Store:
    """Collections of plain records. Change them only inside `unit()`, which also is the one lock."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._last: dict[str, int] = {}
        self._undo: list[Callable[[], object]] = []
        self._writes: list[tuple[str, tuple[Any, ...]]] = []
        self._depth = 0
        self.now: Callable[[], str] = stamp  # the seed plants in the past
        self.address = ""  # where this sandbox is reached
        self.on_commit: dict[str, Callable[[], object]] = {}  # whom to tell once a collection was written
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20)
        # NORMAL under WAL survives the death of the process, which is all a sandbox has to survive.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)
        self._load()

    def _load(self) -> None:
        for collection, body in self._db.execute("SELECT collection, body FROM record ORDER BY collection, id"):
            self.table(collection).put(json.loads(body))
        self._last.update(dict(self._db.execute("SELECT collection, last FROM sequence")))

    def close(self) -> None:
        with self.lock:
            self._db.close()

    # Reading

    def table(self, name: str) -> Table:
        return self._tables.setdefault(name, Table())

    def get(self, name: str, record_id: Any) -> Record | None:
        return self.table(name).records.get(record_id)

    def all(self, name: str) -> Iterator[Record]:
        return self.table(name).newest_first()

    def where(self, name: str, /, **values: Any) -> list[Record]:
        """Return the records whose fields equal the given values, oldest first."""
        table = self.table(name)
        wanted = values.items()
        return [
            record
            for record in (table.records[key] for key in table.narrowed(values))
            if all(record.get(field) == value for field, value in wanted)
        ]

    def first(self, name: str, /, **values: Any) -> Record | None:
        return next(iter(self.where(name, **values)), None)

    def blob(self, blob_id: int) -> bytes:
        with self.lock:
            row = self._db.execute("SELECT body FROM blob WHERE id = ?", (blob_id,)).fetchone()
        return bytes(row[0]) if row else b""

    # Writing

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Hold the lock; keep every change made inside, on disk too, or none of them.

        Repeat: units nest, the outermost one writes.
        """
        with self.lock:
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._flush()
            except BaseException:
                if self._depth == 1:
                    self._roll_back()
                raise
            finally:
                self._depth -= 1

    def add(self, name: str, /, *, without: Iterable[str] = (), **values: Any) -> Record:
        """Store a new record, giving it an id and its timestamps unless it brings its own."""
        now = self.now()
        record: Record = {
            "id": values.pop("id", None) or self._next_id(name),
            "created_at": now,
            "updated_at": now,
        }
        record.update(values)
        for field in without:
            record.pop(field, None)
        table = self.table(name)
        self._undo.append(lambda: table.drop(record["id"]))
        self._save(name, record)
        return record

    def change(
        self, name: str, record_id: int, /, *, touch: bool = True, without: Iterable[str] = (), **values: Any
    ) -> Record:
        """Change fields of a record, and its `updated_at` unless told not to; `without` names fields to drop."""
        table = self.table(name)
        before = table.records[record_id]
        record = {**before, **({"updated_at": self.now()} if touch else {}), **values}
        for field in without:
            record.pop(field, None)
        self._undo.append(lambda: table.put(before))
        self._save(name, record)
        return record

    def remove(self, name: str, record_id: int) -> None:
        table = self.table(name)
        before = table.records[record_id]
        table.drop(record_id)
        self._undo.append(lambda: table.put(before))
        self._writes.append(("DELETE FROM record WHERE collection = ? AND id = ?", (name, record_id)))

    def put_blob(self, blob_id: int, body: bytes) -> None:
        self._writes.append(("INSERT OR REPLACE INTO blob VALUES (?, ?)", (blob_id, body)))

    def drop_blob(self, blob_id: int) -> None:
        self._writes.append(("DELETE FROM blob WHERE id = ?", (blob_id,)))

    def clear(self) -> None:
        """Forget every record, blob and id; only for a reset, which cannot be undone."""
        self._tables.clear()
        self._last.clear()
        self._writes[:] = [("DELETE FROM record", ()), ("DELETE FROM sequence", ()), ("DELETE FROM blob", ())]

    def _save(self, name: str, record: Record) -> None:
        body = self.table(name).put(record)
        self._writes.append(("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (name, record["id"], body.decode())))

    def _next_id(self, name: str) -> int:
        last = self._last.get(name)
        if last is None:
            last = FIRST_ID + _SPAN * (1 + len(self._last))
        self._last[name] = last + 1
        self._writes.append(("INSERT OR REPLACE INTO sequence VALUES (?, ?)", (name, last + 1)))
        return last + 1

    def _flush(self) -> None:
        if self._writes:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in self._writes:
                    self._db.execute(sql, values)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        written = {values[0] for _, values in self._writes if values} & self.on_commit.keys()
        self._writes.clear()
        self._undo.clear()
        for name in written:
            self.on_commit[name]()

    def _roll_back(self) -> None:
        for undo in reversed(self._undo):
            undo()
        self._writes.clear()
        self._undo.clear()
