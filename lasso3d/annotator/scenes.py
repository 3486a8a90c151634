"""Which scans may be opened, and their preparation in the background."""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO, Literal, final

from lasso3d.annotator.problems import Problem, problem_of
from lasso3d.annotator.sandbox import Run, confined
from lasso3d.annotator.store import SceneRow, Store
from lasso3d.annotator.tiles import Display, is_prepared, prepare
from lasso3d.core.errors import ReadError
from lasso3d.core.scene import Up
from lasso3d.io.folder_meta import SCENE_FILE
from lasso3d.io.formats import BY_SUFFIX
from lasso3d.io.scenes import read_scene

Status = Literal["preparing", "ready", "failed"]
UPLOAD_BYTES = 4 << 30
POINTS = 100_000_000
SPARE_BYTES = 1 << 30
"""Of the disk, which uploads leave free."""
CACHED_BYTES = 40 << 30
"""Prepared scenes beyond this go, the ones used longest ago first."""
ABANDONED_SECONDS = 86_400.0
SAFE_NAME = re.compile(r"[^\w .()+-]")


@final
@dataclass(frozen=True)
class SceneRecord:
    """What pages are told of a scan."""

    id: str
    name: str
    path: str | None
    """Where it lies below the allowed roots; None for uploads and scans named on the command line."""
    points: int | None
    status: Status
    progress: float
    stage: str
    error: dict[str, Any] | None
    created: float


@final
@dataclass(frozen=True)
class Entry:
    """A line of a listing."""

    name: str
    path: str
    kind: Literal["folder", "scan"]
    bytes: int


@final
class Scenes:
    """Scans that were opened; each is prepared once, in a confined process."""

    def __init__(
        self,
        store: Store,
        *,
        cache: Path,
        uploads: Path,
        roots: Mapping[str, Path],
        run: Run = confined,
        changed: Callable[[SceneRecord], None] = lambda record: None,
    ) -> None:
        self._store, self._cache, self._uploads, self._run = store, cache, uploads, run
        self._roots = {name: path.resolve() for name, path in roots.items()}
        self.changed = changed
        self._records: dict[str, SceneRecord] = {}
        self._rows: dict[str, SceneRow] = {}
        self._displays: dict[str, Display] = {}
        self._lock = RLock()
        self._pool = ThreadPoolExecutor(1, "prepare")
        cache.mkdir(parents=True, exist_ok=True)
        _make_room(cache)

    @property
    def roots(self) -> list[str]:
        """Names of the folders below which files may be opened."""
        return list(self._roots)

    def records(self) -> list[SceneRecord]:
        """Scans of this run of the server, the newest first."""
        with self._lock:
            return sorted(self._records.values(), key=lambda record: -record.created)

    def record(self, key: str) -> SceneRecord:
        """A scan by its id, of this run or an earlier one."""
        with self._lock:
            if key not in self._records:
                row = self._store.scene(key)
                if row is None:
                    raise Problem("not_found", f"there is no scene {key[:40]!r}", cure="open its file")
                self._begin(row)
            return self._records[key]

    def display(self, key: str) -> Display:
        """A prepared scan; Problem `not_ready` while it is being prepared."""
        record = self.record(key)
        if record.status == "failed" and record.error is not None:
            raise Problem("read_error", record.error["what"], record.error["where"], record.error["cure"])
        if record.status != "ready":
            raise Problem("not_ready", f"{record.name} is being prepared ({record.progress:.0%})", cure="wait")
        with self._lock:
            if key not in self._displays:
                self._displays[key] = Display(self._folder(key))
                os.utime(self._folder(key))
            return self._displays[key]

    def row(self, key: str) -> SceneRow:
        """Where a scan came from."""
        self.record(key)
        return self._rows[key]

    def open_below_root(self, path: str, *, up: Up, unit: float) -> SceneRecord:
        """Open `root/sub/file`."""
        return self.open(self._inside(path), up=up, unit=unit, shown=path)

    def open(self, path: Path, *, up: Up = "z", unit: float = 1.0, shown: str | None = None) -> SceneRecord:
        """Open a file or scene folder, wherever it lies: for the command line, never for a request."""
        final = path.resolve()
        key = _key(final, up, unit)
        row = SceneRow(key, final.stem, str(final), up, unit, False, time.time())
        self._store.put_scene(row)
        return self._begin(row, shown)

    def entries(self, path: str) -> list[Entry]:
        """Folders and scans below a root; the roots themselves for ""."""
        if not path.strip("/"):
            return [Entry(name, name, "folder", 0) for name in self._roots]
        folder = self._inside(path)
        if not folder.is_dir():
            raise Problem("bad_request", "is no folder", path, "open it instead")
        found = (self._entry(item, f"{path.strip('/')}/{item.name}") for item in sorted(folder.iterdir()))
        return [entry for entry in found if entry is not None]

    @contextmanager
    def uploading(self, name: str, *, up: Up, unit: float, done: list[SceneRecord]) -> Iterator[BinaryIO]:
        """A file to write an upload into; it becomes a scan when the block ends well (then in `done`)."""
        safe = safe_name(name)
        if Path(safe).suffix.lower() not in BY_SUFFIX:
            raise Problem("bad_request", f"{Path(safe).suffix!r} is no suffix of a scan", safe, "convert it first")
        folder = self._uploads / secrets.token_hex(8)
        folder.mkdir(parents=True)
        partial = folder / f".partial{Path(safe).suffix}"
        try:
            with partial.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, folder / safe)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        row = SceneRow(secrets.token_hex(8), Path(safe).stem, str(folder / safe), up, unit, True, time.time())
        self._store.put_scene(row)
        done.append(self._begin(row))

    def refuse_upload(self, size: int) -> None:
        """Problem where an upload of so many bytes is too large, or the disk too full for it."""
        self._uploads.mkdir(parents=True, exist_ok=True)
        if size > UPLOAD_BYTES:
            cure = "name it on the command line of the server instead"
            raise Problem("too_large", f"uploads end at {UPLOAD_BYTES >> 20} MiB", cure=cure)
        if size > shutil.disk_usage(self._uploads).free - SPARE_BYTES:
            raise Problem("too_large", "the disk of the server is full", cure="free some space")

    def run(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """Something else to do with a stranger's file, confined."""
        try:
            return self._run(task, *arguments, progress=lambda share, stage: None)
        except Problem as problem:
            # where on the server it lies is nobody's business
            raise Problem(problem.code, problem.what, Path(problem.where).name, problem.cure) from problem

    def close(self) -> None:
        """Preparations under way are finished or forgotten."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _folder(self, key: str) -> Path:
        return self._cache / key

    def _begin(self, row: SceneRow, shown: str | None = None) -> SceneRecord:
        with self._lock:
            known = self._records.get(row.id)
            if known is not None and known.status != "failed":
                return known
            self._rows[row.id] = row
            record = SceneRecord(row.id, row.name, shown, None, "preparing", 0.0, "waiting", None, row.created)
            if is_prepared(self._folder(row.id)):
                points = Display(self._folder(row.id)).manifest.n
                record = replace(record, status="ready", points=points, progress=1.0, stage="done")
            self._records[row.id] = record
            if record.status == "preparing":
                self._pool.submit(self._prepare, row)
            return record

    def _prepare(self, row: SceneRow) -> None:
        def tell(share: float, stage: str) -> None:
            self._change(row.id, progress=share, stage=stage)

        try:
            points = self._run(
                prepare_file, row.path, row.up, row.unit, str(self._folder(row.id)), row.id, progress=tell
            )
            self._change(row.id, status="ready", points=points, progress=1.0, stage="done")
        except Exception as error:  # noqa: BLE001
            problem = problem_of(error).to_json()
            hidden = {**problem, "where": row.name}
            self._change(row.id, status="failed", stage="failed", error=hidden)

    def _change(self, key: str, **changes: Any) -> None:
        with self._lock:
            self._records[key] = replace(self._records[key], **changes)
            record = self._records[key]
        self.changed(record)

    def _inside(self, path: str) -> Path:
        """The real place of `root/sub/file`; Problem where it leads out of its root."""
        name, *rest = [part for part in path.split("/") if part]
        root = self._roots.get(name)
        cure = "GET /api/v1/files lists what may be opened"
        if root is None or any(part.startswith(".") or "\\" in part or "\0" in part for part in rest):
            raise Problem("forbidden_path", "is not below an allowed root", path[:200], cure)
        try:
            place = root.joinpath(*rest).resolve(strict=True)
        except OSError as error:
            raise Problem("not_found", "there is no such file", path[:200], cure) from error
        if not place.is_relative_to(root):
            raise Problem("forbidden_path", "is not below an allowed root", path[:200], cure)
        return place

    def _entry(self, item: Path, path: str) -> Entry | None:
        """None for what cannot be opened."""
        try:
            self._inside(path)
            size = item.stat().st_size
        except (Problem, OSError):
            return None
        if item.is_dir():
            kind: Literal["folder", "scan"] = "scan" if (item / SCENE_FILE).is_file() else "folder"
            return Entry(item.name, path, kind, 0)
        return Entry(item.name, path, "scan", size) if item.suffix.lower() in BY_SUFFIX else None


def prepare_file(
    path: str, up: Up, unit: float, folder: str, key: str, progress: Callable[[float, str], None]
) -> int:
    """Read a scan and write what pages need of it; number of points."""
    progress(0.0, "reading")
    scene = read_scene(Path(path), up=up, unit=unit)
    if len(scene) > POINTS:
        raise ReadError(f"has {len(scene):,} points, more than {POINTS:,}", path, "cut it into tiles first")
    prepare(Path(folder), scene, key=key, progress=progress)
    return len(scene)


def safe_name(name: str) -> str:
    """A file name without anything that a path, a header or a shell could take for more."""
    last = SAFE_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")[-100:].lstrip(". ")
    return last or "scan"


def _key(path: Path, up: Up, unit: float) -> str:
    """By which an unchanged file is known again without reading it."""
    looked_at = path / SCENE_FILE if (path / SCENE_FILE).is_file() else path
    try:
        found = looked_at.stat()
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the path") from error
    text = json.dumps([str(path), found.st_size, found.st_mtime_ns, up, unit])
    return sha256(text.encode()).hexdigest()[:16]


def _make_room(cache: Path) -> None:
    """Delete prepared scenes, the ones used longest ago first, until the rest is small enough."""
    folders = sorted((f for f in cache.iterdir() if f.is_dir()), key=lambda f: f.stat().st_mtime, reverse=True)
    held = 0
    for folder in folders:
        held += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        abandoned = folder.name.startswith(".tmp-") and time.time() - folder.stat().st_mtime > ABANDONED_SECONDS
        if held > CACHED_BYTES or abandoned:
            shutil.rmtree(folder, ignore_errors=True)
