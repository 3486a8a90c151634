"""Weights in a file: safetensors, known again by their digest, written whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_in
from safetensors.torch import save as bytes_of
from torch import Tensor, nn

from lasso3d.core.errors import CheckpointError
from lasso3d.io.atomic import replacing

WEIGHTS_FILE = "model.safetensors"
STORED = {"f32": torch.float32, "f16": torch.float16}
COPY_AGAIN = "copy the checkpoint again"
NAMED = 3
"""So many names of weights appear in an error."""


def write_weights(folder: Path, network: nn.Module, *, storage: Literal["f32", "f16"] = "f32") -> str:
    """Write the network's state into a folder, made if need be; the same weights give the same bytes.

    Returns:
        sha256 of the file, for the card.

    Raises:
        CheckpointError: a weight is not finite in that storage.
    """
    tensors = {name: _stored(tensor, STORED[storage]) for name, tensor in sorted(network.state_dict().items())}
    lost = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if lost:
        what = f"{_names(lost)} cannot be stored in {storage}: not finite"
        raise CheckpointError(what, str(folder), "store in f32, or train on from an earlier state")
    content = bytes_of(tensors)
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / WEIGHTS_FILE) as path:
        path.write_bytes(content)
    return sha256(content).hexdigest()


def read_weights(folder: Path, *, digest: str) -> dict[str, Tensor]:
    """The tensors that were written with this digest, floating ones as f32, on the CPU.

    Raises:
        CheckpointError: no such file, or not the one the card was made for.
    """
    path = folder / WEIGHTS_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        what = f"the weights cannot be read ({error.strerror or error})"
        raise CheckpointError(what, str(path), COPY_AGAIN) from error
    found = sha256(content).hexdigest()
    if found != digest:
        what = f"the weights are not those of the card (sha256 {found[:12]}, expected {digest[:12] or 'none'})"
        raise CheckpointError(what, str(path), COPY_AGAIN)
    try:
        tensors = tensors_in(content)
    except SafetensorError as error:
        raise CheckpointError(f"the weights are not safetensors ({error})", str(path), COPY_AGAIN) from error
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}


def fill(network: nn.Module, weights: Mapping[str, Tensor], *, where: str = "") -> None:
    """Copy weights into a network that has exactly these, of these shapes.

    Raises:
        CheckpointError: names or shapes differ; the network is then untouched.
    """
    own = network.state_dict()
    missing, foreign = sorted(set(own) - set(weights)), sorted(set(weights) - set(own))
    wrong = [
        f"{name} {list(weights[name].shape)} for {list(tensor.shape)}"
        for name, tensor in own.items()
        if name in weights and weights[name].shape != tensor.shape
    ]
    faults = {"without": missing, "with unknown": foreign, "with wrong shape": wrong}
    told = [f"{fault} {_names(names)}" for fault, names in faults.items() if names]
    if told:
        what = f"the weights do not fit the network: {', '.join(told)}"
        raise CheckpointError(what, where, "use the config they were trained with")
    network.load_state_dict(dict(weights))


def digest_of(network: nn.Module) -> str:
    """sha256 of names and values, so that saving and loading do not change it."""
    content = sha256()
    for name, value in sorted(network.state_dict().items()):
        content.update(name.encode())
        content.update(value.detach().cpu().contiguous().numpy().tobytes())
    return content.hexdigest()


@contextmanager
def answering(device: torch.device, precision: str) -> Iterator[None]:
    """Nothing is learned, and with "bf16" most is worked out at half the bits."""
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
        yield


def _stored(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """A copy of its own on the host: safetensors refuses weights that share memory."""
    tensor = tensor.detach().to("cpu", dtype if tensor.is_floating_point() else tensor.dtype, copy=True)
    return tensor.contiguous()


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
