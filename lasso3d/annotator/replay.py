"""A journal played again without a server: the same prompts, seeds and feedback give the same masks."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Bool

from lasso3d.annotator.history import History
from lasso3d.annotator.session import Event
from lasso3d.annotator.store import answer_of
from lasso3d.core.errors import LassoError
from lasso3d.core.prompts import prompt_from_json
from lasso3d.core.scene import Scene
from lasso3d.core.segmenter import Segmenter


def history_of(journal: Mapping[str, Any]) -> History:
    """The log of a journal, folded; its masks are digests."""
    events = [Event(**event) for event in journal["events"]]
    return History(journal["session"]["system"], events, [answer_of(dict(plain)) for plain in journal["answers"]])


def replay(
    journal: Mapping[str, Any], scene: Scene, load: Callable[[str], Segmenter]
) -> dict[int, Bool[np.ndarray, " n"]]:
    """Answers of a journal worked out again, as points of the scene by object.

    Only objects whose masks are answers to clicks come; accepted candidates and imports are in the journal itself.

    Raises:
        LassoError: the journal is about another scene, or another segmenter answered then.
    """
    if scene.digest != journal["scene"]["digest"]:
        raise LassoError("the journal is about another scene", scene.name, "open the scan it was made with")
    history = history_of(journal)
    chain = history.chain(history.state.previous)
    if not chain:
        return {}
    segmenter = load(chain[0].system)
    if any(answer.identity != segmenter.identity for answer in chain):
        what = f"{chain[0].system} has other weights or settings now"
        raise LassoError(what, cure="load those that the journal names")
    encoding = segmenter.encode(scene)
    given = None
    for answer in chain:
        given = segmenter.segment(encoding, prompt_from_json(answer.prompt), previous=given, seed=answer.seed)
    asked = {o.number for o in history.state.objects.values() if o.mask is not None and not o.accepted}
    rows = {label: row for row, label in enumerate(given.labels)} if given is not None else {}
    return {number: given.mask(rows[number]) for number in asked if given is not None and number in rows}
