"""The referring protocol: the objects a sentence describes, by masks and by boxes."""

from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np

from lasso3d.core.prompts import ReferringExpression
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation.questions import Interview, ask_each
from lasso3d.evaluation.report import Figure, Report, figure
from lasso3d.evaluation.sentences import THRESHOLDS, Sentence, f1_name, judge, row_of, sentence_figures
from lasso3d.metrics.referring import Group


def evaluate(
    segmenter: Segmenter, examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None
) -> Report:
    """Ask for what each referring expression of each scene describes.

    Mask figures as in the line of TGNN, box accuracy as ScanRefer's, F1 and groups as Multi3DRefer's.
    """
    found, asked = ask_each(segmenter, examples, _judge, needs="expressions", seed=seed, progress=progress)
    figures = [*sentence_figures(found, seed=seed), *_boxes(found, seed), *_groups(found, seed)]
    return asked.report("referring", figures, map(row_of, found))


def _judge(interview: Interview) -> list[Sentence]:
    return judge(interview, interview.truth.expressions, ReferringExpression)


def _boxes(found: Sequence[Sentence], seed: int) -> Iterator[Figure]:
    """ScanRefer's accuracy: sentences that mean one object, the box of the row with the best score."""
    single = [one for one in found if one.targets == 1]
    for word, part in (
        ("", single),
        (" unique", [one for one in single if one.alone]),
        (" multiple", [one for one in single if not one.alone]),
    ):
        scenes = [one.scene for one in part]
        for t in THRESHOLDS:
            hits = np.array([100.0 * (one.box_iou >= t) for one in part])
            text = f"% of sentences that mean one object{word and f', {word.strip()} of its class'}, box IoU >= t"
            yield figure(f"box Acc@{100 * t:.0f}{word}", hits, scenes=scenes, definition=text, seed=seed)


def _groups(found: Sequence[Sentence], seed: int) -> Iterator[Figure]:
    for group in get_args(Group):
        part = [one for one in found if one.group == group]
        scenes = [one.scene for one in part]
        for t in THRESHOLDS:
            values = np.array([100 * one.f1[f1_name("boxes", t)] for one in part])
            text = "%, boxes; zero, single, multiple targets, with and without distractors"
            yield figure(f"F1@{100 * t:.0f} {group}", values, scenes=scenes, definition=text, seed=seed)
