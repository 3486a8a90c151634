"""The instruction protocol: the objects that answer a request which needs reasoning."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Int64

from lasso3d.core.prompts import Instruction
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.questions import Interview, ask_each
from lasso3d.evaluation.report import Figure, Report, figure, figure_of_draws, row_draws
from lasso3d.evaluation.sentences import Sentence, judge, row_of, sentence_figures


def evaluate(
    segmenter: Segmenter, examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Ask for what answers each instruction of each scene; `mIoU` and `Acc@50` are SegPoint's mIoU and Acc.

    Requests that name a class they mean are the easier part of published sets, so the others stand beside them.
    """
    found, asked = ask_each(segmenter, examples, _judge, needs="instructions", seed=seed, progress=progress)
    return asked.report(
        "instructions", [*sentence_figures(found, seed=seed), *_more(found, seed)], map(row_of, found)
    )


def _judge(interview: Interview) -> list[Sentence]:
    return judge(interview, interview.truth.instructions, Instruction)


def _more(found: Sequence[Sentence], seed: int) -> Iterator[Figure]:
    points = np.array([[one.shared, one.either] for one in found], np.int64)
    draws = row_draws([one.scene for one in found], seed=seed)
    pooled = np.array([_cumulative(points[rows]) for rows in draws] or [np.nan])
    text = "%, points in both over points in either, summed over sentences"
    yield figure_of_draws("cIoU", pooled, n=len(found), definition=text)
    for word, part in (
        ("named", [one for one in found if one.named]),
        ("unnamed", [one for one in found if one.targets and not one.named]),
    ):
        values = np.array([100 * one.iou for one in part])
        text = f"%, requests with targets, their class {word} in the text"
        yield figure(f"mIoU {word}", values, scenes=[one.scene for one in part], definition=text, seed=seed)


def _cumulative(points: Int64[np.ndarray, "s 2"]) -> float:
    shared, either = points.sum(axis=0).tolist()
    return 100 * shared / either if either else 100.0
