"""How much of the language task words alone solve: controls without any look at the points.

    python benchmarks/language_controls.py [--train 200] [--test 100] [--worlds rooms tabletops]

Two controls answer sentences of test scenes with whole instances; they know the true classes of all instances,
which a segmenter has to find out first:

- `noun`: for expressions: every instance whose class is named, the first named class winning.
- `words`: naive Bayes from the words of a text to the classes it means, learned from training scenes; the answer is
  every instance of a class that is likely enough, or nothing. The threshold is the best on training scenes.

Figures: precision and recall over instances, the mean over sentences of the IoU of instance sets (1 where both are
empty), and the share of sentences answered exactly.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

import tyro

from lasso3d.data.procedural import ProceduralScenes
from lasso3d.data.procedural.nouns import nouns_of

Case = tuple[str, dict[int, str], frozenset[int]]
"""A text, the class of every instance of its scene, and what the text means."""


@dataclass
class Options:
    train: int = 200
    """Scenes of each world to learn from."""
    test: int = 100
    worlds: tuple[str, ...] = ("rooms", "tabletops")


def cases(world: str, count: int, seed: int) -> tuple[list[Case], list[Case]]:
    """Expressions and instructions of some scenes."""
    about: list[Case] = []
    asked: list[Case] = []
    for _, truth in ProceduralScenes(world, count, seed):
        pairs = {(int(i), int(s)) for i, s in zip(truth.instance[::7], truth.semantic[::7], strict=True) if i > 0}
        names = {i: truth.class_names[s] for i, s in pairs}
        for kept, sentences in ((about, truth.expressions), (asked, truth.instructions)):
            kept += [(text, names, frozenset(meant) & names.keys()) for text, meant in sentences]
    return about, asked


def tokens(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def by_noun(case: Case) -> frozenset[int]:
    """All of the class that is named first."""
    said = f" {' '.join(tokens(case[0]))} "
    places = {
        name: min((said.find(f" {form} ") for noun in nouns_of(name) for form in (noun.word, noun.plural)
                   if f" {form} " in said), default=len(said))
        for name in set(case[1].values())
    }  # fmt: skip
    first = min(places.values(), default=len(said))
    return frozenset(i for i, name in case[1].items() if places[name] == first < len(said))


@dataclass
class Words:
    """Naive Bayes: for each class, how much each word speaks for it."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    meant: Counter[str] = field(default_factory=Counter)
    present: Counter[str] = field(default_factory=Counter)
    beside: Counter[tuple[str, str]] = field(default_factory=Counter)
    threshold: float = 0.0

    def learn(self, learned: Sequence[Case]) -> None:
        for text, names, meant in learned:
            wanted = {names[i] for i in meant}
            for name in set(names.values()):
                kind = self.meant if name in wanted else self.present
                kind[name] += 1
                (self.pairs if name in wanted else self.beside).update((name, word) for word in set(tokens(text)))
        options = [x / 2 for x in range(-16, 17)]
        self.threshold = max(options, key=lambda t: mean_iou(learned, [self.answer(c, t) for c in learned]))

    def score(self, name: str, text: str) -> float:
        yes, no = self.meant[name], self.present[name]
        total = log((yes + 0.5) / (no + 0.5))
        for word in set(tokens(text)):
            total += log((self.pairs[name, word] + 0.5) / (yes + 1)) - log(
                (self.beside[name, word] + 0.5) / (no + 1)
            )
        return total

    def answer(self, case: Case, threshold: float | None = None) -> frozenset[int]:
        limit = self.threshold if threshold is None else threshold
        score = {name: self.score(name, case[0]) for name in set(case[1].values())}
        return frozenset(i for i, name in case[1].items() if score[name] > limit)


def iou(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def mean_iou(asked: Sequence[Case], answers: Iterable[frozenset[int]]) -> float:
    return sum(iou(case[2], answer) for case, answer in zip(asked, answers, strict=True)) / max(len(asked), 1)


def report(title: str, asked: list[Case], answers: list[frozenset[int]]) -> None:
    hit = sum(len(case[2] & answer) for case, answer in zip(asked, answers, strict=True))
    given, due = sum(map(len, answers)), sum(len(case[2]) for case in asked)
    exact = sum(case[2] == answer for case, answer in zip(asked, answers, strict=True)) / max(len(asked), 1)
    shares = (hit / max(given, 1), hit / max(due, 1), mean_iou(asked, answers), exact)
    print(f"| {title} | {len(asked)} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")


def main(options: Options) -> None:
    print("| sentences, control | n | precision | recall | mean IoU | exact |\n|---|---|---|---|---|---|")
    for world in options.worlds:
        learn, test = cases(world, options.train, 0), cases(world, options.test, 20_000_000)
        held = zip(("expressions", "instructions"), learn, test, strict=True)
        for kind, known, new in held:
            model = Words()
            model.learn(known)
            report(f"{world}, {kind}, words, training scenes", known, [model.answer(case) for case in known])
            report(f"{world}, {kind}, words, test scenes", new, [model.answer(case) for case in new])
            if kind == "expressions":
                report(f"{world}, {kind}, noun, test scenes", new, [by_noun(case) for case in new])


if __name__ == "__main__":
    main(tyro.cli(Options))
