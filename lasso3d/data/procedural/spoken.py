"""A scene together with what can be said about it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Int64

from lasso3d.data.example import Example
from lasso3d.data.procedural.graph import graph_of
from lasso3d.data.procedural.instructions import instructions as some_instructions
from lasso3d.data.procedural.judge import Judge
from lasso3d.data.procedural.sentences import Said
from lasso3d.data.procedural.sentences import expressions as some_expressions
from lasso3d.data.procedural.shapes import Placed
from lasso3d.data.procedural.speaker import Speaker
from lasso3d.data.procedural.splits import split_of

NO_THINGS = ("floor", "wall", "ceiling", "road", "road marking", "pavement", "grass", "ground")
"""Classes nobody asks for as a thing that might be missing."""
LANGUAGE_VERSION = 1
"""Raised whenever the same scene is described in other words."""


def described(
    example: Example,
    placed: Sequence[Placed],
    *,
    ids: Sequence[int] | Int64[np.ndarray, " p"],
    seed: int,
    expressions: int = 12,
    instructions: int = 8,
) -> Example:
    """The same scene, its truth with referring expressions and instructions in the words of the seed's split.

    Args:
        placed: everything in the scene, background too.
        ids: the instance of each placed thing, -1 = none, as `visible.ids_of` gives them.
        expressions: how many to make, fewer where little can be said.
        instructions: likewise.
    """
    about, asked = said_of(example, placed, ids=ids, seed=seed, expressions=expressions, instructions=instructions)
    truth = replace(
        example.truth,
        expressions=tuple((said.text, said.instances) for said in about),
        instructions=tuple((said.text, said.instances) for said in asked),
    )
    return Example(example.scene, truth)


def said_of(
    example: Example,
    placed: Sequence[Placed],
    *,
    ids: Sequence[int] | Int64[np.ndarray, " p"],
    seed: int,
    expressions: int = 12,
    instructions: int = 8,
) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
    """Expressions and instructions with their meanings; arguments as for `described`."""
    graph = graph_of(example, placed, ids)
    if not len(graph):
        return (), ()
    vocabulary = tuple(name for name in example.truth.class_names if name not in (*graph.background, *NO_THINGS))
    rng = np.random.default_rng((LANGUAGE_VERSION, 0x5A1D, seed))
    speaker = Speaker(Judge(graph), split_of(seed), rng, vocabulary=vocabulary)
    return some_expressions(speaker, count=expressions), some_instructions(speaker, count=instructions)
