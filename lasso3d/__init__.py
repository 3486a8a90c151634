"""Segment 3D scans by click, name, sentence, instruction or part, with masks that know where they are unsure."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lasso3d.annotator.client import connect
    from lasso3d.core.errors import (
        CheckpointError,
        LassoError,
        MissingExtra,
        OverBudget,
        ReadError,
        SceneError,
        UnsupportedPrompt,
        WriteError,
    )
    from lasso3d.core.prompts import (
        Box,
        ClassNames,
        Click,
        Clicks,
        Instruction,
        PartNames,
        Prompt,
        ReferringExpression,
        prompt_from_json,
        prompt_to_json,
    )
    from lasso3d.core.scene import Scene, Source, View
    from lasso3d.core.segmentation import Segmentation
    from lasso3d.core.segmenter import SceneEncoding, Segmenter
    from lasso3d.geometry.suggest import suggest_click
    from lasso3d.io.export import write_segmentation
    from lasso3d.io.scenes import read_scene
    from lasso3d.systems import load, systems

__version__ = "0.1.0"

_HOME = {
    "lasso3d.annotator.client": "connect",
    "lasso3d.core.errors": (
        "CheckpointError LassoError MissingExtra OverBudget ReadError SceneError UnsupportedPrompt WriteError"
    ),
    "lasso3d.core.prompts": (
        "Box ClassNames Click Clicks Instruction PartNames Prompt ReferringExpression"
        " prompt_from_json prompt_to_json"
    ),
    "lasso3d.core.scene": "Scene Source View",
    "lasso3d.core.segmentation": "Segmentation",
    "lasso3d.core.segmenter": "SceneEncoding Segmenter",
    "lasso3d.geometry.suggest": "suggest_click",
    "lasso3d.io.export": "write_segmentation",
    "lasso3d.io.scenes": "read_scene",
    "lasso3d.systems": "load systems",
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names.split()}

__all__ = [
    "Box",
    "CheckpointError",
    "ClassNames",
    "Click",
    "Clicks",
    "Instruction",
    "LassoError",
    "MissingExtra",
    "OverBudget",
    "PartNames",
    "Prompt",
    "ReadError",
    "ReferringExpression",
    "Scene",
    "SceneEncoding",
    "SceneError",
    "Segmentation",
    "Segmenter",
    "Source",
    "UnsupportedPrompt",
    "View",
    "WriteError",
    "connect",
    "load",
    "prompt_from_json",
    "prompt_to_json",
    "read_scene",
    "suggest_click",
    "systems",
    "write_segmentation",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import lasso3d` stays instant."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'lasso3d' has no attribute {name!r}")
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
