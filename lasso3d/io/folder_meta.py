"""`scene.json`: what a scene folder says about itself, read strictly."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, final

from lasso3d.core.errors import ReadError

SCENE_FILE = "scene.json"

FORMAT = "lasso3d scene 1"

LONGEST_FILE = 16 * 2**20
"""Bytes; a scene with ten thousand sentences needs about one million."""

Sentences = tuple[tuple[str, tuple[int, ...]], ...]
"""Each text with the instances it means; none = nothing in the scene fits."""


@final
@dataclass(frozen=True)
class FolderMeta:
    """What `scene.json` says; every key may be missing there."""

    format: str = FORMAT
    world_version: int | str | None = None
    """Of generated scenes: which generator."""
    name: str = ""
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where the zero point of the coordinates lies, metres."""
    up_axis: str = "z"
    source: str = ""
    """Where the data come from."""
    licence: str = ""
    digest: str = ""
    """sha256 over the arrays, hex; `write_folder` fills it in."""
    class_names: tuple[str, ...] = ()
    part_names: tuple[str, ...] = ()
    expressions: Sentences = ()
    """Referring sentences."""
    instructions: Sentences = ()
    """Requests that need reasoning."""


def meta_to_json(meta: FolderMeta) -> str:
    """The text of `scene.json`: the same for the same values."""
    plain = asdict(meta)
    for key in ("expressions", "instructions"):
        plain[key] = [{"text": text, "instances": list(instances)} for text, instances in plain[key]]
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def read_folder_meta(folder: Path) -> FolderMeta:
    """Read `scene.json` of a scene folder.

    Raises:
        ReadError: not there, not JSON, a key that is unknown or a value of the wrong kind.
    """
    path = folder / SCENE_FILE
    plain = read_json_object(path)
    known = {field.name for field in fields(FolderMeta)}
    unknown = sorted(set(plain) - known)
    if unknown:
        raise ReadError(f"has unknown keys: {', '.join(unknown)}"[:200], str(path), f"known are {', '.join(known)}")
    values: dict[str, Any] = {}
    for key, value in plain.items():
        parse = _PARSERS[key]
        try:
            values[key] = parse(value)
        except (TypeError, ValueError, KeyError) as error:
            raise ReadError(f"{key} is not {parse.__doc__}", str(path), "correct it or leave it out") from error
    return FolderMeta(**values)


def read_json_object(path: Path) -> dict[str, Any]:
    """One JSON object from a small file.

    Raises:
        ReadError: missing, too large, or anything else than a JSON object.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LONGEST_FILE + 1)
        plain = json.loads(text) if len(text) <= LONGEST_FILE else None
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the folder") from error
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"is not JSON ({str(error)[:60]})", str(path), "correct it or write the folder again"
        ) from error
    if not isinstance(plain, dict):
        raise ReadError("holds no JSON object, or a huge one", str(path), "write the folder again")
    return plain


def _format(value: Any) -> str:
    """ "lasso3d scene 1", the format this version reads"""
    if value != FORMAT:
        raise ValueError(value)
    return FORMAT


def _text(value: Any) -> str:
    """a text"""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _version(value: Any) -> int | str | None:
    """a number or a text"""
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise TypeError(value)
    return value


def _point(value: Any) -> tuple[float, float, float]:
    """three finite numbers in metres"""
    if not isinstance(value, list) or any(isinstance(number, str | bool) for number in value):
        raise TypeError(value)
    x, y, z = (float(number) for number in value)
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(value)
    return x, y, z


def _up(value: Any) -> str:
    """ "z", the only axis that points up in scene folders"""
    if value != "z":
        raise ValueError(value)
    return "z"


def _words(value: Any) -> tuple[str, ...]:
    """a list of texts"""
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_text(word) for word in value)


def _sentences(value: Any) -> Sentences:
    """a list of objects with a text and a list of instance numbers"""
    if not isinstance(value, list) or any(set(entry) != {"text", "instances"} for entry in value):
        raise TypeError(value)
    return tuple((_text(entry["text"]), _instances(entry["instances"])) for entry in value)


def _instances(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(number) is int for number in value):
        raise TypeError(value)
    return tuple(value)


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "format": _format,
    "world_version": _version,
    "name": _text,
    "origin": _point,
    "up_axis": _up,
    "source": _text,
    "licence": _text,
    "digest": _text,
    "class_names": _words,
    "part_names": _words,
    "expressions": _sentences,
    "instructions": _sentences,
}
"""What reads each key; the docstring says in an error what the value should be."""
