"""The annotator without a transport: scenes, sessions, systems."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from threading import Event, RLock
from typing import Any, final

import numpy as np

from lasso3d import __version__
from lasso3d.annotator.codec import deflated
from lasso3d.annotator.desk import Desk
from lasso3d.annotator.frames import frame
from lasso3d.annotator.lookups import mask_points, object_at
from lasso3d.annotator.packing import cells_path
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.scenes import POINTS, UPLOAD_BYTES, Scenes
from lasso3d.annotator.store import SessionRow, Store, now
from lasso3d.annotator.systems import SystemRecord, Systems
from lasso3d.annotator.worker import Worker
from lasso3d.core.prompts import Click

OPEN_DESKS = 32
"""Sessions kept in memory that nobody watches."""
ANSWER_SECONDS = 600.0
"""The longest encoding that a request waits for."""


@final
@dataclass(frozen=True)
class SessionRecord:
    """A line of the list of sessions."""

    id: str
    name: str
    scene: str
    scene_name: str
    system: str
    rev: int
    created: float
    used: float
    objects: int


@final
@dataclass(frozen=True)
class ServerRecord:
    """What this server can do."""

    version: str
    systems: list[SystemRecord]
    default_system: str
    formats: list[str]
    roots: list[str]
    limits: dict[str, int]


@final
@dataclass(frozen=True)
class Suggestion:
    """Where to click next."""

    xyz: tuple[float, float, float]
    point: int
    object: int
    sign: int


@final
class Annotator:
    """Everything that a server or a script does with scenes and sessions."""

    def __init__(self, store: Store, scenes: Scenes, worker: Worker, systems: Systems) -> None:
        self.store, self.scenes, self.worker, self.systems = store, scenes, worker, systems
        self._desks: dict[str, Desk] = {}
        self._lock = RLock()
        self.scene_listeners: set[Callable[[dict[str, Any]], None]] = set()
        scenes.changed = self._scene_changed

    def server(self, formats: Sequence[str]) -> ServerRecord:
        """Names, formats and limits."""
        limits = {"upload_bytes": UPLOAD_BYTES, "points": POINTS}
        systems = self.systems
        return ServerRecord(
            __version__, systems.records(), systems.default, list(formats), self.scenes.roots, limits
        )

    def sessions(self) -> list[SessionRecord]:
        """All there are, the one used last first."""
        return [self._record(row) for row in self.store.sessions()]

    def new_session(self, scene: str, *, name: str | None = None, system: str | None = None) -> Desk:
        """A session on a scene that is prepared."""
        manifest = self.scenes.display(scene).manifest
        row = SessionRow(
            id=secrets.token_hex(8),
            name=name or manifest.name or "session",
            scene=scene,
            system=self.systems.require(system or self.systems.default),
            layout=manifest.order,
            created=now(),
            used=now(),
            rev=0,
            objects=0,
        )
        self.store.put_session(row)
        return self.desk(row.id)

    def rename(self, session: str, name: str) -> SessionRecord:
        """Give a session another name."""
        row = replace(self.store.session(session), name=name)
        self.store.rename(session, name)
        with self._lock:
            if session in self._desks:
                self._desks[session].row = row
        return self._record(row)

    def desk(self, session: str) -> Desk:
        """A session to work on; it is brought back from the disk where nobody has it open.

        Raises:
            Problem: there is none, or its scene is still being prepared.
        """
        with self._lock:
            desk = self._desks.pop(session, None)
            if desk is None:
                row = self.store.session(session)
                desk = Desk(row, self.store, self.scenes.display(row.scene), self.worker, self.systems)
                desk.resume()
            self._desks[session] = desk
            idle = [key for key, other in self._desks.items() if not other.busy and key != session]
            for key in idle[: max(0, len(self._desks) - OPEN_DESKS)]:
                del self._desks[key]
            return desk

    def suggestion(self, session: str, *, seconds: float = ANSWER_SECONDS) -> Suggestion | None:
        """Where a click is worth most; None where nothing is expected wrong, or nothing was clicked."""
        desk, over, found = self.desk(session), Event(), []

        def done(result: Any) -> None:
            found.append(result)
            over.set()

        desk.suggest(done)
        if not over.wait(seconds):
            raise Problem("not_ready", "the suggestion takes longer", cure="ask again later")
        if isinstance(found[0], Problem):
            raise found[0]
        return None if found[0] is None else self._suggestion(found[0], desk)

    def labels_frame(self, session: str) -> bytes:
        """Object number of every point shown, 0 = none."""
        desk = self.desk(session)
        labels = labels_of(desk, self.store)
        header = {"t": "labels", "session": session, "rev": desk.history.rev, "n": len(labels)}
        return frame({**header, "enc": f"u{8 * labels.itemsize}+deflate"}, [deflated(labels)])

    def tile_cells(self, session: str, k: int, key: str) -> bytes:
        """Cells of the points of a tile, as deflated differences."""
        desk = self.desk(session)
        tiles = desk.display.manifest.tiles
        if not 0 <= k < len(tiles):
            raise Problem("not_found", f"there is no tile {k}; there are {len(tiles)}")
        path = cells_path(desk.display.folder, key)
        if not key.isalnum() or not path.exists():
            desk.repeat("answer", lambda result: None)
            raise Problem("not_ready", "the cells are being worked out again", cure="ask again in a moment")
        tile = tiles[k]
        cells = np.load(path, mmap_mode="r")[tile.first : tile.first + tile.count]
        return deflated(np.diff(cells, prepend=np.int32(0)))

    def close(self) -> None:
        """End the worker; nothing is lost."""
        self.scenes.close()
        self.worker.close()
        self.store.close()

    def _suggestion(self, click: Click, desk: Desk) -> Suggestion:
        point = desk.display.point_at(click.xyz)
        if click.object > 0:
            return Suggestion(click.xyz, point, click.object, 1)
        # background there: said as "not this object" about the one that has the point
        owner = object_at(point, desk.history.state, desk.display, self.store)
        return Suggestion(click.xyz, point, owner, -1 if owner else 1)

    def _record(self, row: SessionRow) -> SessionRecord:
        scene = self.store.scene(row.scene)
        plain = {name: value for name, value in asdict(row).items() if name != "layout"}
        return SessionRecord(**plain, scene_name=scene.name if scene else "")

    def _scene_changed(self, record: Any) -> None:
        for listener in list(self.scene_listeners):
            listener({**asdict(record), "t": "scene"})


def labels_of(desk: Desk, store: Store) -> np.ndarray:
    """Object number of every point shown in 8 bits, or in 16 where there are more objects."""
    objects = [o for o in desk.history.state.objects.values() if o.mask is not None]
    largest = max((o.number for o in objects), default=0)
    labels = np.zeros(desk.display.manifest.n, np.uint8 if largest < 2**8 else np.uint16)
    for known in objects:
        labels[mask_points(known.mask or "", desk.display, store)] = known.number
    return labels
