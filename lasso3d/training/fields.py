"""Frozen dataclasses as JSON and back, strictly: what is not a field is an error that says where."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class FieldError(ValueError):
    """A JSON value that does not fit the field it is for; the text names the field by its path."""


def to_json(value: object) -> Any:
    """Dataclasses as objects with all their fields, tuples as lists, paths as strings."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): to_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value


def from_json(kind: type[T], values: object, *, default: T | None = None, where: str = "") -> T:
    """A dataclass from a JSON object; fields left out come from `default`, else from the class.

    Raises:
        FieldError: a key that is no field, a missing field without a default, or a value of another type.
    """
    if not isinstance(values, dict):
        raise FieldError(f"{where or 'the whole'} must be an object of fields, found {_short(values)}")
    hints, own = get_type_hints(kind), _defaults(kind) if default is None else vars(default)
    names = tuple(f.name for f in fields(kind) if f.init)  # type: ignore[arg-type]
    _refuse_unknown(values, names, where)
    given = {name: _value(hints[name], values[name], _path(where, name), own.get(name)) for name in values}
    given = {name: own[name] for name in names if name in own} | given
    missing = [_path(where, name) for name in names if name not in given]
    if missing:
        raise FieldError(f"{', '.join(missing)} is missing")
    try:
        return kind(**given)
    except ValueError as error:
        raise FieldError(f"{where or 'the whole'}: {error}") from error


def _defaults(kind: Any) -> dict[str, Any]:
    """What the class itself puts into its fields."""
    plain = {f.name: f.default for f in fields(kind) if f.default is not MISSING}
    return plain | {f.name: f.default_factory() for f in fields(kind) if f.default_factory is not MISSING}


def _refuse_unknown(values: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    unknown = [name for name in values if name not in known]
    if not unknown:
        return
    near = get_close_matches(unknown[0], known, n=1, cutoff=0.5)
    guess = f"; did you mean {near[0]}?" if near else ""
    raise FieldError(f"unknown {', '.join(_path(where, name) for name in unknown)}{guess}")


def _value(kind: Any, value: object, where: str, default: object) -> object:
    """One field, whose own default fills the gaps of a nested dataclass."""
    if is_dataclass(kind):
        inner: Any = kind
        return from_json(inner, value, default=default if isinstance(default, inner) else None, where=where)
    fitted = _fitted(kind, value)
    if fitted is _MISFIT:
        raise FieldError(f"{where} must be {_spelled(kind)}, found {_short(value)}")
    return fitted


_MISFIT = object()


def _fitted(kind: Any, value: object) -> object:
    """The value as its type wants it (an int for a float, a list for a tuple), or _MISFIT."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        tried = (_fitted(each, value) for each in inner)
        return next((found for found in tried if found is not _MISFIT), _MISFIT)
    if origin is Literal:
        return value if any(value == each and type(value) is type(each) for each in inner) else _MISFIT
    if origin is tuple:
        return _tuple(inner, value)
    if kind is Any or (isinstance(origin or kind, type) and issubclass(origin or kind, Mapping)):
        return value if kind is Any or isinstance(value, dict) else _MISFIT
    if kind is float and type(value) is int:
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    return value if type(value) is kind else _MISFIT


def _tuple(inner: tuple[Any, ...], value: object) -> object:
    if not isinstance(value, list | tuple):
        return _MISFIT
    if len(inner) == 2 and inner[1] is Ellipsis:
        inner = (inner[0],) * len(value)
    if len(inner) != len(value):
        return _MISFIT
    made = tuple(_fitted(each, item) for each, item in zip(inner, value, strict=True))
    return _MISFIT if _MISFIT in made else made


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _spelled(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(repr(each) for each in get_args(kind))
    return kind.__name__ if isinstance(kind, type) and not get_args(kind) else str(kind)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
