"""What can be asked of a scene. Prompts are values: hashable, comparable, JSON in and out."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, final, get_args

Point = tuple[float, float, float]
"""A position in the scene frame, metres."""

ClassKind = Literal["semantic", "instance", "panoptic"]
PartKind = Literal["semantic", "instance"]


@final
@dataclass(frozen=True, init=False)
class Click:
    """A position that belongs to an object. Never an index: it survives resampling, JSON and other systems."""

    xyz: Point
    """Scene frame, metres."""
    object: int
    """Object number; 0 = background."""

    def __init__(self, xyz: Iterable[Any], object: Any) -> None:  # noqa: A002
        if int(object) != object or object < 0:
            raise ValueError(f"object must be 0 (background) or a positive number, found {object!r}")
        _set(self, xyz=_point("xyz", xyz), object=int(object))


@final
@dataclass(frozen=True, init=False)
class Clicks:
    """Positive and negative clicks on any number of objects; a click on one object is negative for all others."""

    clicks: tuple[Click, ...]

    def __init__(self, clicks: Iterable[Any]) -> None:
        given = tuple(clicks)
        if not all(isinstance(click, Click) for click in given):
            raise ValueError(f"clicks must be Click values, found {given!r}")
        _set(self, clicks=given)

    @property
    def objects(self) -> tuple[int, ...]:
        """The distinct object numbers above 0, ascending: the rows of an answer."""
        return tuple(sorted({click.object for click in self.clicks} - {0}))


@final
@dataclass(frozen=True, init=False)
class Box:
    """An axis-aligned box in the scene frame, metres."""

    lower: Point
    upper: Point

    def __init__(self, lower: Iterable[Any], upper: Iterable[Any]) -> None:
        _set(self, lower=_point("lower", lower), upper=_point("upper", upper))
        if any(low > high for low, high in zip(self.lower, self.upper, strict=True)):
            raise ValueError(f"lower must not exceed upper, found {self.lower} and {self.upper}")


@final
@dataclass(frozen=True, init=False)
class ClassNames:
    """Everything of the named classes; no names = the model's own vocabulary."""

    names: tuple[str, ...] = ()
    kind: ClassKind = "semantic"

    def __init__(self, names: Iterable[Any] = (), kind: str = "semantic") -> None:
        _set(self, names=_names("names", names), kind=_one_of("kind", kind, get_args(ClassKind)))


@final
@dataclass(frozen=True)
class ReferringExpression:
    """The objects a sentence describes: "the chair between the two tables"."""

    text: str
    about: Clicks | Box | None = None

    def __post_init__(self) -> None:
        _sentence(self.text, self.about)


@final
@dataclass(frozen=True)
class Instruction:
    """The objects that answer a request which needs reasoning: "where can I sit?"."""

    text: str
    about: Clicks | Box | None = None

    def __post_init__(self) -> None:
        _sentence(self.text, self.about)


@final
@dataclass(frozen=True, init=False)
class PartNames:
    """Named parts of an object: the legs and the seat of a chair."""

    object: str
    parts: tuple[str, ...]
    kind: PartKind = "semantic"

    def __init__(self, object: str, parts: Iterable[Any], kind: str = "semantic") -> None:  # noqa: A002
        _text("object", object)
        _set(self, object=object, parts=_names("parts", parts), kind=_one_of("kind", kind, get_args(PartKind)))


Prompt = Clicks | ClassNames | ReferringExpression | Instruction | PartNames | Box

_PROMPTS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Prompt)}


def prompt_to_json(prompt: Prompt) -> str:
    """One JSON object; its "type" is the class name, its keys are the fields."""
    return json.dumps(_to_plain(prompt), ensure_ascii=False)


def prompt_from_json(text: str | bytes | Mapping[str, Any]) -> Prompt:
    """The prompt that `prompt_to_json` wrote, from text or from JSON already parsed.

    Raises:
        ValueError: not JSON, an unknown "type", or a key that is unknown or missing.
    """
    plain = text if isinstance(text, Mapping) else json.loads(text)
    if not isinstance(plain, Mapping):
        raise ValueError(f"a prompt is a JSON object, found {type(plain).__name__}")
    return _from_plain(plain)


def _to_plain(value: Any) -> Any:
    if isinstance(value, Click):
        return {"xyz": list(value.xyz), "object": value.object}
    if type(value).__name__ in _PROMPTS:
        return {"type": type(value).__name__} | {f.name: _to_plain(getattr(value, f.name)) for f in fields(value)}
    return [_to_plain(item) for item in value] if isinstance(value, tuple) else value


def _from_plain(plain: Mapping[str, Any]) -> Prompt:
    kind = _PROMPTS.get(str(plain.get("type")))
    if kind is None:
        raise ValueError(f'"type" must be one of {", ".join(_PROMPTS)}, found {plain.get("type")!r}')
    values = {key: value for key, value in plain.items() if key != "type"}
    if kind is Clicks and isinstance(values.get("clicks"), list):
        values["clicks"] = tuple(_build(Click, click) for click in values["clicks"])
    if isinstance(values.get("about"), Mapping):
        values["about"] = _from_plain(values["about"])
    prompt: Prompt = _build(kind, values)
    return prompt


def _build(kind: type[Any], values: Any) -> Any:
    known = [f.name for f in fields(kind)]
    unknown = sorted(set(values) - set(known)) if isinstance(values, Mapping) else [repr(values)]
    if unknown:
        raise ValueError(f"{kind.__name__} does not know {', '.join(unknown)}; it has {', '.join(known)}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from error


def _set(prompt: Any, **values: Any) -> None:
    """Fill the fields of a frozen value; its constructor converts what it is given."""
    for name, value in values.items():
        object.__setattr__(prompt, name, value)


def _point(name: str, values: Iterable[Any]) -> Point:
    try:
        if any(isinstance(value, str | bytes) for value in values):
            raise TypeError("text")
        x, y, z = (float(value) for value in values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be three numbers in metres, found {values!r}") from error
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError(f"{name} must be finite, found {(x, y, z)}")
    return x, y, z


def _names(field_name: str, values: Iterable[Any]) -> tuple[str, ...]:
    names = () if isinstance(values, str) else tuple(values)
    if isinstance(values, str) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(f"{field_name} must be a tuple of words, found {values!r}")
    return names


def _text(name: str, value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be some words, found {value!r}")


def _sentence(text: str, about: Clicks | Box | None) -> None:
    _text("text", text)
    if about is not None and not isinstance(about, Clicks | Box):
        raise ValueError(f"about must be Clicks, Box or None, found {about!r}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, found {value!r}")
    return value
