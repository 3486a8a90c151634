"""Where the models are: encodings and answers under a memory budget, masks brought to the points shown."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, Protocol, TypeVar, final, runtime_checkable

from lasso3d.annotator.packing import BackgroundNeeded, Blob, Fixed, Packed, Packer, Placement, about, place
from lasso3d.annotator.tiles import Display
from lasso3d.core.prompts import Click, prompt_from_json
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.geometry.suggest import suggest_click

Load = Callable[[str], Segmenter]
SEED = 0
"""Of every answer; the journal says it, so that another may come."""


ANSWER_BYTES = 512 << 20
"""For answers that may be feedback: sixty of 200,000 tokens and ten objects; others are worked out again."""
ANSWERING = "answer"
"""The stage after encoding."""


@runtime_checkable
class Sized(Protocol):
    """Something that knows how much memory it holds."""

    @property
    def nbytes(self) -> int: ...


S = TypeVar("S", bound=Sized)


@final
class Budgeted(Generic[S]):
    """The values used last, as many as fit; the newest stays even where it alone is too large."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self._kept: OrderedDict[str, S] = OrderedDict()

    def get(self, key: str) -> S | None:
        """A value, which is now the one used last; None = it is not kept."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: str, value: S) -> S:
        """Keep a value and let go of others until all fit."""
        self._kept[key] = value
        while len(self._kept) > 1 and self.held > self.nbytes:
            self._kept.popitem(last=False)
        return value

    @property
    def held(self) -> int:
        """Bytes."""
        return sum(value.nbytes for value in self._kept.values())

    def values(self) -> list[S]:
        """Everything kept, the one used last at the end."""
        return list(self._kept.values())

    def items(self) -> list[tuple[str, S]]:
        """Keys and values, the one used last at the end."""
        return list(self._kept.items())


@final
@dataclass(frozen=True)
class Step:
    """One link of the chain of prompts that leads to an answer."""

    key: str
    prompt: str
    """JSON."""
    seed: int


@final
@dataclass(frozen=True)
class Order:
    """What the server wants to know; small, because it crosses to another process with every click."""

    folder: str
    """Of the prepared scene."""
    system: str
    step: Step
    previous: str | None = None
    """Key of the answer that is feedback."""
    fixed: Fixed = ()
    """Masks that keep their points."""
    known: frozenset[str] = frozenset()
    """Digests of masks the server has, which need not come again."""
    background: "Background | None" = None
    """What the engine may have let go of; sent where it says so."""


@final
@dataclass(frozen=True)
class Background:
    """What an order rests on."""

    chain: tuple[Step, ...]
    """All that leads to the previous answer, oldest first."""
    fixed: tuple[Blob, ...]


@final
@dataclass(frozen=True)
class Reply:
    """An answer as the server keeps it."""

    identity: str
    """Of the segmenter that gave it."""
    labels: tuple[int | str, ...]
    scores: tuple[float, ...]
    rows: Packed
    cells: str
    """Key of the partition that the uncertainty is about."""
    words: str
    model_seconds: float
    pack_seconds: float


@final
@dataclass(frozen=True, eq=False)
class Encoded:
    """An encoding with its scene, which it keeps alive."""

    encoding: SceneEncoding

    @property
    def nbytes(self) -> int:
        """With the scene."""
        scene = self.encoding.scene
        return self.encoding.nbytes + sum(a.nbytes for a in (scene.xyz, scene.rgb, scene.normals) if a is not None)


@final
@dataclass(frozen=True, eq=False)
class Given:
    """An answer that may be feedback for the next."""

    answer: Segmentation

    @property
    def nbytes(self) -> int:
        """Of what it does not share with its encoding; winners are worked out and kept on first use."""
        kept = self.answer
        return kept.stored.nbytes + kept.uncertainty.nbytes + kept.none.nbytes + 8 * len(kept.uncertainty)


@final
class Engine:
    """Owns the models; one answer at a time, everything shared among sessions."""

    def __init__(self, load: Load, *, nbytes: int) -> None:
        self._load = load
        self._segmenters: dict[str, Segmenter] = {}
        self.scenes: Budgeted[Encoded | Placement] = Budgeted(nbytes * 3 // 4)
        self.answers: Budgeted[Given] = Budgeted(min(nbytes // 4, ANSWER_BYTES))
        self._packer = Packer()
        self._displays: dict[str, Display] = {}

    def segmenter(self, system: str) -> Segmenter:
        """A system, loaded once."""
        if system not in self._segmenters:
            self._segmenters[system] = self._load(system)
        return self._segmenters[system]

    def understands(self, system: str) -> list[str]:
        """Names of the prompts that a system answers."""
        return [kind.__name__ for kind in self.segmenter(system).understands]

    def encode(self, folder: str, system: str, progress: Progress) -> SceneEncoding:
        """A scene as a system sees it."""
        display = self._display(folder)
        segmenter = self.segmenter(system)
        key = f"{segmenter.identity}/{display.manifest.digest}"
        kept = self.scenes.get(key)
        if not isinstance(kept, Encoded):
            kept = Encoded(segmenter.encode(display.scene(), progress=progress))
            self.scenes.put(key, kept)
        return kept.encoding

    def answer(self, order: Order, progress: Progress) -> Reply:
        """Masks that answer an order.

        Raises:
            BackgroundNeeded: send it again with its background.
        """
        encoding = self.encode(order.folder, order.system, progress)
        progress(1.0, ANSWERING)
        began = time.perf_counter()
        answer, placement = self._given(encoding, order)
        answered = time.perf_counter()
        blobs = None if order.background is None else order.background.fixed
        rows = self._packer.pack(answer, placement, fixed=order.fixed, blobs=blobs, known=order.known)
        return Reply(
            self.segmenter(order.system).identity,
            tuple(answer.labels),
            tuple(float(score) for score in answer.score),
            rows,
            placement.key,
            answer.reply,
            answered - began,
            time.perf_counter() - answered,
        )

    def suggest(self, order: Order, progress: Progress) -> Click | None:
        """Where the answer to an order is most worth a click, with the object proposed there."""
        encoding = self.encode(order.folder, order.system, progress)
        return suggest_click(encoding.scene, self._given(encoding, order)[0])

    def _given(self, encoding: SceneEncoding, order: Order) -> tuple[Segmentation, Placement]:
        kept = self.answers.get(f"{encoding.key}/{order.step.key}")
        answer = (
            kept.answer if kept else self._ask(encoding, order.system, order.step, self._feedback(encoding, order))
        )
        return answer, self._placement(answer, order.folder)

    def _feedback(self, encoding: SceneEncoding, order: Order) -> Segmentation | None:
        """The previous answer; worked out again from its chain where it was let go of."""
        if order.previous is None:
            return None
        kept = self.answers.get(f"{encoding.key}/{order.previous}")
        if kept is not None:
            return kept.answer
        if order.background is None:
            raise BackgroundNeeded
        answer = None
        for step in order.background.chain:
            answer = self._ask(encoding, order.system, step, answer)
        return answer

    def _ask(self, encoding: SceneEncoding, system: str, step: Step, previous: Segmentation | None) -> Segmentation:
        prompt = prompt_from_json(step.prompt)
        answer = self.segmenter(system).segment(encoding, prompt, previous=previous, seed=step.seed)
        placements = (kept for kept in self.scenes.values() if isinstance(kept, Placement))
        alike = next((kept for kept in placements if kept.holds(answer)), None)
        # answers share the tokens of their points, or each would hold them anew
        answer = answer if alike is None else about(answer, alike.of_point)
        self.answers.put(f"{encoding.key}/{step.key}", Given(answer))
        return answer

    def _display(self, folder: str) -> Display:
        if folder not in self._displays:
            self._displays[folder] = Display(Path(folder))
        return self._displays[folder]

    def _placement(self, answer: Segmentation, folder: str) -> Placement:
        """How the tokens of an answer lie among the points shown."""
        display = self._display(folder)
        for key, kept in self.scenes.items():
            if isinstance(kept, Placement) and kept.order == display.manifest.order and kept.holds(answer):
                self.scenes.get(key)
                return kept
        placement = place(answer, display)
        self.scenes.put(f"{placement.order}/{placement.key}", placement)
        return placement


def step_after(previous: str | None, prompt: str, *, system: str, seed: int = SEED) -> Step:
    """A link of a chain; its key is made of all that came before."""
    text = json.dumps([previous, system, prompt, seed])
    return Step(sha256(text.encode()).hexdigest()[:32], prompt, seed)
