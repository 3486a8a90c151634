"""A small scan, a stand-in system that answers every prompt, and the service around them."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest
from starlette.testclient import TestClient

from lasso3d.annotator.access import Access, address_of
from lasso3d.annotator.messages import command_of
from lasso3d.annotator.sandbox import in_place
from lasso3d.annotator.server import Settings, annotator_of, app_of
from lasso3d.core.prompts import Box, ClassNames, Clicks, Instruction, PartNames, ReferringExpression
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import SceneEncoding, Segmenter
from lasso3d.geometry.voxels import voxelize
from lasso3d.io.export import write_scene

PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True, eq=False)
class StandInEncoding(SceneEncoding):
    of_point: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    centroid: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.float32))

    @property
    def nbytes(self) -> int:
        return self.of_point.nbytes + self.centroid.nbytes


class StandIn(Segmenter):
    """Clicks claim what is near them, and what the previous answer said; words claim slabs of the scan."""

    understands: ClassVar[tuple[Any, ...]] = (Clicks, Box, ClassNames, Instruction, PartNames, ReferringExpression)

    def __init__(self, name: str = "stand-in", pause: Callable[[str], None] = lambda stage: None) -> None:
        self.name, self.pause = name, pause

    @property
    def identity(self) -> str:
        return self.name

    def with_voxel(self, size):
        return self

    def save(self, folder):
        raise NotImplementedError

    def encode(self, scene, *, progress=None):
        for step in range(3):
            if progress is not None:
                progress(step / 3, "features")
            self.pause("encode")
        voxels = voxelize(scene.xyz, 0.1)
        of_point = voxels.of_point.copy()
        of_point.flags.writeable = False
        return StandInEncoding(scene, self.identity, of_point, voxels.mean(scene.xyz))

    def _segment(self, encoding, prompt, previous, seed):
        self.pause("segment")
        xyz = encoding.centroid
        if isinstance(prompt, Clicks):
            return _nearest(encoding, prompt, previous)
        if isinstance(prompt, Box):
            inside = ((xyz >= np.array(prompt.lower)) & (xyz <= np.array(prompt.upper))).all(1)
            rows, labels = inside[None], ("box",)
        else:
            names = getattr(prompt, "names", None) or getattr(prompt, "parts", None) or ("left", "right")
            slab = np.clip((xyz[:, 0] / 4 * len(names)).astype(int), 0, len(names) - 1)
            rows, labels = slab[None] == np.arange(len(names))[:, None], tuple(names)
        score = np.linspace(0.9, 0.5, len(labels))
        doubt = np.full(len(xyz), 0.2)
        return Segmentation(
            rows.astype(np.float32), encoding.of_point, labels, score, doubt, exclusive=False, reply="ok"
        )


def _nearest(encoding, prompt, previous):
    xyz, objects = encoding.centroid, prompt.objects
    strength = np.full((len(objects) + 1, len(xyz)), 1e-3)
    for click in prompt.clicks:
        row = objects.index(click.object) if click.object else len(objects)
        away = ((xyz - np.array(click.xyz)) ** 2).sum(1)
        strength[row] += np.exp(-4 * away)
    strength[-1] += 0.05
    if previous is not None:
        # so that the chain of feedback shows in the masks
        for row, label in enumerate(objects):
            if label in previous.labels:
                strength[row] += 0.1 * previous.probability[previous.labels.index(label)]
    share = strength / strength.sum(0)
    doubt = 1 - share.max(0)
    return Segmentation(share[:-1], encoding.of_point, objects, np.full(len(objects), 0.8), doubt, exclusive=True)


def only_clicks(name):
    class OnlyClicks(StandIn):
        understands: ClassVar[tuple[Any, ...]] = (Clicks,)

    return OnlyClicks(name)


@pytest.fixture(scope="session")
def small_scene():
    rng = np.random.default_rng(7)
    xyz = rng.random((4000, 3)).astype(np.float32) * np.array([4, 3, 0.05], np.float32)
    xyz[:800] = rng.random((800, 3)) * 0.4 + np.array([1, 1, 0.1])
    strength = rng.random(4000).astype(np.float32)
    return Scene(xyz, rgb=rng.integers(0, 255, (4000, 3), dtype=np.uint8), extra={"intensity": strength})


@pytest.fixture
def scan(small_scene, tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    write_scene(folder / "room.ply", small_scene)
    return folder / "room.ply"


@pytest.fixture
def stand_in():
    """What `load` gives; a test may let it pause."""
    return StandIn()


@pytest.fixture
def settings(tmp_path, scan):
    return Settings(
        data=tmp_path / "data",
        cache=tmp_path / "cache",
        roots={"scans": scan.parent},
        nbytes=1 << 28,
        thread=True,
        run=in_place,
    )


@pytest.fixture
def start(settings, stand_in):
    """Starts the service as often as a test likes, on the same folders."""
    running = []

    def begin(**changes):
        loaded = {"stand-in": stand_in, "clicker": only_clicks("clicker")}
        annotator = annotator_of(loaded.__getitem__, tuple(loaded), "stand-in", settings)
        running.append(annotator)
        return annotator

    yield begin
    for annotator in running:
        annotator.close()


@pytest.fixture
def annotator(start):
    return start()


@pytest.fixture
def desk(annotator, scan):
    return new_desk(annotator, scan)


def new_desk(annotator, scan):
    record = annotator.scenes.open(scan)
    wait_until(lambda: annotator.scenes.record(record.id).status != "preparing")
    return annotator.new_session(record.id)


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


@pytest.fixture
def until():
    return wait_until


@pytest.fixture
def open_desk():
    return new_desk


@pytest.fixture
def do():
    """Gives a command to a desk and waits for its answer."""

    def give(desk, t, *, wait=True, cmd=None, **fields):
        reply = desk.command(command_of({"t": t, "cmd": cmd or str(uuid.uuid4()), **fields}))
        return desk.wait(reply, 30.0) if wait else reply

    return give


@pytest.fixture
def access():
    return Access(address_of("127.0.0.1", PORT))


@pytest.fixture
def stranger(annotator, access):
    """A client without a token."""
    app = app_of(annotator, access)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(stranger, access):
    """A script with the key."""
    stranger.headers["authorization"] = f"Bearer {access.token}"
    return stranger


@pytest.fixture
def page(stranger, access):
    """A browser that has opened its link."""
    assert stranger.get(f"/?token={access.token}").status_code == 303
    stranger.headers.update({"origin": BASE, "sec-fetch-site": "same-origin"})
    return stranger
