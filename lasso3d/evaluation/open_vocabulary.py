"""The open-vocabulary protocol: classes that training named, and classes it never did."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
from jaxtyping import Float64

from lasso3d.core.errors import SceneError
from lasso3d.core.segmenter import Progress, Segmenter
from lasso3d.data.example import Example
from lasso3d.evaluation import instance, semantic
from lasso3d.evaluation.instance import SceneInstances
from lasso3d.evaluation.questions import Interview, ask_each
from lasso3d.evaluation.report import Figure, Report, Row, figure_of_draws
from lasso3d.evaluation.semantic import SceneClasses
from lasso3d.metrics.average_precision import SMALLEST
from lasso3d.metrics.semantic import harmonic, mean_over_classes

Judged = tuple[SceneClasses, SceneInstances | None]


def evaluate(
    segmenter: Segmenter,
    examples: Sequence[Example],
    *,
    novel: Collection[str],
    smallest: int = SMALLEST,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Ask for all classes of the data set, base and novel together, as a semantic map and as objects.

    Args:
        novel: classes that the system was never told of; all others are base.

    Raises:
        SceneError: no class of the data is novel, so that there is nothing to compare.
    """
    judged, asked = ask_each(segmenter, examples, judge, needs="classes", seed=seed, progress=progress)
    pooled = semantic.pool([classes for classes, _ in judged])
    base = [name for name in pooled.names if name not in novel]
    if judged and len(base) == len(pooled.names):
        what = f"none of the {len(base)} classes is among the novel ones ({', '.join(sorted(novel))})"
        raise SceneError(what, cure="name classes that the data have")
    found = [objects for _, objects in judged if objects is not None]
    names, table = instance.ap_table(found, smallest=smallest, seed=seed)
    figures = [
        *_mean_ious(*(semantic.mean_of(pooled, part, seed=seed) for part in (base, novel)), n=len(judged)),
        *(f for f in semantic.figures(pooled, seed=seed) if f.name in ("mIoU", "mIoU of things", "mIoU OpenScene")),
        *_ap_figures(names, table, base, novel, len(found)),
    ]
    present = sorted(set(novel) & set(pooled.names))
    settings = (("names asked", len(pooled.names)), ("novel", ", ".join(present)), ("smallest", smallest))
    rows = (Row(classes.name, "", (("points", classes.points),)) for classes, _ in judged)
    return asked.report("open-vocabulary", figures, rows, settings=settings, by_class=semantic.class_rows(pooled))


def judge(interview: Interview) -> list[Judged]:
    """Both questions about one scene."""
    objects = instance.judge(interview)
    return [(classes, objects[0] if objects else None) for classes in semantic.judge(interview)]


def _ap_figures(
    names: Sequence[str], table: Float64[np.ndarray, "f c h"], base: Collection[str], novel: Collection[str], n: int
) -> Iterator[Figure]:
    parts = {"base": instance.subset(names, table, base), "novel": instance.subset(names, table, novel)}
    for word, part in parts.items():
        yield from instance.ap_figures(part, n=n, suffix=f" {word}")
    yield _harmonic("hAP50", *(100 * mean_over_classes(part[:, :, 0]) for part in parts.values()), n=n)


def _mean_ious(base: Float64[np.ndarray, " f"], novel: Float64[np.ndarray, " f"], *, n: int) -> Iterator[Figure]:
    text = "%, mean over true classes that are "
    yield figure_of_draws("mIoU base", base, n=n, definition=text + "base")
    yield figure_of_draws("mIoU novel", novel, n=n, definition=text + "novel")
    yield _harmonic("hIoU", base, novel, n=n)


def _harmonic(name: str, base: Float64[np.ndarray, " f"], novel: Float64[np.ndarray, " f"], *, n: int) -> Figure:
    both = np.array([harmonic(float(b), float(v)) for b, v in zip(base, novel, strict=True)])
    return figure_of_draws(name, both, n=n, definition="%, harmonic mean of base and novel")
