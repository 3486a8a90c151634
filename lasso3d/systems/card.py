"""The card of a checkpoint: strict JSON beside the weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from lasso3d.core.errors import CheckpointError

CARD_FILE = "model.json"
CARD_FORMAT = 1


@dataclass(frozen=True)
class Card:
    """What a checkpoint is."""

    system: str
    config: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the system's config that differ from its defaults."""
    format: int = CARD_FORMAT


def write_card(folder: Path, card: Card) -> None:
    """Write the card into an existing folder."""
    (folder / CARD_FILE).write_text(json.dumps(asdict(card), indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_card(folder: Path) -> Card:
    """The card of a checkpoint folder; unknown keys are errors, because a card that lies is worse than none."""
    path = folder / CARD_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"the card is not JSON ({error})", str(path), "copy the checkpoint again") from error
    if not isinstance(values, dict) or not isinstance(values.get("system"), str):
        raise CheckpointError('the card has no "system"', str(path), "copy the checkpoint again")
    unknown = sorted(set(values) - {f.name for f in fields(Card)})
    if unknown or values.get("format") != CARD_FORMAT:
        found = f"unknown keys {', '.join(unknown)}" if unknown else f"format {values.get('format')!r}"
        raise CheckpointError(f"the card has {found}", str(path), "a newer version of lasso3d may read it")
    return Card(**values)
