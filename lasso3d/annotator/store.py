"""Where sessions live: one SQLite file, in which every command is safe before it is answered."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Any, final

from lasso3d.annotator.packing import Blob
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.session import Answer, Candidates, Event, Heat, Row
from lasso3d.core.errors import LassoError

SCHEMA = """
CREATE TABLE IF NOT EXISTS scenes(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, up TEXT NOT NULL, unit REAL NOT NULL,
    uploaded INTEGER NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sessions(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, scene TEXT NOT NULL, system TEXT NOT NULL, layout TEXT NOT NULL,
    created REAL NOT NULL, used REAL NOT NULL, rev INTEGER NOT NULL, objects INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS events(
    session TEXT NOT NULL, rev INTEGER NOT NULL, cmd TEXT NOT NULL, t TEXT NOT NULL, args TEXT NOT NULL,
    time REAL NOT NULL, PRIMARY KEY(session, rev), UNIQUE(session, cmd));
CREATE TABLE IF NOT EXISTS answers(
    session TEXT NOT NULL, rev INTEGER NOT NULL, answer TEXT NOT NULL, PRIMARY KEY(session, rev));
CREATE TABLE IF NOT EXISTS blobs(digest TEXT PRIMARY KEY, size INTEGER NOT NULL, content BLOB NOT NULL);
"""
"""A log that is only ever appended to; masks and heat maps by digest, each once."""

VERSION = 1
"""Of the form of the file."""
BUSY_SECONDS = 10.0


@final
@dataclass(frozen=True)
class SceneRow:
    """A scan that was opened once."""

    id: str
    name: str
    path: str
    up: str
    unit: float
    uploaded: bool
    created: float


@final
@dataclass(frozen=True)
class SessionRow:
    """What the list of sessions shows."""

    id: str
    name: str
    scene: str
    system: str
    """Who answered clicks when it was made; the log says who does now."""
    layout: str
    """Order of the points that the masks are packed in."""
    created: float
    used: float
    rev: int
    objects: int


@final
class Store:
    """Commits before it returns: what was acknowledged survives the end of the process."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            what = (
                f"the sessions were written by another version of lasso3d (form {version}, this one has {VERSION})"
            )
            raise LassoError(what, str(path), "use that version, or another --sessions folder")
        self._connection.executescript(SCHEMA)
        self._connection.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        """Nothing is lost without it; it folds the log file into the other."""
        with self._lock:
            self._connection.close()

    def put_scene(self, row: SceneRow) -> None:
        """Remember a scan; one that is known stays as it is."""
        with self._writing() as run:
            run.execute("INSERT OR IGNORE INTO scenes VALUES(?,?,?,?,?,?,?)", _values(row))

    def scene(self, key: str) -> SceneRow | None:
        """A scan by its id."""
        found = self._rows("SELECT * FROM scenes WHERE id=?", key)
        return SceneRow(**_plain(found[0]) | {"uploaded": bool(found[0]["uploaded"])}) if found else None

    def put_session(self, row: SessionRow) -> None:
        """A new session."""
        with self._writing() as run:
            run.execute("INSERT INTO sessions VALUES(?,?,?,?,?,?,?,?,?)", _values(row))

    def rename(self, session: str, name: str) -> None:
        """Give a session another name."""
        with self._writing() as run:
            run.execute("UPDATE sessions SET name=? WHERE id=?", (name, session))

    def session(self, key: str) -> SessionRow:
        """A session by its id; Problem where there is none."""
        found = self._rows("SELECT * FROM sessions WHERE id=?", key)
        if not found:
            raise Problem("not_found", f"there is no session {key[:40]!r}", cure="choose one of the list")
        return SessionRow(**_plain(found[0]))

    def sessions(self) -> list[SessionRow]:
        """All sessions, the one used last first."""
        return [SessionRow(**_plain(row)) for row in self._rows("SELECT * FROM sessions ORDER BY used DESC, id")]

    def append(self, session: str, event: Event, *, objects: int, blobs: tuple[Blob, ...] = ()) -> None:
        """Commit a command.

        Raises:
            Problem: `conflict`, where another program has written to the session.
        """
        try:
            with self._writing() as run:
                _put_blobs(run, blobs)
                args = json.dumps(event.args)
                values = (session, event.rev, event.cmd, event.t, args, event.time)
                run.execute("INSERT INTO events VALUES(?,?,?,?,?,?)", values)
                used = "UPDATE sessions SET used=?, rev=?, objects=? WHERE id=?"
                run.execute(used, (event.time, event.rev, objects, session))
        except sqlite3.IntegrityError as error:
            what = "another server has written to this session"
            raise Problem("conflict", what, cure="open the session again") from error

    def earlier(self, session: str, cmd: str) -> tuple[int, str] | None:
        """Number and kind of the event that a command became; None = it is new."""
        found = self._rows("SELECT rev, t FROM events WHERE session=? AND cmd=?", session, cmd)
        return (found[0]["rev"], found[0]["t"]) if found else None

    def answer(self, session: str, answer: Answer, blobs: tuple[Blob, ...]) -> None:
        """Commit what a system answered."""
        with self._writing() as run:
            _put_blobs(run, blobs)
            plain = json.dumps(asdict(answer))
            run.execute("INSERT INTO answers VALUES(?,?,?)", (session, answer.rev, plain))

    def events(self, session: str) -> Iterator[Event]:
        """The whole log, oldest first."""
        for row in self._rows("SELECT rev,cmd,t,args,time FROM events WHERE session=? ORDER BY rev", session):
            yield Event(row["rev"], row["cmd"], row["t"], json.loads(row["args"]), row["time"])

    def answers(self, session: str) -> Iterator[Answer]:
        """Every answer, by event."""
        for row in self._rows("SELECT answer FROM answers WHERE session=? ORDER BY rev", session):
            yield answer_of(json.loads(row["answer"]))

    def blob(self, digest: str) -> Blob:
        """A mask or a heat map; Problem where there is none."""
        found = self._rows("SELECT * FROM blobs WHERE digest=?", digest)
        if not found:
            raise Problem("not_found", f"there is no mask {digest[:40]!r}")
        return Blob(**_plain(found[0]))

    def _rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on the disk when the block ends well, else none of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def answer_of(plain: dict[str, Any]) -> Answer:
    """An answer from the JSON it was kept as."""
    heat, found = plain["heat"], plain["candidates"]
    answer = Answer(
        **plain
        | {"heat": None, "candidates": None, "masks": tuple((m[0], m[1], m[2], m[3]) for m in plain["masks"])}
    )
    if heat is not None:
        answer = replace(answer, heat=Heat(**heat))
    if found is not None:
        rows = tuple(Row(**row) for row in found["rows"])
        answer = replace(answer, candidates=Candidates(**found | {"rows": rows}))
    return answer


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def _put_blobs(run: sqlite3.Connection, blobs: tuple[Blob, ...]) -> None:
    run.executemany("INSERT OR IGNORE INTO blobs VALUES(?,?,?)", [_values(blob) for blob in blobs])


def _values(row: Any) -> tuple[Any, ...]:
    return tuple(vars(row).values())


def _plain(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys()}  # noqa: SIM118
