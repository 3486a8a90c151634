"""Ask a generated room for classes, for objects and, in a sentence, for one thing in it."""

import lasso3d
from lasso3d import ClassNames, ReferringExpression
from lasso3d.data.procedural import procedural

scene, _ = procedural("rooms", seed=20_000_009)
segmenter = lasso3d.load("uniseg3d")
encoding = segmenter.encode(scene)

# what was not asked for competes: a chair asked for alone does not take the whole room
answer = segmenter.segment(encoding, ClassNames(("floor", "wall", "chair")))
for row, name in enumerate(answer.labels):
    print(f"{name}: {answer.mask(row).mean():.0%} of the points")

objects = segmenter.segment(encoding, ClassNames(kind="instance"))
for row, name in enumerate(objects.labels[:5]):
    print(f"{name}: {objects.mask(row).sum()} points, expected IoU {objects.score[row]:.2f}")

sentence = "the lamp on the desk"
found = segmenter.segment(encoding, ReferringExpression(sentence))
print(f'"{sentence}": {", ".join(map(str, found.labels)) or "nothing in the scene fits"}')
