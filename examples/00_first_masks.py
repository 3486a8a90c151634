"""A generated scan, two clicks, two masks."""

import numpy as np

import lasso3d
from lasso3d import Click, Clicks
from lasso3d.data.procedural import procedural

scene, truth = procedural("tabletops", seed=20_000_003)
segmenter = lasso3d.load("geodesic")
encoding = segmenter.encode(scene)

first, second = np.unique(truth.instance[truth.instance > 0])[:2]
middle = [scene.xyz[truth.instance == number].mean(0) for number in (first, second)]
clicks = Clicks((Click(middle[0], object=1), Click(middle[1], object=2)))

answer = segmenter.segment(encoding, clicks)
for row, label in enumerate(answer.labels):
    print(f"object {label}: {answer.mask(row).sum()} points, expected IoU {answer.score[row]:.2f}")
print(f"{(answer.point_uncertainty() > 0.5).sum()} of {len(scene)} points are expected wrong")
print("next click:", lasso3d.suggest_click(scene, answer))
