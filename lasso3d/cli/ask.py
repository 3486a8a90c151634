"""From the words of the command line to prompts in the scene frame."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lasso3d.cli.usage import WrongUsage
from lasso3d.core.errors import LassoError, ReadError
from lasso3d.core.prompts import (
    Box,
    ClassNames,
    Click,
    Clicks,
    Instruction,
    PartNames,
    Point,
    Prompt,
    ReferringExpression,
    prompt_from_json,
)
from lasso3d.core.scene import Scene
from lasso3d.io.scenes import file_to_scene

if TYPE_CHECKING:
    from lasso3d.cli.segment import Segment

MARGIN = 0.05
"""A click may lie this share of the extent outside the scan before it is taken for a mistake."""


def prompts_of(command: "Segment", scene: Scene) -> list[Prompt]:
    """The prompts a command asks, in the scene frame; exactly one unless they come from a file."""
    if command.prompts is not None:
        others = (command.click, command.box, command.classes, command.refer, command.ask, command.object)
        if any(others) or command.parts:
            raise WrongUsage("--prompts FILE comes alone, without --click, --box and the like")
        asked = _read_prompts(command.prompts)
    else:
        asked = [_prompt(command)]
    try:
        return [_to_scene(prompt, command, scene) for prompt in asked]
    except ValueError as error:
        raise WrongUsage(str(error)) from error


def _prompt(command: "Segment") -> Prompt:
    clicks = Clicks(tuple(_click(text) for group in command.click for text in group)) if command.click else None
    box = _box(command.box) if command.box is not None else None
    about, kind = clicks or box, command.kind or "semantic"
    try:
        named: list[Prompt] = [
            make
            for make in (
                ClassNames(command.classes, kind) if command.classes is not None else None,
                ReferringExpression(command.refer, about) if command.refer is not None else None,
                Instruction(command.ask, about) if command.ask is not None else None,
                _parts(command) if command.object is not None or command.parts else None,
            )
            if make is not None
        ]
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    if len(named) > 1 or (clicks and box) or (about and named and isinstance(named[0], ClassNames | PartNames)):
        raise WrongUsage("one prompt at a time: --click, --box, --classes, --refer, --ask or --object with --parts")
    whole = ClassNames(kind=kind) if command.kind is not None else None
    asked = named or [prompt for prompt in (clicks, box, whole) if prompt is not None]
    if not asked:
        ways = "--click OBJ:X,Y,Z, --box, --classes, --kind, --refer, --ask, --object with --parts, or --prompts"
        raise WrongUsage(f"say what to segment: {ways}")
    return asked[0]


def _parts(command: "Segment") -> PartNames:
    if command.object is None or not command.parts or command.kind == "panoptic":
        raise WrongUsage("parts need --object NAME, --parts A B ... and --kind semantic or instance")
    return PartNames(command.object, command.parts, command.kind or "semantic")


def _click(text: str) -> Click:
    number, _, position = text.partition(":")
    numbers = _numbers(position, 3)
    if numbers is None or not number.strip().isdigit():
        raise WrongUsage(f"a click is OBJ:X,Y,Z, like 1:0.5,0.2,1.1; found {text!r}")
    return Click((numbers[0], numbers[1], numbers[2]), int(number))


def _box(text: str) -> Box:
    numbers = _numbers(text, 6)
    if numbers is None:
        raise WrongUsage(f"a box is X0,Y0,Z0,X1,Y1,Z1; found {text!r}")
    lower, upper = np.sort(np.reshape(numbers, (2, 3)), axis=0).tolist()
    return Box(tuple(lower), tuple(upper))


def _numbers(text: str, count: int) -> list[float] | None:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return None
    return values if len(values) == count and np.isfinite(values).all() else None


def _read_prompts(path: Path) -> list[Prompt]:
    import json

    cure = (
        'write one prompt, like {"type": "Clicks", "clicks": [{"xyz": [0, 0, 0], "object": 1}]}, or a list of them'
    )
    try:
        plain: Any = json.loads(path.read_text(encoding="utf-8"))
        asked = [prompt_from_json(item) for item in (plain if isinstance(plain, list) else [plain])]
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", str(path), "check the path") from error
    except (ValueError, TypeError) as error:
        raise ReadError(str(error), str(path), cure) from error
    if not asked:
        raise ReadError("holds no prompt", str(path), cure)
    return asked


def _to_scene(prompt: Prompt, command: "Segment", scene: Scene) -> Prompt:
    """The same prompt with its positions brought from file to scene coordinates."""
    if isinstance(prompt, Clicks):
        return Clicks(tuple(Click(_place(click.xyz, command, scene), click.object) for click in prompt.clicks))
    if isinstance(prompt, Box):
        corners = _transform(np.array([prompt.lower, prompt.upper]), command, scene)
        return Box(tuple(corners.min(0).tolist()), tuple(corners.max(0).tolist()))
    if isinstance(prompt, ReferringExpression | Instruction) and prompt.about is not None:
        about = _to_scene(prompt.about, command, scene)
        return replace(prompt, about=about if isinstance(about, Clicks | Box) else None)
    return prompt


def _place(xyz: Point, command: "Segment", scene: Scene) -> Point:
    x, y, z = _transform(np.array([xyz]), command, scene)[0].tolist()
    lower, upper = scene.xyz.min(0), scene.xyz.max(0)
    margin = MARGIN * float(np.linalg.norm(upper - lower)) + 1e-3
    if ((x, y, z) < lower - margin).any() or ((x, y, z) > upper + margin).any():
        raise LassoError(
            f"the click at {xyz[0]:g}, {xyz[1]:g}, {xyz[2]:g} lies outside the scan",
            str(command.scan),
            "clicks are in file coordinates; `lasso3d info` prints their range",
        )
    return x, y, z


def _transform(points: np.ndarray, command: "Segment", scene: Scene) -> np.ndarray:
    return file_to_scene(points.astype(np.float64), up=command.up, unit=command.unit, origin=scene.origin)
