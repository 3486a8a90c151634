"""What every system is: encode a scene once, then answer prompts with pure functions."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

from lasso3d.core.errors import UnsupportedPrompt
from lasso3d.core.prompts import Prompt
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and the name of the stage; it may raise to cancel."""


@dataclass(frozen=True, eq=False)
class SceneEncoding:
    """What a segmenter keeps of a scene: frozen, opaque, never written to after `encode`."""

    scene: Scene
    segmenter: str
    """Identity of the segmenter that made it."""

    @property
    def key(self) -> str:
        """Equal for encodings of equal scenes by equal segmenters."""
        return f"{self.segmenter}/{self.scene.digest}"

    @property
    def nbytes(self) -> int:
        """Memory held beside the scene itself, bytes."""
        raise ValueError(f"{type(self).__name__} does not say how large it is")


class Segmenter(ABC):
    """A system that answers prompts about scenes. Holds weights and settings, and no state between calls."""

    understands: ClassVar[tuple[type[Prompt], ...]]
    """Prompt classes this system answers."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Everything that decides the answers: system, weights, settings, precision."""

    @abstractmethod
    def with_voxel(self, size: float) -> "Segmenter":
        """The same segmenter at a fixed voxel size, metres, instead of one chosen from the scene."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write a checkpoint folder that `load` turns into an equal segmenter."""

    @abstractmethod
    def encode(self, scene: Scene, *, progress: Progress | None = None) -> SceneEncoding:
        """All that can be computed before a prompt is known.

        Raises:
            OverBudget: the scene will not fit in memory; raised before anything is allocated.
        """

    @abstractmethod
    def _segment(
        self, encoding: SceneEncoding, prompt: Prompt, previous: Segmentation | None, seed: int
    ) -> Segmentation:
        """Answer a prompt that is understood."""

    @final
    def segment(
        self, encoding: SceneEncoding, prompt: Prompt, *, previous: Segmentation | None = None, seed: int = 0
    ) -> Segmentation:
        """Answer one prompt about an encoded scene; a pure function of its arguments.

        Args:
            encoding: what `encode` of this segmenter returned.
            previous: an earlier answer of this segmenter for this encoding, as feedback; None = no feedback.
            seed: decides all randomness.

        Raises:
            UnsupportedPrompt: naming what this system understands.
            ValueError: `encoding` or `previous` came from another segmenter or scene.
        """
        if not isinstance(prompt, self.understands):
            known = ", ".join(kind.__name__ for kind in self.understands)
            name = type(self).__name__
            raise UnsupportedPrompt(f"{name} cannot answer {type(prompt).__name__}", cure=f"it understands {known}")
        if encoding.segmenter != self.identity:
            raise ValueError(f"the encoding was made by {encoding.segmenter}, not by {self.identity}")
        if previous is not None and previous.encoding_key != encoding.key:
            raise ValueError("previous must be an answer of this segmenter for this encoding")
        return self._segment(encoding, prompt, previous, seed)._stamped(encoding.key)
