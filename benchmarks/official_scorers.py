"""The published scorers on the scenes of the tests, where you have copies of them: makes and checks golden files.

    python benchmarks/official_scorers.py FOLDER [--write tests/golden/scorers]

FOLDER holds the files named in `SOURCES`, as checked out, each below a folder `owner+name`. They are read from
there, made to run on Python 3 and today's numpy in memory (print, except, names that numpy dropped) and never
written. Their readers are replaced by the scenes of `tests/metrics/scorer_scenes.py`. Without --write, the numbers
are compared with the files in tests/golden/scorers. See docs/protocols.md.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Annotated, Any

import numpy as np
import tyro

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "metrics"))

import scorer_scenes as scenes  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "scorers"
DIGITS = 9

SCANNET = "ScanNet+ScanNet/BenchmarkScripts"
MMDET3D = "open-mmlab+mmdetection3d/mmdet3d/evaluation/functional"
M3DREF = "3dlg-hcvc+M3DRef-CLIP/m3drefclip"
SCANREFER = "daveredrum+ScanRefer"
PARTSLIP = "zyc00+PartSLIP2/eval"

SOURCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "instance": ("3830fce7f8b2e48ef047ef7fd76ea5f62903f51c", (
        f"{SCANNET}/3d_evaluation/evaluate_semantic_instance.py", f"{SCANNET}/util_3d.py",
        f"{MMDET3D}/scannet_utils/evaluate_semantic_instance.py")),
    "semantic": ("3830fce7f8b2e48ef047ef7fd76ea5f62903f51c", (
        f"{SCANNET}/3d_evaluation/evaluate_semantic_label.py",)),
    "openscene": ("0f369bc73d0724ae24b5e46bbada193f8ee9d193", ("pengsongyou+openscene/util/metric.py",)),
    "panoptic": ("fe25f7a51d36e3702f961e198894580d83c4387b", (f"{MMDET3D}/panoptic_seg_eval.py",)),
    "multi3drefer": ("babfcc4b4f06bb8ce1471513095a1c80acc0edb5", (
        f"{M3DREF}/evaluation/multi3drefer_evaluator.py", f"{M3DREF}/evaluation/general_evaluator.py",
        f"{M3DREF}/util/utils.py")),
    "scanrefer": ("9d7483053e8d29acfd4db4eb1bc28f1564f5dddb", (
        f"{SCANREFER}/benchmark/eval.py", f"{SCANREFER}/utils/box_util.py")),
    "parts": ("75dc0caa647fd3ac339cd3847175ebed4fb92be8", (
        f"{PARTSLIP}/eval_utils.py", f"{PARTSLIP}/semantic_eval.py")),
    "clicks": ("c2729548d6f64122a92fce39b45d94b948782e67", ("dk-liang+UniSeg3D/uniseg3d/unified_metric.py",)),
}  # fmt: skip
"""By scorer: the commit, and its files, the first of which scores."""

CHANGES = (
    (r"^(\s*)print$", r"\1print()"),
    (r"^(\s*)print ([^(\n].*)$", r"\1print(\2)"),
    (r'^(\s*)print (".*)$', r"\1print(\2)"),
    (r"except (\w+), (\w+):", r"except \1 as \2:"),
    (r"np\.(float|bool)\b(?!_)", r"\1"),
    (r"np\.in1d", "np.isin"),
)


class Missing(Exception):
    """A file of a scorer is not in the folder."""


def load(
    folder: Path,
    path: str,
    stubs: Mapping[str, Any],
    *,
    arguments: tuple[str, ...] = (),
    given: Mapping[str, Any] = MappingProxyType({}),
) -> ModuleType:
    """A published file as a module.

    Args:
        stubs: modules that stand in for what it imports and the scenes need not have.
        given: names it shall find in place of the built-in ones.
    """
    file = folder / path
    if not file.is_file():
        raise Missing(str(file))
    text = file.read_text("utf-8")
    for old, new in CHANGES:
        text = re.sub(old, new, text, flags=re.MULTILINE)
    module, kept, asked = ModuleType(file.stem), {name: sys.modules.get(name) for name in stubs}, sys.argv
    module.__dict__.update(given, __file__=str(file))
    sys.modules |= {name: _module(name, stub) for name, stub in stubs.items()}
    sys.argv = [file.name, *arguments]
    try:
        exec(compile(text, str(file), "exec"), module.__dict__)
    finally:
        sys.argv = asked
        for name, before in kept.items():
            sys.modules.pop(name) if before is None else sys.modules.update({name: before})
    return module


def _module(name: str, content: Any) -> ModuleType:
    if isinstance(content, ModuleType):
        return content
    module = ModuleType(name)
    module.__dict__.update(content)
    return module


def instance(folder: Path) -> tuple[list[Any], str]:
    """Per kind with instances: AP over nine thresholds, over ten, AP50, AP25.

    ScanNet's script stops with an IndexError where a kind has instances and answers and all of these are forgiven;
    such cases are scored by mmdetection3d's copy, which mends that, and say so.
    """
    run = InstanceRunner(folder)
    nine, ten = np.append(np.arange(0.5, 0.95, 0.05), 0.25), np.append(np.arange(0.5, 1.0, 0.05), 0.25)
    cases = [scenes.instance_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        table, wide = run(case, nine), run(case, ten)
        columns = np.stack([table[:, :-1].mean(1), wide[:, :-1].mean(1), table[:, 0], table[:, -1]], axis=1)
        by_kind = {str(kind): _round(row) for kind, row in enumerate(columns) if not np.isnan(row[0])}
        results.append(by_kind | ({"mended": True} if run.stopped else {}))
    return results, scenes.digest(cases)


class InstanceRunner:
    """ScanNet's instance script on scans in memory: AP by kind and threshold."""

    def __init__(self, folder: Path) -> None:
        _, (path, reader, copy) = SOURCES["instance"]
        self.util = load(folder, reader, {"plyfile": {"PlyData": 0, "PlyElement": 0}, "util": {}})
        stubs = {"util": {"print_error": print}, "util_3d": self.util}
        self.script = load(folder, path, stubs, arguments=("--pred_path", "p", "--gt_path", "g"))
        stub = {"scannet_utils": {"util_3d": self.util}}
        self.mended = load(folder, copy, stub, given={"__package__": "scannet_utils"})
        self.stopped = False
        """Whether the script stopped last time, and the copy that mends it went on."""

    def __call__(self, case: Sequence[scenes.InstanceScan], overlaps: np.ndarray) -> np.ndarray:
        files: dict[str, np.ndarray] = {}
        lists: dict[str, dict[str, Any]] = {}
        known = np.append(self.script.VALID_CLASS_IDS, 1)
        for s, scan in enumerate(case):
            label = np.where(scan.truth_kind >= 0, known[scan.truth_kind], 1001)
            single = (scan.truth_instance > 0) & (scan.truth_kind >= 0)
            files[f"{s}.gt"] = np.where(single, label * 1000 + scan.truth_instance, label)
            answers = zip(scan.masks, scan.kind, scan.confidence, strict=True)
            lists[f"{s}.txt"] = {}
            for p, (mask, kind, confidence) in enumerate(answers):
                files[f"{s}/{p}"] = mask.astype(np.int64)
                lists[f"{s}.txt"][f"{s}/{p}"] = {"label_id": int(known[kind]), "conf": float(confidence)}
        self.util.load_ids, self.util.read_instance_prediction_file = files.__getitem__, lambda name, _: lists[name]
        matches = {}
        for s in range(len(case)):
            truth, answer = self.script.assign_instances_for_scan(f"{s}.txt", f"{s}.gt", "")
            matches[str(s)] = {"gt": truth, "pred": answer}
        return self._evaluated(matches, overlaps)

    def _evaluated(self, matches: Any, overlaps: np.ndarray) -> np.ndarray:
        self.script.opt.overlaps, self.stopped = overlaps, False
        try:
            return self.script.evaluate_matches(matches)[0]
        except IndexError:
            self.stopped = True
            return self.mended.evaluate_matches(matches, self.script.CLASS_LABELS, vars(self.script.opt))[0]


def semantic(folder: Path) -> tuple[list[Any], str]:
    """IoU by class, null where there is neither truth nor answer."""
    held: dict[str, np.ndarray] = {}
    script = semantic_script(folder, held)
    ids = np.append(script.VALID_CLASS_IDS, 13)  # 13 is none of the benchmark's
    cases = [scenes.semantic_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        size = script.UNKNOWN_ID + 1
        confusion = np.zeros((size, size), np.ulonglong)
        for scan in case:
            held |= {"gt": ids[scan.truth], "pred": ids[scan.answer]}
            script.evaluate_scan("pred", "gt", confusion)
        ious = [script.get_iou(label, confusion) for label in script.VALID_CLASS_IDS]
        results.append([None if isinstance(iou, float) else round(float(iou[0]), DIGITS) for iou in ious])
    return results, scenes.digest(cases)


def semantic_script(folder: Path, files: Mapping[str, np.ndarray]) -> Any:
    """ScanNet's label script, which reads from `files`."""
    stubs = {"util": {"print_error": print}, "util_3d": {"load_ids": files.__getitem__}}
    return load(folder, SOURCES["semantic"][1][0], stubs, arguments=("--pred_path", "p", "--gt_path", "g"))


def openscene(folder: Path) -> tuple[list[Any], str]:
    """Mean IoU of all scans of a case together, where points without an answer are marked 256."""
    names = {"dataset": {}, "dataset.label_constants": {"SCANNET_LABELS_20": list(map(str, range(scenes.CLASSES)))}}
    script = load(folder, SOURCES["openscene"][1][0], names)
    cases = [scenes.semantic_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        truth = np.concatenate([scan.truth for scan in case]).astype(np.int64)
        answer = np.concatenate([scan.answer for scan in case]).astype(np.int64)
        answer[answer < 0] = script.NO_FEATURE_ID
        truth[truth < 0] = script.UNKNOWN_ID
        results.append(round(float(script.evaluate(answer, truth)), DIGITS))
    return results, scenes.digest(cases)


def panoptic(folder: Path) -> tuple[list[Any], str]:
    """PQ, SQ, RQ, PQ of things with IoU of stuff, over all kinds; and PQ by kind."""
    cases = [scenes.panoptic_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        scorer = panoptic_scorer(folder)
        void = scenes.CLASSES
        truth = [{"pts_semantic_mask": np.where(s.truth_kind < 0, void, s.truth_kind),
                  "pts_instance_mask": s.truth_segment} for s in case]  # fmt: skip
        answer = [{"pts_semantic_mask": np.where(s.answer_kind < 0, void, s.answer_kind),
                   "pts_instance_mask": s.answer_segment} for s in case]  # fmt: skip
        found = scorer.evaluate(truth, answer)
        by_kind = scorer.get_pq()[3][:-1]
        row = _round([found[key] for key in ("pq", "sq_mean", "rq_mean", "pq_dagger")])
        results.append([row, {str(k): round(float(v), DIGITS) for k, v in enumerate(by_kind) if v}])
    return results, scenes.digest(cases)


def panoptic_scorer(folder: Path) -> Any:
    """A fresh scorer: 20 kinds, the first two stuff, and one that is ignored."""
    logging = {"MMLogger": object, "print_log": lambda *_: None}
    stubs = {"mmengine": {}, "mmengine.logging": logging}
    script = load(folder, SOURCES["panoptic"][1][0], stubs, given={"print": lambda *_: None})
    names = [str(k) for k in range(scenes.CLASSES + 1)]
    return script.EvalPanoptic(names, names[2:-1], names[:2], 1, 2**16, {}, [scenes.CLASSES])


def multi3drefer(folder: Path) -> tuple[list[Any], str]:
    """F1 at 0.25 and at 0.5 of each group, null where it is empty, and over all."""
    _, (path, general, util) = SOURCES["multi3drefer"]
    stubs = {
        "m3drefclip": {}, "m3drefclip.util": {}, "m3drefclip.evaluation": {}, "tqdm": {"tqdm": 0},
        "m3drefclip.util.utils": load(folder, util, {}),
        "m3drefclip.evaluation.general_evaluator": load(folder, general, {}),
    }  # fmt: skip
    script = load(folder, path, stubs)
    cases = [scenes.box_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        scorer = script.Multi3DReferEvaluator("f1", verbose=False)
        groups = list(scorer.evaluation_types)
        truth = {i: {"aabb_bound": q.targets.astype(np.float32), "eval_type": groups[q.group]}
                 for i, q in enumerate(case)}  # fmt: skip
        scorer.set_ground_truths(truth)
        found = scorer.evaluate({i: {"aabb_bound": q.answers.astype(np.float32)} for i, q in enumerate(case)})
        results.append([_round([table[key] for key in (*groups, "overall")]) for table in found.values()])
    return results, scenes.digest(cases)


def scanrefer(folder: Path) -> tuple[list[Any], str]:
    """Acc@0.25 and Acc@0.5 of unique, multiple and all sentences with one target, by their first box."""
    _, (path, boxes) = SOURCES["scanrefer"]
    box_util = load(folder, boxes, {})
    paths = SimpleNamespace(PATH=SimpleNamespace(DATA=str(ROOT), OUTPUT=str(ROOT)))
    stubs = {"json": {"load": lambda _: []}, "tqdm": {"tqdm": iter}, "lib": {}, "lib.config": {"CONF": paths},
             "utils": {}, "utils.box_util": box_util}  # fmt: skip
    printed: list[str] = []
    quiet = {"open": lambda *_: nullcontext(), "print": lambda line="": printed.append(str(line))}
    script = load(folder, path, stubs, given=quiet)
    cases = [scenes.box_case(seed) for seed in range(scenes.CASES)]
    results = []
    for case in cases:
        asked = [(i, q) for i, q in enumerate(case) if q.group in (2, 3)]
        printed.clear()
        if not asked:
            results.append(None)
            continue
        script.SCANREFER_GT = [{"scene_id": "s", "object_id": 0, "ann_id": i, "bbox": _corners(q.targets[0])}
                               for i, q in asked]  # fmt: skip
        answers = [{"scene_id": "s", "object_id": 0, "ann_id": i, "others": 0,
                    "bbox": _corners(q.answers[0] if len(q.answers) else np.zeros((2, 3))),
                    "unique_multiple": int(q.group == 2)} for i, q in asked]  # fmt: skip
        script.json = SimpleNamespace(load=lambda _, found=answers: found)
        script.os = SimpleNamespace(path=SimpleNamespace(join=lambda *_: "", isfile=lambda _: True))
        script.evaluate(SimpleNamespace(folder=""))
        results.append(_round([float(line.rsplit(" ", 1)[1]) for line in printed if "overall | acc@" in line]))
    return results, scenes.digest(cases)


def _corners(box: np.ndarray) -> list[list[float]]:
    return [[box[i][0], box[j][1], box[k][2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)]


def clicks(folder: Path) -> tuple[list[Any], str]:
    """AP over ten thresholds, AP50 and AP25 of one answer per truth: three methods of the release's class."""
    file = folder / SOURCES["clicks"][1][0]
    if not file.is_file():
        raise Missing(str(file))
    text = file.read_text("utf-8")
    start, end = text.index("    def cal_ap_thr"), text.index("    def map_inst_markup")
    scope: dict[str, Any] = {"np": np}
    exec("class Scorer:\n" + text[start:end], scope)
    scorer = scope["Scorer"]()
    cases = [scenes.ranking_case(seed) for seed in range(scenes.CASES)]
    return [
        _round([scorer.cal_ap(*case), scorer.cal_ap_thr(*case, 0.5), scorer.cal_ap_thr(*case, 0.25)])
        for case in cases
    ], scenes.digest(cases)


def parts(folder: Path) -> tuple[list[Any], str]:
    """AP50 by part, null for a part without instances, and the mean over categories of each shape's own IoU."""
    _, (path, labels) = SOURCES["parts"]
    stubs = {"h5py": {}, "progressbar": {"ProgressBar": 0}, "commons": {"check_mkdir": 0}}
    script = load(folder, path, stubs)
    names, results = list("abcd"), []
    cases = [scenes.part_case(seed) for seed in range(scenes.CASES)]
    for case in cases:
        files = [f"test-{i}.h5" for i in range(len(case))]
        script.os = SimpleNamespace(
            listdir=lambda _, f=files: f, path=SimpleNamespace(join=lambda *p: p[-1], exists=lambda _: True)
        )
        script.print = lambda *_: None
        script.load_gt_h5 = lambda name, c=case: _part_truth(c[int(name[5:-3])])
        script.load_pred_h5 = lambda name, c=case: _part_answers(c[int(name[5:-3])])
        ap, valid, _, mean = script.eval_per_class_ap(names, "", "")
        row = [round(float(a), DIGITS) if v else None for a, v in zip(ap, valid, strict=True)]
        results.append([row, round(float(mean), DIGITS), _part_miou(folder, labels, case, names)])
    return results, scenes.digest(cases)


def _part_truth(shape: Any) -> tuple[np.ndarray, ...]:
    found = np.unique(shape.truth[shape.truth >= 0])
    masks = shape.truth == found[:, None]
    part = shape.part_of_instance[found]
    return masks[None], part.astype(np.uint8)[None], np.ones((1, len(found)), bool), (shape.truth < 0)[None]


def _part_answers(shape: Any) -> tuple[np.ndarray, ...]:
    valid = np.ones((1, len(shape.part)), bool)
    return shape.masks[None], shape.part.astype(np.uint8)[None], valid, shape.confidence[None].copy()


def _part_miou(folder: Path, path: str, case: list[Any], names: list[str]) -> float:
    """The script with each shape as a category of its own; parts that no shape has would be 0/0 there."""
    semantic_of = [np.where(s.truth >= 0, s.part_of_instance[s.truth], -1) for s in case]
    here = {str(i): [n for k, n in enumerate(names) if (x == k).any()] for i, x in enumerate(semantic_of)}
    renumbered = {str(i): _ranks(x) for i, x in enumerate(semantic_of)}

    def cloud(name: str) -> Any:
        _, category, _, _, file = name.removeprefix("./").split("/")
        answer = case[int(category)].labels[names.index(file[:-4])]
        return SimpleNamespace(colors=answer[:, None] * np.ones(3))

    def table(name: str, **_: Any) -> Any:
        return SimpleNamespace(item=lambda: {"semantic_seg": renumbered[name.split("/")[3]]})

    numpy = ModuleType("numpy")
    numpy.__dict__.update(np.__dict__ | {"load": table})
    stubs = {
        "json": {"load": lambda _: here}, "os": {"listdir": lambda _: ["m"]}, "numpy": numpy,
        "open3d": {"io": SimpleNamespace(read_point_cloud=cloud)},
    }  # fmt: skip
    said: list[str] = []
    quiet = {"open": lambda *_: None, "print": lambda *words: said.append(" ".join(map(str, words)))}
    load(folder, path, stubs, given=quiet)
    return round(float(said[-1].rsplit(" ", 1)[1]) / 100, DIGITS)


def _ranks(semantic: np.ndarray) -> np.ndarray:
    present = np.unique(semantic[semantic >= 0])
    return np.where(semantic >= 0, np.searchsorted(present, semantic), -1)


def _round(values: Any) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), DIGITS) for value in values]


SCORERS: Mapping[str, Callable[[Path], tuple[list[Any], str]]] = {
    "instance": instance, "semantic": semantic, "openscene": openscene, "panoptic": panoptic,
    "multi3drefer": multi3drefer, "scanrefer": scanrefer, "parts": parts, "clicks": clicks,
}  # fmt: skip


@dataclass
class Options:
    """Where the scorers are, and where the golden files go."""

    folder: tyro.conf.Positional[Path]
    write: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Write golden files there; without, compare with those in tests/golden/scorers."""
    only: tuple[str, ...] = tuple(SCORERS)


def golden(name: str, folder: Path) -> dict[str, Any]:
    """The content of a golden file."""
    commit, files = SOURCES[name]
    results, digest = SCORERS[name](folder)
    hashes = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    return {"scorer": name, "commit": commit, "sha256": hashes, "scenes": digest, "results": results}


def main(options: Options) -> None:
    for name in options.only:
        try:
            found = golden(name, options.folder)
        except Missing as missing:
            print(f"{name}: left out, {missing} is not there")
            continue
        if options.write:
            text = json.dumps(found, separators=(",", ":"))
            (options.write / f"{name}.json").write_text(text.replace('"results":', '\n"results":') + "\n", "utf-8")
            print(f"{name}: wrote {len(found['results'])} results")
        else:
            same = json.loads((GOLDEN / f"{name}.json").read_text("utf-8")) == json.loads(json.dumps(found))
            print(f"{name}: {'the same' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    main(tyro.cli(Options))
