"""What referring expressions and instructions have in common: a text, the objects it means, the masks answered."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, final

import numpy as np
from jaxtyping import Bool, Float64, Int32

from lasso3d.core.prompts import Instruction, ReferringExpression
from lasso3d.data.example import Sentences, Truth
from lasso3d.evaluation.questions import Interview, point_masks
from lasso3d.evaluation.report import Figure, Row, figure
from lasso3d.metrics.masks import iou, rounded_to_tokens
from lasso3d.metrics.referring import Group, box_ious, box_of, f1_of_matches, group_of, mask_ious

Form = Literal["masks", "boxes"]
FORMS: tuple[Form, ...] = ("masks", "boxes")
THRESHOLDS = (0.25, 0.5)


@final
@dataclass(frozen=True)
class Sentence:
    """One text, answered and judged."""

    scene: str
    text: str
    targets: int
    answers: int
    iou: float
    """Of all that was answered with all that is meant; 1 where both are nothing."""
    iou_rounded: float
    """The same against the truth rounded to the system's own tokens."""
    shared: int
    """Points."""
    either: int
    box_iou: float
    """Of the best-scored row's box with the target's; NaN unless one object is meant."""
    f1: Mapping[str, float]
    """Multi3DRefer's, by form and threshold."""
    group: Group
    alone: bool
    """No other object of the target's class in the scene; only where one object is meant."""
    named: bool
    """A class in the scene that is meant is named in the text."""


def judge(
    interview: Interview, sentences: Sentences, prompt: Callable[[str], ReferringExpression | Instruction]
) -> list[Sentence]:
    """Ask about every sentence of a scene."""
    classes = class_of_instance(interview.truth)
    return [_judge(interview, text, meant, prompt(text), classes) for text, meant in sentences]


def _judge(
    interview: Interview,
    text: str,
    meant: tuple[int, ...],
    prompt: ReferringExpression | Instruction,
    classes: Mapping[int, str],
) -> Sentence:
    answer = interview.ask(prompt)
    xyz, instance = interview.scene.xyz, interview.truth.instance
    found, truth = point_masks(answer), _masks(instance, meant)
    union, target = _union(found), _union(truth)
    boxes = [np.array([box_of(xyz, mask) for mask in masks]).reshape(-1, 2, 3) for masks in (found, truth)]
    by_form: dict[Form, Float64[np.ndarray, "p g"]]
    by_form = {"masks": mask_ious(found, truth), "boxes": box_ious(boxes[0], boxes[1])}
    return Sentence(
        interview.name,
        text,
        len(truth),
        len(found),
        iou(union, target),
        iou(union, rounded_to_tokens(target, answer.of_point)),
        int((union & target).sum()),
        int((union | target).sum()),
        _first_box(by_form["boxes"], answer.score) if len(truth) == 1 else np.nan,
        {f1_name(form, t): f1_of_matches(ious, t) for form, ious in by_form.items() for t in THRESHOLDS},
        group_of(len(truth), distractors=_distracted(text, meant, classes)),
        len(truth) == 1 and _companions(meant, classes) == 0,
        any(said(classes.get(i, ""), text) for i in meant),
    )


def sentence_figures(found: Sequence[Sentence], *, seed: int) -> Iterator[Figure]:
    """Figures that both protocols report, in percent, averaged over sentences."""

    def mean(name: str, values: Sequence[float], of: Sequence[Sentence], text: str) -> Figure:
        column = 100 * np.array(values, np.float64)
        return figure(name, column, scenes=[one.scene for one in of], definition=text, seed=seed)

    some, single = [one for one in found if one.targets], [one for one in found if one.targets == 1]
    yield mean(
        "mIoU", [one.iou for one in found], found, "%, all answered against all meant; nothing = nothing is 100"
    )
    rounded = [one.iou_rounded for one in found]
    yield mean("mIoU (rounded truth)", rounded, found, "%, the same, truth rounded to the system's tokens")
    # silence earns the share of sentences without target: a mean over all flatters it
    yield mean("mIoU with targets", [one.iou for one in some], some, "%, sentences that mean something")
    yield mean("mIoU one target", [one.iou for one in single], single, "%, sentences that mean one object")
    for t in THRESHOLDS:
        hits = [float(one.iou > t) for one in found]
        yield mean(f"Acc@{100 * t:.0f}", hits, found, "% of sentences with mask IoU > t")
    for form in FORMS:
        for t in THRESHOLDS:
            f1 = [one.f1[f1_name(form, t)] for one in found]
            yield mean(f"F1@{100 * t:.0f} {form}", f1, found, "%, objects matched at IoU >= t, mean over sentences")
    none = [one for one in found if one.targets == 0]
    silent = [float(one.answers == 0) for one in none]
    yield mean("silent where nothing fits", silent, none, "% of sentences without target answered by no row")


def f1_name(form: Form, threshold: float) -> str:
    """The key of an F1 in `Sentence.f1` and in the rows of a report."""
    return f"f1@{100 * threshold:.0f}_{form}"


def row_of(one: Sentence) -> Row:
    """What a report keeps of a sentence."""
    counts = (
        ("targets", one.targets),
        ("answers", one.answers),
        ("iou", one.iou),
        ("iou_rounded", one.iou_rounded),
    )
    values = (*counts, ("box_iou", one.box_iou), ("group", one.group), ("named", int(one.named)))
    return Row(one.scene, one.text, (*values, *one.f1.items()))


def class_of_instance(truth: Truth) -> dict[int, str]:
    """Class name of every instance; none where classes are unknown."""
    if truth.semantic is None:
        return {}
    known = (truth.instance > 0) & (truth.semantic >= 0)
    ids, first = np.unique(truth.instance[known], return_index=True)
    names = truth.semantic[known][first]
    return {int(i): truth.class_names[k] for i, k in zip(ids, names, strict=True)}


def said(name: str, text: str) -> bool:
    """Whether a class name is a word of the text, in the singular or with an s."""
    return bool(name) and re.search(rf"\b{re.escape(name)}(?:e?s)?\b", text.lower()) is not None


def _masks(instance: Int32[np.ndarray, " n"], meant: tuple[int, ...]) -> Bool[np.ndarray, "g n"]:
    """Masks of the objects that are meant and have points."""
    masks: np.ndarray = instance == np.array(meant, np.int32).reshape(-1, 1)
    return masks[masks.any(axis=1)]


def _union(masks: Bool[np.ndarray, "k n"]) -> Bool[np.ndarray, " n"]:
    inside: np.ndarray = np.asarray(masks.any(axis=0))
    return inside


def _first_box(ious: Float64[np.ndarray, "p g"], score: np.ndarray) -> float:
    return float(ious[int(np.argmax(score)), 0]) if len(ious) else 0.0


def _companions(meant: tuple[int, ...], classes: Mapping[int, str]) -> int:
    """Objects that are not meant, of a class that is."""
    wanted = {classes[i] for i in meant if i in classes}
    return sum(name in wanted for i, name in classes.items() if i not in meant)


def _distracted(text: str, meant: tuple[int, ...], classes: Mapping[int, str]) -> bool:
    """Other objects of the class meant; where nothing is meant, any of a class that the text names."""
    if meant:
        return _companions(meant, classes) > 0
    return any(said(name, text) for name in set(classes.values()))
