"""One process on plain torch, or several through accelerate."""

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lasso3d.core.errors import MissingExtra
from lasso3d.training.runs import RecipeError, TrainSettings


@dataclass(frozen=True)
class Processes:
    """Which of the processes this is, and what they do together."""

    device: torch.device
    rank: int = 0
    count: int = 1
    accelerator: Any = None
    """An `accelerate.Accelerator`; None = alone."""
    threads_before: int = 1
    """Of torch, to be put back."""

    @property
    def leads(self) -> bool:
        """The process that writes files and speaks."""
        return self.rank == 0

    def parts(self, batch: int) -> range:
        """The scenes of a step that are this process's."""
        if batch % self.count:
            what = f"a batch of {batch} scenes cannot be shared by {self.count} processes"
            raise RecipeError(what, "train.batch", "use a multiple of the number of processes")
        each = batch // self.count
        return range(self.rank * each, (self.rank + 1) * each)

    def share(self, module: nn.Module) -> nn.Module:
        """The module with gradients that are means over the processes."""
        return module if self.accelerator is None else self.accelerator.prepare_model(module)

    def mean(self, values: Tensor) -> Tensor:
        """Over the processes; not finite where any of them is not."""
        return values if self.accelerator is None else self.accelerator.reduce(values, reduction="mean")

    def backward(self, loss: Tensor) -> None:
        """Gradients, the same in every process afterwards."""
        if self.accelerator is None:
            loss.backward()
        else:
            self.accelerator.backward(loss)

    def leave(self) -> None:
        """Part in good order."""
        if self.accelerator is not None:
            self.accelerator.end_training()
        torch.set_num_threads(self.threads_before)


def join(settings: TrainSettings) -> Processes:
    """Alone, or one of those that `accelerate launch` or torchrun started.

    Alone needs nothing but torch, and learns the same bits whether accelerate is installed or not.
    """
    threads_before, device = torch.get_num_threads(), settings.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise RecipeError("there is no CUDA device", "train.device", "use cpu or auto")
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        _use(settings.threads)
        return Processes(torch.device(device), threads_before=threads_before)
    try:
        from accelerate import Accelerator, DistributedDataParallelKwargs
    except ImportError as error:
        raise MissingExtra("several processes need accelerate", cure="pip install accelerate") from error
    # a step need not use every parameter: a posterior without objects, say
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    accelerator = Accelerator(cpu=device == "cpu", mixed_precision="no", kwargs_handlers=[unused])
    # after accelerate, which has its own idea
    _use(settings.threads)
    rank, count = accelerator.process_index, accelerator.num_processes
    return Processes(accelerator.device, rank, count, accelerator, threads_before)


def _use(threads: int | None) -> None:
    if threads is not None:
        torch.set_num_threads(threads)
