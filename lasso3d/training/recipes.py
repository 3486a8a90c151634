"""Recipes found by the name of their system, and read from JSON."""

import json
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lasso3d.io.atomic import replacing
from lasso3d.training.fields import FieldError, from_json, to_json
from lasso3d.training.runs import Recipe, RecipeError

RECIPE_FILE = "recipe.json"
KEYS = ("system", "preset", "recipe")
NO_CATALOGUE: Mapping[str, str] = {}


def recipe_class(system: str, *, catalogue: Mapping[str, str] = NO_CATALOGUE) -> type[Any]:
    """The class of a system's recipe.

    Args:
        catalogue: import strings `module:NAME` by system; others are `lasso3d.systems.<name>.recipe:RECIPE`.

    Raises:
        RecipeError: the system has none.
    """
    module, attribute = _where(system, catalogue)
    found: type[Any] = getattr(_imported(module, system), attribute)
    return found


def presets(system: str, *, catalogue: Mapping[str, str] = NO_CATALOGUE) -> Mapping[str, Any]:
    """Recipes to start from by name; none where the class has one set of defaults."""
    return vars(_imported(_where(system, catalogue)[0], system)).get("PRESETS", {})


def preset(system: str, name: str, *, catalogue: Mapping[str, str] = NO_CATALOGUE) -> Any:
    """One of a system's presets.

    Raises:
        RecipeError: it has no such.
    """
    known = presets(system, catalogue=catalogue)
    if name not in known:
        raise RecipeError(f"{system} has no preset {name!r}", cure=f"presets: {', '.join(known) or 'none'}")
    return known[name]


def read_recipe(path: Path, *, catalogue: Mapping[str, str] = NO_CATALOGUE) -> tuple[str, Any]:
    """System and recipe from `{"system": name, "recipe": {fields}}`; a `"preset"` beside them fills the gaps.

    Raises:
        RecipeError: not such a file, an unknown system, key or field, or a value of another type.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"there is no recipe to read ({error.strerror or error})", str(path)) from error
    except ValueError as error:
        raise RecipeError(f"the recipe is not JSON ({error})", str(path)) from error
    if not isinstance(values, dict) or not isinstance(values.get("system"), str):
        raise RecipeError('the recipe has no "system"', str(path), f"keys: {', '.join(KEYS)}")
    unknown = sorted(set(values) - set(KEYS))
    if unknown:
        raise RecipeError(f"unknown {', '.join(unknown)}", str(path), f"keys: {', '.join(KEYS)}")
    system = values["system"]
    kind = recipe_class(system, catalogue=catalogue)
    default = preset(system, values["preset"], catalogue=catalogue) if "preset" in values else None
    try:
        return system, from_json(kind, values.get("recipe", {}), default=default)
    except FieldError as error:
        raise RecipeError(f"in the recipe, {error}", str(path)) from error


def order_of(system: str, recipe: Recipe[Any]) -> dict[str, Any]:
    """System and every field of the recipe, as `read_recipe` reads them."""
    return {"system": system, "recipe": to_json(recipe)}


def write_order(out: Path, order: Mapping[str, Any]) -> Path:
    """Leave the whole recipe beside what comes of it."""
    out.mkdir(parents=True, exist_ok=True)
    with replacing(out / RECIPE_FILE) as path:
        path.write_text(json.dumps(order, indent=2) + "\n", encoding="utf-8")
    return out / RECIPE_FILE


def _where(system: str, catalogue: Mapping[str, str]) -> tuple[str, str]:
    if system not in catalogue and not re.fullmatch(r"[a-z][a-z0-9_]*", system):
        raise RecipeError(f"there is no system {system!r}")
    module, _, attribute = catalogue.get(system, f"lasso3d.systems.{system}.recipe:RECIPE").partition(":")
    return module, attribute


def _imported(module: str, system: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        # a package that the recipe needs and that is missing is another matter
        if not module.startswith(error.name or "?"):
            raise
        raise RecipeError(f"{system!r} is no system that can be trained") from error
