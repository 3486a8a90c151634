"""The catalogue of systems, and how one is loaded by name or from a checkpoint folder."""

import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

from lasso3d.core.errors import CheckpointError
from lasso3d.core.segmenter import Segmenter
from lasso3d.systems.card import CARD_FILE, Card, read_card

Precision = Literal["f32", "bf16"]

CATALOGUE = {
    "geodesic": "lasso3d.systems.geodesic:Geodesic",
    "npiseg3d": "lasso3d.systems.npiseg3d.segmenter:NPISeg3D",
    "uniseg3d": "lasso3d.systems.uniseg3d.segmenter:UniSeg3D",
}
"""Import strings, so that listing the systems loads none of them."""
WITHOUT_WEIGHTS = ("geodesic",)
PRETRAINED = Path(__file__).parents[1] / "pretrained"
"""Folders of the checkpoints that ship."""


def systems() -> tuple[str, ...]:
    """Names of the systems that ship ready to use."""
    return tuple(n for n in CATALOGUE if n in WITHOUT_WEIGHTS or (PRETRAINED / n / CARD_FILE).is_file())


def load(name_or_folder: str | Path, *, device: str = "cpu", precision: Precision = "f32") -> Segmenter:
    """A segmenter ready to encode: by the name of a system that ships, or from a checkpoint folder.

    Raises:
        CheckpointError: no such system or folder, or a checkpoint that cannot be used.
    """
    name = str(name_or_folder)
    if name in WITHOUT_WEIGHTS:
        card = Card(system=name)
    else:
        folder = PRETRAINED / name if name in systems() else Path(name_or_folder)
        if not (folder / CARD_FILE).is_file():
            raise CheckpointError(f"there is no system {name!r}", cure=_advice(name))
        card = read_card(folder)
    if card.system not in CATALOGUE:
        raise CheckpointError(f"its system {card.system!r} is unknown", name, _advice(card.system))
    module, _, kind = CATALOGUE[card.system].partition(":")
    segmenter: Segmenter = getattr(import_module(module), kind).from_card(card, device, precision)
    return segmenter


class _Catalogue(ModuleType):
    """This package, which answers `lasso3d.systems()` too: a name can be a package and a function only this way."""

    def __call__(self) -> tuple[str, ...]:
        return systems()


sys.modules[__name__].__class__ = _Catalogue


def _advice(name: str) -> str:
    near = get_close_matches(name, systems(), n=1, cutoff=0.5)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}systems that ship: {', '.join(systems())}; or a folder that holds a {CARD_FILE}"
