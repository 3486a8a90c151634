"""What a command means at the moment it is given: points become places, candidates become masks."""

import json
from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8

from lasso3d.annotator.codec import bitset_size, count_bits, deflated, digest_of, inflated, unpacked, without
from lasso3d.annotator.messages import (
    AcceptCandidate,
    AskPrompt,
    ClickCommand,
    CommandBase,
    SetSystem,
)
from lasso3d.annotator.packing import Blob
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.session import State, candidate
from lasso3d.annotator.store import Store
from lasso3d.annotator.systems import Systems
from lasso3d.annotator.tiles import Display
from lasso3d.core.prompts import Point, prompt_from_json, prompt_to_json

MARGIN = 0.05
"""A click may lie this share of the extent outside the scan."""


def answering_system(command: CommandBase, state: State, systems: Systems) -> str | None:
    """Who is to answer a command, None where nobody needs to; it may wait until systems are loaded.

    Raises:
        Problem: `unsupported_prompt`, where nobody can.
    """
    if isinstance(command, ClickCommand):
        return systems.for_prompt("Clicks", state.system)
    if isinstance(command, AskPrompt):
        canonical_prompt(command.prompt)
        return systems.for_prompt(str(command.prompt.get("type")), command.system)
    if isinstance(command, SetSystem):
        return systems.for_prompt("Clicks", command.system)
    return None


def arguments_of(
    command: CommandBase, state: State, display: Display, store: Store, *, system: str | None
) -> tuple[dict[str, Any], tuple[Blob, ...]]:
    """The arguments of an event, complete: replaying the log needs neither scan nor systems.

    Raises:
        Problem: the command is about something that is not there.
    """
    args = command.arguments()
    if isinstance(command, ClickCommand):
        args["xyz"] = list(_place(command, display))
        seed = _seed(command.object, state, display, store)
        return (args if seed is None else {**args, "seed": list(seed)}), ()
    if isinstance(command, AskPrompt):
        return {"prompt": canonical_prompt(command.prompt), "system": system}, ()
    if isinstance(command, AcceptCandidate):
        row = candidate(state, command.candidate, command.row)
        blob, on = free_part(_bits(store, row.mask, display), state, display, store)
        return {**args, "mask": [blob.digest, on]}, (blob,)
    return args, ()


def free_part(bits: UInt8[np.ndarray, " b"], state: State, display: Display, store: Store) -> tuple[Blob, int]:
    """What of a mask no object has yet, and how many points that is.

    Raises:
        Problem: nothing is left.
    """
    for known in state.objects.values():
        if known.mask is not None:
            bits = without(bits, _bits(store, known.mask, display))
    on = count_bits(bits)
    if not on:
        raise Problem("conflict", "all its points are labelled already", cure="delete the object that has them")
    return Blob(digest_of(bits), len(bits), deflated(bits)), on


def object_at(point: int, state: State, display: Display, store: Store) -> int:
    """The object that has a point shown; 0 = none."""
    for known in state.objects.values():
        if known.mask is not None and _bits(store, known.mask, display)[point >> 3] >> (point & 7) & 1:
            return known.number
    return 0


def mask_points(digest: str, display: Display, store: Store) -> Bool[np.ndarray, " n"]:
    """A mask over the points shown."""
    return unpacked(_bits(store, digest, display), display.manifest.n)


def _bits(store: Store, digest: str, display: Display) -> UInt8[np.ndarray, " b"]:
    return inflated(store.blob(digest).content, size=bitset_size(display.manifest.n))


def _place(command: ClickCommand, display: Display) -> Point:
    if command.point is not None:
        if command.point >= display.manifest.n:
            raise Problem("bad_request", f"the scan has {display.manifest.n} points", "point")
        return display.position(command.point)
    if command.xyz is None:
        raise Problem("bad_request", "a click needs a point or xyz", "click")
    lower, upper = (np.array(corner) for corner in display.manifest.bounds)
    margin = MARGIN * float(np.linalg.norm(upper - lower)) + 1e-3
    place = np.array(command.xyz)
    if ((place < lower - margin) | (place > upper + margin)).any():
        raise Problem("bad_request", "the click lies outside the scan", "xyz", "positions are in the scene frame")
    return command.xyz


def _seed(number: int, state: State, display: Display, store: Store) -> Point | None:
    """A point that stands for a mask nobody clicked, once it is refined: the one nearest to its centre."""
    known = state.objects.get(number)
    if known is None or known.mask is None or known.clicks or known.seed is not None:
        return None
    inside = display.xyz[display.perm[np.flatnonzero(mask_points(known.mask, display, store))]]
    x, y, z = inside[((inside - inside.mean(axis=0)) ** 2).sum(axis=1).argmin()].tolist()
    return x, y, z


def canonical_prompt(plain: dict[str, Any]) -> dict[str, Any]:
    """A prompt as `prompt_to_json` writes it.

    Raises:
        Problem: it is none.
    """
    try:
        return json.loads(prompt_to_json(prompt_from_json(plain)))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Problem("bad_request", str(error), "prompt", "write it as prompt_to_json does") from error
