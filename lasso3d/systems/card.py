"""The card of a checkpoint: strict JSON beside the weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from lasso3d.core.errors import CheckpointError
from lasso3d.io.atomic import replacing
from lasso3d.training.fields import FieldError, from_json, to_json

CARD_FILE = "model.json"
CARD_FORMAT = 1
COPY_AGAIN = "copy the checkpoint again"


@dataclass(frozen=True)
class Card:
    """What a checkpoint is and where it comes from."""

    system: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the system's config that differ from its defaults."""
    preset: str = ""
    """Which set of defaults it was trained with."""
    weights: str = ""
    """sha256 of the weights; empty = a system without any."""
    storage: Literal["f32", "f16"] = "f32"
    """Of the weights in the file; they are loaded as f32."""
    frozen_models: Mapping[str, Any] = field(default_factory=dict)
    """Name → digest and templates of each model it was trained beside."""
    vocabulary: tuple[str, ...] = ()
    """Class names answered when none are asked."""
    uncertainty: Mapping[str, Any] = field(default_factory=dict)
    """How it is estimated, and the calibration."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What it learned from: world_version and seeds."""
    steps: int = 0
    seed: int = 0
    command: str = ""
    hardware: str = ""
    minutes: float = 0.0
    """Of training, over all resumptions."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """Protocol → figures."""
    licence: str = ""
    limits: str = ""
    """What it is known not to do."""
    format: int = CARD_FORMAT
    folder: str = field(default="", compare=False)
    """Where it was read from, so that the weights are found; not part of the file."""


IN_FILE = tuple(f.name for f in fields(Card) if f.name != "folder")


def write_card(folder: Path, card: Card) -> None:
    """Write the card into an existing folder; fields at their defaults are left out, but for the format."""
    default = Card(system="")
    said = {name: getattr(card, name) for name in IN_FILE}
    said = {k: v for k, v in said.items() if k in ("system", "format", "config") or v != getattr(default, k)}
    text = json.dumps(to_json(said), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    with replacing(folder / CARD_FILE) as path:
        path.write_text(text + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """The card of a checkpoint folder; unknown keys are errors, because a card that lies is worse than none."""
    path = folder / CARD_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        what = f"there is no card to read ({error.strerror or error})"
        raise CheckpointError(what, str(path), COPY_AGAIN) from error
    except ValueError as error:
        raise CheckpointError(f"the card is not JSON ({error})", str(path), COPY_AGAIN) from error
    if not isinstance(values, dict) or not isinstance(values.get("system"), str):
        raise CheckpointError('the card has no "system"', str(path), COPY_AGAIN)
    newer = "a newer version of lasso3d may read it"
    if values.get("format") != CARD_FORMAT:
        raise CheckpointError(f"the card has format {values.get('format')!r}", str(path), newer)
    unknown = sorted(set(values) - set(IN_FILE))
    if unknown:
        raise CheckpointError(f"the card has unknown keys {', '.join(unknown)}", str(path), newer)
    try:
        return replace(from_json(Card, values), folder=str(folder))
    except FieldError as error:
        raise CheckpointError(f"in the card, {error}", str(path), COPY_AGAIN) from error
