"""The training loop: a run killed at any step and resumed ends as if it had never stopped."""

import math
import shlex
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lasso3d.nn.checkpoint import fill
from lasso3d.training.feed import prefetch
from lasso3d.training.machine import hardware, stop_on_signals
from lasso3d.training.optimizer import clip_gradients, learning_rate, move_average
from lasso3d.training.processes import Processes, join
from lasso3d.training.progress import Log, shown
from lasso3d.training.recipes import RECIPE_FILE, order_of, write_order
from lasso3d.training.runs import Diverged, Interrupted, Job, Recipe, RecipeError, RunFacts
from lasso3d.training.state import State, restore_state, save_state, saved_states

CHECKPOINT = "checkpoint"


class Objective(nn.Module):
    """The losses as one module: several processes wrap this, and the recipe still sees its bare network."""

    def __init__(self, recipe: Recipe[Any], network: nn.Module, *, device: torch.device) -> None:
        super().__init__()
        self.recipe = recipe
        self.network = network
        self.device = device

    def forward(self, batches: Sequence[Any], step: int) -> dict[str, Tensor]:
        """Named losses, f32, in the order of their names."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.train.precision == "bf16"):
            losses = self.recipe.losses(self.network, batches, step)
        return {name: losses[name].float() for name in sorted(losses)}


def train(job: Job) -> Path:
    """Run a recipe to its end; the folder of the checkpoint it wrote.

    Raises:
        RecipeError: `out` holds another run, or none to resume.
        Diverged: a loss or gradient is not finite; the state before that step is saved.
        Interrupted: SIGINT or SIGTERM; the state is saved.
    """
    if not job.resume and saved_states(job.out):
        raise RecipeError("the folder holds a run already", str(job.out), "--resume it, or choose another --out")
    processes = join(job.recipe.train)
    try:
        run = Run.begin(job, processes)
        run.learn()
        if processes.leads:
            run.write_checkpoint()
    finally:
        processes.leave()
    return job.out / CHECKPOINT


@dataclass(frozen=True)
class Run:
    """A job under way in one of its processes."""

    job: Job
    processes: Processes
    state: State
    objective: nn.Module

    @classmethod
    def begin(cls, job: Job, processes: Processes) -> "Run":
        """Before the first step, or after the last one saved."""
        settings = job.recipe.train
        torch.manual_seed(settings.seed)
        network = job.recipe.network()
        if job.weights is not None:
            fill(network, job.weights, where="the weights to start from")
        state = State.fresh(network.to(processes.device).train(), settings)
        if job.resume:
            restore_state(state, job.out, order_of(job.system, job.recipe))
        if processes.leads:
            write_order(job.out, order_of(job.system, job.recipe))
        return cls(job, processes, state, processes.share(Objective(job.recipe, network, device=processes.device)))

    def learn(self) -> None:
        """Step by step to the end."""
        recipe, settings, state = self.job.recipe, self.job.recipe.train, self.state
        steps, parts = range(state.step, settings.steps), self.processes.parts(settings.batch)
        with (
            stop_on_signals() as asked_to_stop,
            closing(prefetch(recipe, steps, parts=parts, workers=settings.workers)) as feed,
            shown(settings.steps, done=state.step, leads=self.processes.leads) as (advance, tell),
        ):
            log = Log(self.job.out, settings, step=state.step, tell=tell) if self.processes.leads else None
            since = time.monotonic()
            for batches in feed:
                values, stop = self.update(batches, asked_to_stop)
                state.seconds, since = state.seconds + time.monotonic() - since, time.monotonic()
                if log is not None:
                    log.hear(state.step, values, rate=learning_rate(settings, state.step - 1))
                advance(state.step)
                if stop or state.step % settings.save_every == 0 or state.step == settings.steps:
                    self.save()
                if stop and state.step < settings.steps:
                    raise self._interrupted()

    def update(self, batches: Sequence[Any], asked_to_stop: Callable[[], bool]) -> tuple[dict[str, float], bool]:
        """One step. Means over the processes of losses and gradient norm, and whether any process is to stop."""
        settings, state = self.job.recipe.train, self.state
        buffers = [buffer.clone() for buffer in state.network.buffers()]
        self._seed(settings.seed)
        losses = self.objective(batches, state.step)
        stop = torch.tensor(float(asked_to_stop()), device=self.processes.device)
        told = torch.stack([*(loss.detach() for loss in losses.values()), stop])
        *means, asked = self.processes.mean(told).tolist()
        values = dict(zip(losses, means, strict=True))
        self._refuse([f"loss {name}" for name, mean in values.items() if not math.isfinite(mean)], buffers)
        state.optimizer.zero_grad()
        self.processes.backward(torch.stack(list(losses.values())).sum())
        norm = float(clip_gradients(state.network, settings))
        self._refuse([] if math.isfinite(norm) else ["the gradient"], buffers)
        for group in state.optimizer.param_groups:
            group["lr"] = learning_rate(settings, state.step)
        state.optimizer.step()
        if settings.ema is not None:
            move_average(state.average, state.network, decay=settings.ema, step=state.step)
        state.step += 1
        return {**values, "grad_norm": norm}, asked > 0

    def save(self) -> None:
        """The state, by the leading process."""
        if self.processes.leads:
            save_state(self.job.out, self.state, order_of(self.job.system, self.job.recipe))

    def write_checkpoint(self) -> None:
        """What the recipe makes of the network, with the mean weights where they were asked for."""
        network = deepcopy(self.state.network).eval()
        own = dict(network.named_parameters())
        with torch.no_grad():
            for name, mean in self.state.average.items():
                own[name].copy_(mean)
        device, count = self.processes.device, self.processes.count
        facts = RunFacts(
            steps=self.state.step,
            seed=self.job.recipe.train.seed,
            command=self.job.command,
            hardware=hardware(device, count=count),
            minutes=round(self.state.seconds / 60, 2),
        )
        self.job.recipe.save(self.job.out / CHECKPOINT, network, facts)

    def _seed(self, seed: int) -> None:
        """What a step draws depends on where it is, not on what was drawn before: there is no generator to save."""
        mixed = np.random.SeedSequence((seed, self.state.step, self.processes.rank)).generate_state(1, np.uint64)
        torch.manual_seed(int(mixed[0]))

    def _refuse(self, not_finite: list[str], buffers: list[Tensor]) -> None:
        """Save the state before this step and stop; every process comes to the same verdict."""
        if not not_finite:
            return
        for buffer, before in zip(self.state.network.buffers(), buffers, strict=True):
            buffer.copy_(before)
        self.save()
        step = self.state.step
        what = f"not finite in the update after step {step}: {', '.join(not_finite)}; the state before it is saved"
        raise Diverged(
            what, str(self.job.out), f"its scenes are recipe.batch({step}, part); lower the learning rate"
        )

    def _interrupted(self) -> Interrupted:
        out = shlex.quote(str(self.job.out))
        again = f"go on with: python -m lasso3d.training {out}/{RECIPE_FILE} --resume {out}"
        return Interrupted(f"interrupted after step {self.state.step}, saved", cure=again)
