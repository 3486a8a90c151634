"""All that changes while a network learns, and the files it survives in: safetensors with one line of JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from lasso3d.core.errors import CheckpointError
from lasso3d.io.atomic import replacing
from lasso3d.training.optimizer import make_optimizer, start_average
from lasso3d.training.runs import RecipeError, TrainSettings

STATES = "states"
STATE_FORMAT = 1
KEPT = 2
FREE_ON_RESUME = frozenset({"steps", "save_every", "log_every", "workers", "device"})
"""Settings of `train` that may differ when a run goes on; with other `steps` it is then another run."""


@dataclass
class State:
    """The learner after `step` updates."""

    network: nn.Module
    optimizer: torch.optim.AdamW
    average: dict[str, Tensor]
    """Running means of the parameters by name; empty where none are asked."""
    step: int = 0
    seconds: float = 0.0
    """Spent in steps, over all resumptions."""

    @classmethod
    def fresh(cls, network: nn.Module, settings: TrainSettings) -> "State":
        """Before the first update."""
        average = {} if settings.ema is None else start_average(network)
        return cls(network, make_optimizer(network, settings), average)


def save_state(out: Path, state: State, order: Mapping[str, Any]) -> Path:
    """Write the state after its step whole or not at all, then forget all but the last two.

    Args:
        order: system and recipe as JSON; resuming compares them.
    """
    folder = out / STATES
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{state.step:08d}.safetensors"
    run = {"format": STATE_FORMAT, "step": state.step, "seconds": state.seconds, **order}
    with replacing(path) as temporary:
        temporary.write_bytes(safetensors.torch.save(_tensors(state), {"run": json.dumps(run)}))
    newest = saved_states(out)[-KEPT:]
    # what a kill in the middle of a save has left goes too
    for old in set(folder.iterdir()) - set(newest):
        old.unlink()
    return path


def saved_states(out: Path) -> list[Path]:
    """The states of a run, oldest first."""
    return sorted((out / STATES).glob("[0-9]*.safetensors"))


def restore_state(state: State, out: Path, order: Mapping[str, Any]) -> None:
    """Make a fresh state the newest saved one.

    Raises:
        RecipeError: there is none, or it belongs to another recipe.
        CheckpointError: the file is damaged.
    """
    paths = saved_states(out)
    if not paths:
        raise RecipeError("there is no saved state to resume", str(out), "start without --resume")
    run, tensors = _read(paths[-1])
    _refuse_another_run(run, order, paths[-1])
    try:
        state.network.load_state_dict(_below("network", tensors))
        _restore_optimizer(state, _below("optimizer", tensors))
        for name, mean in state.average.items():
            mean.copy_(tensors[f"average/{name}"])
    except (KeyError, RuntimeError) as error:
        raise CheckpointError(f"the state does not fit ({error})", str(paths[-1]), "start a new run") from error
    state.step, state.seconds = run["step"], run["seconds"]


def _tensors(state: State) -> dict[str, Tensor]:
    """Everything by name, each a copy of its own on the host."""
    found = {f"network/{name}": tensor for name, tensor in state.network.state_dict().items()}
    found |= {f"average/{name}": mean for name, mean in state.average.items()}
    for name, values in _by_name(state).items():
        found |= {f"optimizer/{name}/{key}": tensor for key, tensor in values.items()}
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in sorted(found.items())}


def _by_name(state: State) -> dict[str, dict[str, Tensor]]:
    """The optimiser's memory; parameters that never had a gradient have none."""
    named = state.network.named_parameters()
    return {name: state.optimizer.state[p] for name, p in named if p in state.optimizer.state}


def _restore_optimizer(state: State, tensors: Mapping[str, Tensor]) -> None:
    names = {parameter: name for name, parameter in state.network.named_parameters()}
    memory: dict[str, dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        name, _, key = path.rpartition("/")
        memory.setdefault(name, {})[key] = tensor
    order = [names[parameter] for group in state.optimizer.param_groups for parameter in group["params"]]
    numbered = {i: memory[name] for i, name in enumerate(order) if name in memory}
    state.optimizer.load_state_dict({**state.optimizer.state_dict(), "state": numbered})


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}/"): t for name, t in tensors.items() if name.startswith(f"{prefix}/")}


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            run = json.loads((file.metadata() or {})["run"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        cure = "remove the file: the state before it is then resumed"
        raise CheckpointError(f"the state cannot be read ({error})", str(path), cure) from error
    if run.get("format") != STATE_FORMAT:
        raise CheckpointError(f"the state has format {run.get('format')!r}", str(path), "start a new run")
    return run, tensors


def _refuse_another_run(run: Mapping[str, Any], order: Mapping[str, Any], path: Path) -> None:
    then, now = _flat({"recipe": run.get("recipe")}), _flat({"recipe": order["recipe"]})
    then["system"], now["system"] = run.get("system"), order["system"]
    free = {f"recipe.train.{name}" for name in FREE_ON_RESUME}
    changed = sorted(name for name in (set(then) | set(now)) - free if then.get(name) != now.get(name))
    if changed:
        told = ", ".join(f"{name} {then.get(name)!r} → {now.get(name)!r}" for name in changed[:3])
        raise RecipeError(f"the run was started with another recipe: {told}", str(path), "start a new run")


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        inner = value if isinstance(value, dict) else None
        found |= {f"{prefix}{name}": value} if inner is None else _flat(inner, f"{prefix}{name}.")
    return found
