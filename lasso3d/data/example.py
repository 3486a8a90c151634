"""A scene together with what is true of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final, overload

import numpy as np
from jaxtyping import Int32

from lasso3d.core.scene import Scene, frozen

Sentences = tuple[tuple[str, tuple[int, ...]], ...]
"""Each text with the instances it means; none = nothing in the scene fits."""


@final
@dataclass(frozen=True, eq=False)
class ViewTruth:
    """What a view of a scene shows, pixel by pixel, whether or not a depth was measured there."""

    instance: Int32[np.ndarray, "h w"]
    """Ids of the scene's truth; -1 = none, or a thing of which hardly anything is in the scan."""
    semantic: Int32[np.ndarray, "h w"] | None = None
    """Index into the truth's `class_names`; -1 = nothing was met."""
    part: Int32[np.ndarray, "h w"] | None = None
    """Index into the truth's `part_names`; -1 = none."""


@final
@dataclass(frozen=True, eq=False)
class Truth:
    """What a scene holds, point by point. Never reachable from a segmenter."""

    instance: Int32[np.ndarray, " n"]
    """Ids above 0; -1 = no instance."""
    semantic: Int32[np.ndarray, " n"] | None = None
    """Index into `class_names`; -1 = none."""
    part: Int32[np.ndarray, " n"] | None = None
    """Index into `part_names`; -1 = none."""
    class_names: tuple[str, ...] = ()
    part_names: tuple[str, ...] = ()
    expressions: Sentences = ()
    """Referring sentences."""
    instructions: Sentences = ()
    """Requests that need reasoning."""
    targets: tuple[int, ...] | None = None
    """Instances that a benchmark's list asks for, in its order; None = no list, all of them."""
    views: Sequence[ViewTruth] = ()
    """Of the scene's views, in their order; a lazy sequence makes them on access."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "instance", frozen(self.instance, np.int32))
        if ((self.instance < 1) & (self.instance != -1)).any():
            raise ValueError("instance ids must be above 0, or -1 for none")
        if self.targets is not None:
            self._refuse_targets(self.targets)
        for name, names in (("semantic", self.class_names), ("part", self.part_names)):
            labels = getattr(self, name)
            if labels is not None:
                object.__setattr__(self, name, self._indices(name, labels, len(names)))

    def _refuse_targets(self, targets: tuple[int, ...]) -> None:
        if len(set(targets)) != len(targets) or not np.isin(targets, self.instance[self.instance > 0]).all():
            raise ValueError(f"targets must be instances with points, each once, found {targets}")

    def _indices(self, name: str, labels: Any, count: int) -> np.ndarray:
        array = frozen(labels, np.int32)
        if array.shape != self.instance.shape:
            raise ValueError(f"{name} must have {len(self.instance)} values like instance, found {array.shape}")
        if array.size and not -1 <= array.min() <= array.max() < count:
            raise ValueError(f"{name} must be -1 to {count - 1}, found {array.min()} to {array.max()}")
        return array


class Example(NamedTuple):
    """What a data set is a sequence of: `scene, truth = example`."""

    scene: Scene
    truth: Truth


@final
class ReadOnAccess(Sequence[Example]):
    """Examples that are read from their files each time they are asked for; a slice reads nothing."""

    def __init__(self, sources: Sequence[Any], read: Callable[[Any], Example]) -> None:
        self.sources = tuple(sources)
        self._read = read

    def __len__(self) -> int:
        return len(self.sources)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> "ReadOnAccess": ...
    def __getitem__(self, index: int | slice) -> "Example | ReadOnAccess":
        if isinstance(index, slice):
            return ReadOnAccess(self.sources[index], self._read)
        return self._read(self.sources[index])


def colourless(examples: Sequence[Example]) -> ReadOnAccess:
    """The same scans without colour and pictures, to see what a system owes to them."""

    def read(index: int) -> Example:
        scene, truth = examples[index]
        bare = Scene(scene.xyz, normals=scene.normals, origin=scene.origin, name=scene.name)
        return Example(bare, truth)

    return ReadOnAccess(range(len(examples)), read)
