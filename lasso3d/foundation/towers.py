"""Text towers of CLIP, SigLIP and sentence encoders from a local folder in the layout of transformers."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float32
from safetensors import SafetensorError
from torch import Tensor
from torch.nn.functional import normalize

from lasso3d.core.errors import CheckpointError, MissingExtra
from lasso3d.foundation.text import TextEncoder, Tower
from lasso3d.io.digest import digest_of

Kind = Literal["clip", "siglip", "sentences"]
KINDS: dict[str, Kind] = {
    "clip": "clip",
    "clip_text_model": "clip",
    "siglip": "siglip",
    "siglip_text_model": "siglip",
    "siglip2": "siglip",
    "siglip2_text_model": "siglip",
}
"""By the `model_type` of config.json."""
CONFIG = "config.json"
POOLING = "1_Pooling/config.json"
"""Where sentence-transformers says how tokens become one vector; its presence makes a folder a sentence encoder."""
READ = (
    "*.safetensors", "*.model", "config.json", POOLING, "modules.json", "sentence_bert_config.json",
    "merges.txt", "vocab.*", "tokenizer*.json", "special_tokens_map.json", "added_tokens.json",
)  # fmt: skip
"""The files that vectors depend on."""
KNOWN = "a folder of CLIP, SigLIP or a sentence-transformers model (mean or cls pooling) in transformers' layout"
AGAIN = "copy the folder again"

Tokens = Callable[[str], dict[str, Tensor]]
Pooled = Callable[[Any, dict[str, Tensor]], Tensor]


def text_encoder(folder: Path) -> TextEncoder:
    """The text tower in a folder; nothing is downloaded and no code of the folder is run.

    Every text runs alone and in float32, so its vector depends on nothing else.

    Raises:
        MissingExtra: transformers, or a package that the tokenizer needs, is not installed.
        CheckpointError: the folder holds no tower of a kind known here, or not all of it.
    """
    kind = _kind(folder)
    pooled = _sentence(folder) if kind == "sentences" else PROJECTED[kind]
    tokens, model = _loaded(folder, kind)

    @torch.inference_mode()
    def embed(texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        return torch.stack([normalize(pooled(model, tokens(text))[0], dim=-1) for text in texts]).numpy()

    width = embed(["a"]).shape[1]
    return Tower(folder.resolve().name, _digest(folder), width, _licence(folder), embed)


def _clip(model: Any, tokens: dict[str, Tensor]) -> Float32[Tensor, "1 e"]:
    # the end mark's state, projected; no token sees what comes after it, so padding would change nothing
    return model(**tokens).text_embeds


def _siglip(model: Any, tokens: dict[str, Tensor]) -> Float32[Tensor, "1 e"]:
    # trained on padded texts without a mask: the state of the last place is the vector
    return model(input_ids=tokens["input_ids"]).pooler_output


PROJECTED: dict[Kind, Pooled] = {"clip": _clip, "siglip": _siglip}


def _mean(model: Any, tokens: dict[str, Tensor]) -> Float32[Tensor, "1 e"]:
    return model(**tokens).last_hidden_state.mean(dim=1)


def _first(model: Any, tokens: dict[str, Tensor]) -> Float32[Tensor, "1 e"]:
    return model(**tokens).last_hidden_state[:, 0]


POOLED: dict[str, Pooled] = {
    "mean": _mean,
    "cls": _first,
    "pooling_mode_mean_tokens": _mean,
    "pooling_mode_cls_token": _first,
}
"""By the names that newer and older versions of sentence-transformers write."""


def _sentence(folder: Path) -> Pooled:
    """How a folder of sentence-transformers turns its tokens into one vector."""
    said = _json(folder / POOLING)
    older = [name for name, on in said.items() if name.startswith("pooling_mode_") and on is True]
    mode = said.get("pooling_mode", older)
    modes = [mode] if isinstance(mode, str) else mode
    modules = {str(module["type"]).rpartition(".")[2] for module in _json(folder / "modules.json", default=[])}
    if len(modes) != 1 or modes[0] not in POOLED or not modules <= {"Transformer", "Pooling", "Normalize"}:
        what = f"a sentence encoder of {', '.join(sorted(modules))} with pooling {' and '.join(modes)} is not known"
        raise CheckpointError(what, str(folder), f"use {KNOWN}")
    return POOLED[modes[0]]


def _loaded(folder: Path, kind: Kind) -> tuple[Tokens, Any]:
    """Tokenizer and network, both complete, or an error that says what to do."""
    try:
        with _quietly():
            tokens, (model, report) = _tokens_of(folder, kind), _model(folder, kind)
    except ImportError as error:
        package = error.name or "sentencepiece protobuf"
        raise MissingExtra(f"the text tower needs {package}", str(folder), f"pip install {package}") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"the text tower cannot be read ({error})", str(folder), AGAIN) from error
    # transformers draws missing weights by chance and goes on
    lacking = sorted({*report["missing_keys"], *(entry[0] for entry in report["mismatched_keys"])})
    if lacking:
        what = f"{len(lacking)} weights are missing or of another shape, {lacking[0]} first"
        raise CheckpointError(what, str(folder), AGAIN)
    return tokens, model.eval()


def _model(folder: Path, kind: Kind) -> tuple[Any, dict[str, Any]]:
    """The network and transformers' report of what was in its file."""
    from transformers import AutoModel, CLIPTextModelWithProjection, Siglip2TextModel, SiglipTextModel

    siglip = Siglip2TextModel if _json(folder / CONFIG)["model_type"].startswith("siglip2") else SiglipTextModel
    made: Any = {"clip": CLIPTextModelWithProjection, "siglip": siglip, "sentences": AutoModel}[kind]
    return made.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype=torch.float32, output_loading_info=True
    )


def _tokens_of(folder: Path, kind: Kind) -> Tokens:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    longest = min(tokenizer.model_max_length, _places(folder))
    padding = "max_length" if kind == "siglip" else False

    def tokens(text: str) -> dict[str, Tensor]:
        return dict(tokenizer([text], padding=padding, truncation=True, max_length=longest, return_tensors="pt"))

    return tokens


def _places(folder: Path) -> int:
    """The most tokens the network has a position for; what is behind them is not read."""
    config = _json(folder / CONFIG)
    places = (config.get("text_config") or config).get("max_position_embeddings")
    tuned = _json(folder / "sentence_bert_config.json", default={}).get("max_seq_length")
    # both are left out where they are the default of CLIP, 77, and SigLIP, 64
    usual = 77 if KINDS.get(config["model_type"]) == "clip" else 64
    return min(int(places or usual), int(tuned or places or usual))


def _kind(folder: Path) -> Kind:
    if (folder / POOLING).is_file():
        return "sentences"
    named = str(_json(folder / CONFIG).get("model_type"))
    if named not in KINDS:
        raise CheckpointError(f"a model of type {named} is no text tower known here", str(folder), f"use {KNOWN}")
    return KINDS[named]


def _json(path: Path, *, default: Any = None) -> Any:
    if default is not None and not path.is_file():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"cannot be read ({error})", str(path), f"use {KNOWN}") from error


def _digest(folder: Path) -> str:
    """sha256 over the names and digests of the files that vectors depend on."""
    files = sorted(path for pattern in READ for path in folder.glob(pattern))
    lines = [f"{path.relative_to(folder).as_posix()} {digest_of(path)}" for path in files]
    return sha256("\n".join(lines).encode()).hexdigest()


def _licence(folder: Path) -> str:
    """As the header of the model card says it."""
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    said = re.match(r"---\n(?:.*\n)*?license: *(\S+)", text)
    return said[1] if said else "not said"


@contextmanager
def _quietly() -> Iterator[None]:
    """No bars and no advice from transformers while it loads; afterwards as it was."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
