"""What the training loop and a recipe say to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar, runtime_checkable

from torch import Tensor, nn

from lasso3d.core.errors import LassoError

Batch = TypeVar("Batch")
"""One scene made ready for the network: a frozen dataclass of numpy arrays, which travels between processes."""


@dataclass(frozen=True)
class TrainSettings:
    """How long, how fast and on what a network learns."""

    steps: int = 10_000
    """Updates of the weights."""
    batch: int = 4
    """Scenes per step over all processes; the number of processes must divide it."""
    learning_rate: float = 1e-4
    """Of AdamW, at the end of the warm-up."""
    weight_decay: float = 1e-4
    """Of matrices; biases and the scales of norms are never decayed."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Of AdamW."""
    clip_norm: float | None = 1.0
    """Largest norm of all gradients together."""
    clip_value: float | None = None
    """Largest absolute entry of a gradient, applied after the norm."""
    schedule: Literal["cosine", "multi-step", "constant"] = "cosine"
    """Of the learning rate after the warm-up."""
    warm_up: int = 0
    """Steps in which the learning rate grows linearly."""
    floor: float = 0.0
    """Share of the learning rate that the cosine ends at."""
    milestones: tuple[float, ...] = (0.9,)
    """Shares of all steps after which the multi-step schedule multiplies the learning rate by `gamma`."""
    gamma: float = 0.1
    """Factor at each milestone."""
    ema: float | None = None
    """Decay of the running mean of the weights, which then becomes the checkpoint; 0.999 is usual."""
    precision: Literal["f32", "bf16"] = "f32"
    """bf16 = autocast; weights, gradients and optimiser stay f32."""
    seed: int = 0
    """Of the initial weights and of everything drawn inside the network."""
    save_every: int = 500
    """Steps between saves of the whole state; the last two are kept."""
    log_every: int = 20
    """Steps between lines of the log, which hold means over them."""
    workers: int = 2
    """Processes that make batches ahead of time; 0 = made between the steps."""
    threads: int | None = None
    """Of torch on the CPU; None = as many as cores. The last bits of sums depend on it."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto = cuda where there is one."""

    def __post_init__(self) -> None:
        for name in ("steps", "warm_up", "workers", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, found {getattr(self, name)}")
        for name in ("batch", "save_every", "log_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, found {getattr(self, name)}")


@dataclass(frozen=True)
class RunFacts:
    """What a card says about how its weights were made."""

    steps: int
    seed: int
    command: str
    hardware: str
    minutes: float


@runtime_checkable
class Recipe(Protocol[Batch]):
    """What a system learns from: a frozen dataclass whose fields are flags and JSON, `train` among them.

    Recipes are found by name: `lasso3d.systems.<name>.recipe` holds the class as `RECIPE` and, where there are
    several sets of defaults, `PRESETS: dict[str, RECIPE]`.
    """

    @property
    def train(self) -> TrainSettings:
        """Usually a field."""

    def network(self) -> nn.Module:
        """A fresh network on the CPU; torch's generator was seeded with `train.seed`."""

    def batch(self, step: int, part: int) -> Batch:
        """Scene number `part` (0 to `train.batch` - 1) of a step, a pure function of (recipe, step, part).

        It runs in worker processes without a GPU, so it holds arrays of the host.
        """

    def losses(self, network: nn.Module, batches: Sequence[Batch], step: int) -> dict[str, Tensor]:
        """Named scalar losses, already weighted, whose sum is minimised.

        Each is a mean over the scenes in `batches`, so that several processes learn what one would; the names are
        the same in every process. The network is in training mode, unwrapped, on its device; batches come as
        `batch` made them and are moved there by this method. torch was seeded from (seed, step, process).
        """

    def save(self, folder: Path, network: nn.Module, facts: RunFacts) -> None:
        """Write the checkpoint; called at the end, in evaluation mode, with averaged weights where asked."""


@dataclass(frozen=True)
class Job:
    """A recipe to be run, and where."""

    system: str
    recipe: Recipe
    out: Path
    """States, log and checkpoint go here."""
    resume: bool = False
    """Go on from the newest state in `out`."""
    weights: Mapping[str, Tensor] | None = None
    """To start from instead of fresh ones."""
    command: str = ""
    """What the user typed, for the card."""


class RecipeError(LassoError):
    """A recipe cannot be read, found, or resumed as it is now."""


class Diverged(LassoError):
    """A loss or a gradient is no longer finite."""


class Interrupted(LassoError):
    """Someone asked the run to stop; its state is saved."""
