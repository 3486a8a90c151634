"""A recipe that runs in a second: a line to be fitted, with dropout and a batch norm to be remembered."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor, nn

from lasso3d.core.errors import ReadError
from lasso3d.nn.checkpoint import write_weights
from lasso3d.systems.card import Card, write_card
from lasso3d.training.__main__ import main
from lasso3d.training.loop import Run, train
from lasso3d.training.processes import join
from lasso3d.training.runs import Job, RunFacts, TrainSettings


@dataclass(frozen=True)
class Points:
    """One scene."""

    x: np.ndarray
    y: np.ndarray
    made_by: int


class ToyNetwork(nn.Module):
    def __init__(self, width: int, *, random: bool) -> None:
        super().__init__()
        self.first = nn.Linear(3, width)
        self.norm = nn.BatchNorm1d(width) if random else nn.LayerNorm(width)
        self.drop = nn.Dropout(0.2 if random else 0.0)
        self.last = nn.Linear(width, 1)
        self.unused = nn.Linear(2, 2)

    def predict(self, x: Tensor) -> Tensor:
        return self.last(self.drop(self.norm(self.first(x).relu())))[:, 0]


def trouble(kind: str, step: int) -> bool:
    """Whether `TOY_TROUBLE` (kind=step) asks for this now; in the environment, as it is no part of a recipe."""
    return os.environ.get("TOY_TROUBLE") == f"{kind}={step}"


def meet(folder: Path) -> None:
    """Wait until two processes are here."""
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.01)


QUICK = TrainSettings(steps=10, batch=2, learning_rate=0.01, workers=0, save_every=2, log_every=1, threads=1)


@dataclass(frozen=True)
class Toy:
    train: TrainSettings = QUICK
    width: int = 8
    random: bool = True
    """Dropout and batch norm, whose state must survive."""
    slow: float = 0.0
    """Seconds per step."""
    kind: Literal["line", "parabola"] = "line"

    seen: ClassVar[set[torch.dtype]] = set()
    """Of what the first layer returned."""

    def network(self) -> nn.Module:
        return ToyNetwork(self.width, random=self.random)

    def batch(self, step: int, part: int) -> Points:
        if trouble("error", step):
            raise ZeroDivisionError("no scene here")
        if trouble("user_error", step):
            raise ReadError("the scene is gone", "scene.ply", "put it back")
        if trouble("die", step):
            os._exit(3)
        if trouble("meet", step):
            meet(Path(os.environ["TOY_MEETING"]))
        rng = np.random.default_rng((step, part))
        x = rng.normal(size=(16, 3)).astype(np.float32)
        target = x @ np.array([1, -2, 0.5], np.float32)
        y = target if self.kind == "line" else target**2
        return Points(x, np.full_like(y, np.nan) if trouble("nan", step) else y, os.getpid())

    def losses(self, network: nn.Module, batches: Sequence[Points], step: int) -> dict[str, Tensor]:
        time.sleep(self.slow)
        if trouble("kill", step):
            os.kill(os.getpid(), signal.SIGKILL)
        if trouble("stop", step):
            signal.raise_signal(signal.SIGTERM)
        device = network.last.weight.device
        losses = []
        for points in batches:
            x = torch.from_numpy(points.x).to(device)
            self.seen.add(network.first(x).dtype)
            found = network.predict(x)
            losses.append((found.float() - torch.from_numpy(points.y).to(device)).square().mean())
        small = 1e-3 * network.last.weight.float().square().mean()
        if trouble("nan_gradient", step):
            small = small + (network.last.bias * 0).abs().sqrt().sum()
        return {"square": torch.stack(losses).mean(), "small": small}

    def save(self, folder: Path, network: nn.Module, facts: RunFacts) -> None:
        digest = write_weights(folder, network)
        card = Card("toy", config={"width": self.width}, weights=digest)
        write_card(folder, replace(card, steps=facts.steps, command=facts.command, minutes=facts.minutes))


PRESETS = {"wide": Toy(width=32)}
CATALOGUE = {"toy": "toy_recipe:Toy"}


def toy(*, random: bool = True, **settings: object) -> Toy:
    """A toy with some of its train settings changed."""
    return Toy(train=replace(QUICK, **settings), random=random)


def ran(out: Path, recipe: Toy, *, resume: bool = False) -> Path:
    """Train; the folder of the run."""
    train(Job("toy", recipe, out, resume=resume, command="toy"))
    return out


def one_of_several(out: Path, recipe: Toy) -> None:
    """One rank: learn, then leave the network as this process has it."""
    run = Run.begin(Job("toy", recipe, out), join(recipe.train))
    run.learn()
    write_weights(out / f"rank{run.processes.rank}of{run.processes.count}", run.state.network)
    run.processes.leave()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], catalogue=CATALOGUE))
