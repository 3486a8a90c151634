"""Read a scan from a file, refine a mask click by click, write the labels back into a copy of the file."""

import sys
import tempfile
from pathlib import Path

import lasso3d
from lasso3d import Click, Clicks
from lasso3d.data.procedural import procedural
from lasso3d.io.export import write_scene

folder = Path(tempfile.mkdtemp())
if len(sys.argv) > 1:
    scan = Path(sys.argv[1])
else:
    scan = folder / "table.ply"
    write_scene(scan, procedural("tabletops", seed=20_000_003).scene)

scene = lasso3d.read_scene(scan)
segmenter = lasso3d.load("geodesic")
encoding = segmenter.encode(scene)

clicks = [Click(scene.xyz[len(scene) // 2], object=1)]
answer = segmenter.segment(encoding, Clicks(tuple(clicks)))
while len(clicks) < 5 and (suggested := lasso3d.suggest_click(scene, answer)) is not None:
    # a person would look first; the suggestion only says where the mask is most likely wrong
    clicks.append(suggested)
    answer = segmenter.segment(encoding, Clicks(tuple(clicks)), previous=answer)
print(f"{len(clicks)} clicks, {answer.mask(0).sum()} points")

labelled = folder / f"labelled{scan.suffix}"
lasso3d.write_segmentation(labelled, scene, answer)
print("wrote", labelled)
