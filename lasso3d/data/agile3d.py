"""AGILE3D's released benchmark: labelled scans, and lists of the objects to segment in them.

A folder per data set (ScanNet, S3DIS, KITTI360; Replica with NPISeg3D's list; SemanticKITTI with InterObject3D's):

    scans/SCENE.ply                      x y z R G B label: objects from 1, -1 = unlabelled; z up, metres
    val_list.json                        {"SCENE_obj_K": {"obj": {"1": label, ... "K": label}}}: K objects together
    single/object_ids.npy                rows of text (SCENE, object): one object at a time
    single/object_classes.txt            the class of each row
    single/crops/SCENE/SCENE_crop_OBJECT.ply     around one object, which has label 1

Source: github.com/ywyue/AGILE3D, benchmark/README.md, datasets/, evaluation/ and scripts/.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from lasso3d.core.errors import ReadError
from lasso3d.data.example import Example, ReadOnAccess, Truth
from lasso3d.data.text_files import refuse_any
from lasso3d.io.scenes import read_scene

TOGETHER = "val_list.json"
ALONE = "single/object_ids.npy"
CLASSES = "single/object_classes.txt"
CROPS = "single/crops"

KITTI360_CLASSES = (17, 19, 20, 24, 26, 27, 29, 30, 32, 33, 34, 36, 37, 38, 39, 40, 41)
"""Those that count (evaluation/labels.py); KITTI-360 alone has numbers for classes."""
UNLABELLED = "unlabelled"
"""ScanNet's word, which does not count; "unlabeled", SemanticKITTI's, does in InterObject3D's figures."""
SCANNET = re.compile(r"(scene)?\d{4}_\d{2}")
"""Names of ScanNet's scenes; InterObject3D's list leaves the word out."""


class Sample(NamedTuple):
    """A line of a list."""

    name: str
    """As the list has it, for messages."""
    scan: Path
    objects: tuple[int, ...]
    """Labels, in the list's order."""


def is_benchmark(folder: Path) -> bool:
    """Whether one of the benchmark's lists lies in a folder."""
    return (folder / TOGETHER).is_file() or (folder / ALONE).is_file()


def listed_examples(folder: Path, together: Literal["single", "multi"]) -> ReadOnAccess:
    """The scans of one of the benchmark's lists, each with its listed objects as `targets`.

    Raises:
        ReadError: see `listed_samples`, and `read_sample` when an example is read.
    """
    return ReadOnAccess(listed_samples(folder, together), read_sample)


def listed_samples(folder: Path, together: Literal["single", "multi"]) -> tuple[Sample, ...]:
    """What a list asks for.

    "multi": in the list's order; a scene comes as often as it is listed. "single": a sample per crop, or per whole
    scan with all its objects; objects of classes that the published averages leave out are left out.

    Raises:
        ReadError: no such list, one that contradicts itself, or listed scans without a file, naming them.
    """
    samples = _together(folder) if together == "multi" else _alone(folder)
    missing = [f"{sample.name} ({sample.scan.name})" for sample in samples if not sample.scan.is_file()]
    refuse_any(
        missing, "listed, but without a file", folder, cure="complete the scans: a table over the rest misleads"
    )
    return tuple(samples)


def read_sample(sample: Sample) -> Example:
    """A scan with its labels as instances; points without a label above 0 are none.

    Raises:
        ReadError: a damaged scan, one without labels, or listed objects without points, naming them.
    """
    scene = read_scene(sample.scan)
    if "label" not in scene.extra:
        raise ReadError("has no field `label`", str(sample.scan), "a scan of AGILE3D's benchmark is expected here")
    label = np.rint(scene.extra["label"]).astype(np.int64).reshape(-1)
    instance = np.where(label > 0, label, -1).astype(np.int32)
    absent = [str(i) for i in sample.objects if i < 1 or i not in instance]
    cure = "the list belongs to other scans, or numbers its objects differently (here from 1)"
    refuse_any(absent, f"{sample.name}: listed objects without points", sample.scan, cure=cure)
    return Example(replace(scene, extra={}), Truth(instance, targets=sample.objects))


def _together(folder: Path) -> list[Sample]:
    path = folder / TOGETHER
    listed = _json(path)
    samples, wrong = [], []
    for key, value in listed.items():
        scene, _, count = key.rpartition("_obj_")
        try:
            labels = {int(number): _whole(label) for number, label in value["obj"].items()}
            agreed = sorted(labels) == list(range(1, int(count) + 1)) and len(set(labels.values())) == len(labels)
        except (AttributeError, KeyError, TypeError, ValueError):
            agreed = False
        if agreed and scene and labels:
            samples.append(Sample(key, _scan(folder, scene), tuple(labels[number] for number in sorted(labels))))
        else:
            wrong.append(key)
    refuse_any(wrong, 'not SCENE_obj_K with K objects 1 to K under "obj"', path, cure="get the list again")
    return samples


def _alone(folder: Path) -> list[Sample]:
    rows = _counted_rows(folder)
    # the released scripts take ScanNet's scans whole, and crops of all others
    whole = not (folder / CROPS).is_dir() or all(SCANNET.fullmatch(scene) for scene, _ in rows)
    if not whole:
        crops = folder / CROPS
        return [Sample(f"{s} {i}", crops / s / f"{s}_crop_{i}.ply", (1,)) for s, i in rows]
    # InterObject3D's list counts from 0; one more is AGILE3D's label, for every object in AGILE3D's result files
    offset = int(any(number == 0 for _, number in rows))
    of_scene: dict[str, list[int]] = {}
    for scene, number in rows:
        of_scene.setdefault(scene, []).append(number + offset)
    return [Sample(scene, _scan(folder, scene), tuple(numbers)) for scene, numbers in of_scene.items()]


def _counted_rows(folder: Path) -> list[tuple[str, int]]:
    """Scene and object of every row whose class counts, each once, as the released evaluator takes them."""
    path = folder / ALONE
    try:
        table = np.load(path, allow_pickle=False)
        classes = [line.strip() for line in (folder / CLASSES).read_text("utf-8").splitlines() if line.strip()]
        rows = [(str(scene), _whole(number)) for scene, number in table]
    except (OSError, ValueError, TypeError, EOFError) as error:
        cure = f"{ALONE} (rows SCENE, object) and {CLASSES} are needed for objects one at a time"
        raise ReadError(f"the list cannot be read ({error})", str(path), cure) from error
    if len(rows) != len(classes):
        raise ReadError(f"has {len(rows)} rows, {CLASSES} has {len(classes)}", str(path), "get the lists again")
    return list(dict.fromkeys(row for row, name in zip(rows, classes, strict=True) if _counts(name)))


def _counts(name: str) -> bool:
    return int(name) in KITTI360_CLASSES if name.isdecimal() else name != UNLABELLED


def _scan(folder: Path, scene: str) -> Path:
    short = folder / "scans" / f"{scene}.ply"
    long = folder / "scans" / f"scene{scene}.ply"
    return long if long.is_file() and not short.is_file() else short


def _json(path: Path) -> dict[str, Any]:
    try:
        listed = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReadError(
            f"the list cannot be read ({error})", str(path), "it says what to segment together"
        ) from error
    if not isinstance(listed, dict):
        raise ReadError("is not a list of samples by name", str(path), "get the list again")
    return listed


def _whole(value: Any) -> int:
    """A label, which lists hold as whole numbers, as floats or as text."""
    number = float(value)
    if not number.is_integer():
        raise ValueError(f"{value} is not a whole number")
    return int(number)
