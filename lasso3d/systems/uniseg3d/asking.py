"""Each kind of prompt put to the network about an encoded scene, and its outputs made into rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from lasso3d.core.prompts import ClassNames, Clicks, Prompt, ReferringExpression
from lasso3d.core.segmentation import Segmentation
from lasso3d.systems.uniseg3d.answers import (
    OBJECT,
    Objects,
    Rows,
    Words,
    candidates,
    class_rows,
    click_rows,
    expected_iou,
    mean_over,
    named_once,
    objects_of,
    panoptic_rows,
    probability_of,
    shifted,
    stuff_rows,
)
from lasso3d.systems.uniseg3d.config import UniSeg3DConfig
from lasso3d.systems.uniseg3d.encoding import UniSeg3DEncoding, array_of
from lasso3d.systems.uniseg3d.errors import Kind
from lasso3d.systems.uniseg3d.instances import grown, split_by_objects
from lasso3d.systems.uniseg3d.lexicon import Lexicon
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.sentences import owned_rows, pointed_at, within
from lasso3d.systems.uniseg3d.surface import ways
from lasso3d.systems.uniseg3d.tensors import Answers, ClickPrompts, tensor

NEGATIVES = 8
"""Clicks on other things that a prompt hears, the nearest to its own: no training prompt has more."""
AT_ONCE = 1 << 26
"""Distances from clicks to voxels that are held together: 256 MB."""


@final
class Asked(NamedTuple):
    """What came of a prompt."""

    rows: Rows
    kind: Kind
    by_voxel: bool
    """Whether the rows are over voxels, else over superpoints."""


@final
class Sought(NamedTuple):
    """The scene's objects under some names."""

    objects: Objects
    probability: Float32[np.ndarray, "m s"]
    words: Words


@final
@dataclass(frozen=True, eq=False)
class Asker:
    """Puts prompts to a network; holds nothing of a scene."""

    network: SceneNetwork
    config: UniSeg3DConfig
    lexicon: Lexicon
    device: torch.device

    def ask(self, encoding: UniSeg3DEncoding, prompt: Prompt, previous: Segmentation | None) -> Asked:
        """The rows that answer a prompt."""
        match prompt:
            case Clicks():
                return self._clicks(encoding, prompt, previous)
            case ClassNames(kind="semantic"):
                return self._semantic(encoding, prompt.names or self.lexicon.vocabulary)
            case ClassNames(kind="instance"):
                return self._instances(encoding, prompt.names or self.lexicon.vocabulary)
            case ClassNames():
                return self._panoptic(encoding, prompt.names or self.lexicon.vocabulary)
            case ReferringExpression():
                return self._sentence(encoding, prompt)
        raise ValueError(f"no answer to {type(prompt).__name__}")

    def _semantic(self, encoding: UniSeg3DEncoding, names: Sequence[str]) -> Asked:
        share, words = self._semantics(encoding, names)
        rows = class_rows(share, words.asked, names)
        found = Rows(rows, tuple(names), expected_iou(rows, encoding.size), exclusive=True)
        return Asked(found, "semantic", by_voxel=False)

    def _instances(self, encoding: UniSeg3DEncoding, names: Sequence[str]) -> Asked:
        found = self._objects(encoding, names)
        labels = tuple(found.words.asked[k] for k in found.objects.name)
        rows = Rows(self._masks(encoding, found), labels, found.objects.score, exclusive=False)
        return Asked(rows, "instance", by_voxel=self._finer)

    def _panoptic(self, encoding: UniSeg3DEncoding, names: Sequence[str]) -> Asked:
        found = self._objects(encoding, names, once=True)
        share, words = self._semantics(encoding, names)
        stuff = stuff_rows(share, words.stuff)
        if self._finer:
            stuff = stuff[:, encoding.tokens.of_voxel]
        masks, smallest = self._masks(encoding, found), self.config.answers.smallest
        rows = panoptic_rows(found.objects, masks, stuff, self._size(encoding), words, smallest=smallest)
        return Asked(rows, "panoptic", by_voxel=self._finer)

    def _clicks(self, encoding: UniSeg3DEncoding, prompt: Clicks, previous: Segmentation | None) -> Asked:
        token, number = last_said(encoding, prompt)
        objects = np.unique(number[number > 0])
        rows = np.zeros((len(prompt.objects), len(encoding.voxels)), np.float32)
        score = np.zeros(len(rows), np.float32)
        if len(objects):
            row = np.where(number > 0, np.searchsorted(objects, number), len(objects))
            logits, iou = (
                np.empty((len(objects), len(encoding.voxels)), np.float32),
                np.empty(len(objects), np.float32),
            )
            for which, before in _feedback(previous, objects, encoding, threshold=self.config.answers.threshold):
                logits[which], iou[which] = self._clicked(encoding, token, row, which, before)
            # an object whose every click was overruled by a later one on the same voxel keeps an empty row
            kept = np.searchsorted(np.array(prompt.objects), objects)
            rows[kept] = click_rows(logits, token, row)[:-1]
            score[kept] = iou.clip(0, 1)
        return Asked(Rows(rows, prompt.objects, score, exclusive=True), "clicks", by_voxel=True)

    def _clicked(
        self,
        encoding: UniSeg3DEncoding,
        token: Int64[np.ndarray, " k"],
        row: Int64[np.ndarray, " k"],
        which: Int64[np.ndarray, " p"],
        previous: Float32[np.ndarray, "p s"] | None,
    ) -> tuple[Float32[np.ndarray, "p t"], Float32[np.ndarray, " p"]]:
        """Logits of some of the objects over voxels, and estimated IoUs; a few at a time: none hears another."""
        tokens, scene = encoding.tokens.tensors(self.device), encoding.found.tensors(self.device)
        place = encoding.tokens.voxel_place
        given = [heard(place, token, row, int(one)) for one in which]
        logits, iou = [], []
        for part in parts([len(clicks) for clicks in given], len(place)):
            clicks, count = np.concatenate(given[part]), len(given[part])
            prompt = np.repeat(np.arange(count), [len(each) for each in given[part]])
            clicked = token[clicks], prompt, row[clicks] == which[part][prompt]
            of_voxel, s = encoding.tokens.of_voxel, len(encoding.size)
            said = ClickPrompts.of(
                *clicked,
                prompts=count,
                previous=None if previous is None else previous[part],
                ways=ways(encoding.graph, of_voxel, *clicked, prompts=count, superpoints=s),
                device=self.device,
            )
            answers = self.network.click(tokens, scene, said)[-1]
            logits.append(self._fine(encoding, answers))
            iou.append(array_of(answers.iou))
        return np.concatenate(logits), np.concatenate(iou)

    def _sentence(self, encoding: UniSeg3DEncoding, prompt: ReferringExpression) -> Asked:
        config, tokens = self.config.answers, encoding.tokens.tensors(self.device)
        vector = tensor(self.lexicon.sentence(prompt.text), self.device)
        answers = self.network.text(tokens, encoding.found.tensors(self.device), vector)[-1]
        coarse = probability_of(shifted(array_of(answers.mask), config.threshold))[0]
        presence = 1.0 if answers.fits is None else float(answers.fits.float().sigmoid()[0])
        allowed, of_voxel = within(prompt.about, encoding.frame.back(encoding.centroid)), encoding.tokens.of_voxel
        inside = (coarse >= 0.5) & (mean_over(allowed[None], of_voxel, count=len(coarse))[0] >= 0.5)
        if presence < config.presence:
            return _nothing(encoding)
        sought = self._objects(encoding, self.lexicon.vocabulary or (OBJECT,))
        objects, masks, words = sought
        if inside @ encoding.size < config.smallest:
            asked = self._likeliest(encoding, sought, array_of(answers.mask)[0], allowed, presence)
            if isinstance(prompt.about, Clicks) and asked.by_voxel == self._finer:
                asked = asked._replace(rows=self._pointed_at(encoding, asked.rows, prompt.about))
            return asked
        owner = split_by_objects(
            inside, masks >= 0.5, encoding.size, encoding.edges, share=config.meant, smallest=config.smallest
        )
        word = self._logits(answers.embedding, words)[0, : len(words.asked)].argmax()
        names = [*(words.asked[k] for k in objects.name), words.asked[word]]
        if self._finer:
            owner = grown(owner, encoding.edges)[of_voxel]
            coarse = probability_of(self._fine(encoding, answers))[0] * allowed
        rows = owned_rows(coarse, owner, self._size(encoding), names, worth=presence * float(answers.iou[0]))
        if isinstance(prompt.about, Clicks):
            rows = self._pointed_at(encoding, rows, prompt.about)
        return Asked(rows, "sentence", by_voxel=self._finer)

    def _likeliest(
        self,
        encoding: UniSeg3DEncoding,
        sought: Sought,
        logits: Float32[np.ndarray, " s"],
        allowed: Float32[np.ndarray, " t"],
        presence: float,
    ) -> Asked:
        """The object that a sentence's logits speak for most, where something fits but no mask reaches a half."""
        held = (sought.probability >= 0.5) * encoding.size
        area = held.sum(axis=1)
        reachable = mean_over(allowed[None], encoding.tokens.of_voxel, count=len(logits))[0]
        support = np.where(held @ reachable >= 0.5 * area, held @ logits / np.maximum(area, 1e-6), -np.inf)
        if not len(support) or not np.isfinite(support).any():
            return _nothing(encoding)
        best = np.array([support.argmax()])
        chosen = Objects(*(part[best] for part in sought.objects))
        rows = self._masks(encoding, Sought(chosen, sought.probability[best], sought.words))
        rows = rows * (allowed if self._finer else reachable.astype(np.float32))
        label = (sought.words.asked[int(chosen.name[0])],)
        score = (presence * chosen.score).astype(np.float32)
        return Asked(Rows(rows, label, score, exclusive=False), "sentence", by_voxel=self._finer)

    def _pointed_at(self, encoding: UniSeg3DEncoding, rows: Rows, about: Clicks) -> Rows:
        token, number = last_said(encoding, about)
        if self._finer:
            return pointed_at(rows, encoding.tokens.voxel_place, token[number > 0], token[number == 0])
        token = encoding.tokens.of_voxel[token]
        return pointed_at(rows, encoding.tokens.place, token[number > 0], token[number == 0])

    @property
    def _finer(self) -> bool:
        return self.config.voxel_masks and self.config.answers.finer

    def _size(self, encoding: UniSeg3DEncoding) -> Float32[np.ndarray, " t"]:
        """Of the tokens that masks are made of, voxels."""
        return np.ones(len(encoding.voxels), np.float32) if self._finer else encoding.size

    def _named(self, embedding: Float32[np.ndarray, "q e"], words: Words) -> Float32[np.ndarray, "q w1"]:
        """Logits of words, and last of none of them."""
        return self._logits(torch.from_numpy(embedding).to(self.device), words)

    def _logits(self, embedding: Tensor, words: Words) -> Float32[np.ndarray, "q w1"]:
        return array_of(self.network.class_logits(embedding, tensor(words.vectors, self.device)))

    def _words(self, names: Sequence[str]) -> Words:
        return self.lexicon.compared(names, near=self.config.answers.near)

    def _semantics(
        self, encoding: UniSeg3DEncoding, names: Sequence[str]
    ) -> tuple[Float32[np.ndarray, "s a"], Words]:
        """Probability of each name at every superpoint."""
        words = self._words(names)
        share = words.share(self._named(encoding.found.semantic, words), unheard=self.config.answers.unheard)
        found = np.zeros((len(encoding.size), share.shape[1]), np.float32)
        found[encoding.found.token] = share
        return found, words

    def _objects(self, encoding: UniSeg3DEncoding, names: Sequence[str], *, once: bool = False) -> Sought:
        """The scene's objects under some names, stuff left out; `once` = sure ones, each under one name."""
        config, objects = self.config.answers, encoding.objects
        words = self._words(names)
        logits = self._named(objects.embedding, words)
        if config.votes > 0:
            inside = (shifted(objects.mask, config.threshold) >= 0)[:, encoding.found.token]
            held = inside * encoding.size[encoding.found.token]
            votes = held @ self._named(encoding.found.semantic, words)
            logits = logits + np.float32(config.votes) * votes / np.maximum(held.sum(axis=1), 1)[:, None]
        share = words.share(logits.astype(np.float32), unheard=(1 + config.votes) * config.unheard)
        worth = np.where(objects.size >= config.smallest, objects.quality * objects.iou, np.float32(0))
        if once:
            found = named_once(share, worth, words.stuff, least=config.panoptic_score)
        else:
            found = candidates(share, worth, words.stuff, config)
        # a query under several names has one mask
        query, row = np.unique(found.query, return_inverse=True)
        masks = probability_of(shifted(objects.mask[query].astype(np.float32), config.threshold))
        kept = objects_of(found, masks[row], encoding.size, config)
        return Sought(kept, masks[np.searchsorted(query, kept.query)], words)

    def _masks(self, encoding: UniSeg3DEncoding, sought: Sought) -> Float32[np.ndarray, "m t"]:
        """Of objects, over voxels where they may be finer than superpoints."""
        if not self._finer:
            return sought.probability
        return probability_of(self._fine(encoding, encoding.objects.answers(sought.objects.query, self.device)))

    def _fine(self, encoding: UniSeg3DEncoding, answers: Answers) -> Float32[np.ndarray, "m t"]:
        """Logits over voxels, shifted."""
        if self._finer:
            rows = torch.arange(len(answers.mask), device=self.device)
            logits = array_of(self.network.voxel_logits(encoding.tokens.tensors(self.device), answers, rows))
        else:
            logits = array_of(answers.mask)[:, encoding.tokens.of_voxel]
        return shifted(logits, self.config.answers.threshold)


def last_said(
    encoding: UniSeg3DEncoding, prompt: Clicks
) -> tuple[Int64[np.ndarray, " k"], Int64[np.ndarray, " k"]]:
    """Voxel and object number of every click; of several on one voxel the last counts."""
    voxels, frame = encoding.voxels, encoding.frame
    last = {voxels.token_of(frame.point(click.xyz), encoding.centroid): click.object for click in prompt.clicks}
    return np.array(list(last), np.int64), np.array(list(last.values()), np.int64)


def _nothing(encoding: UniSeg3DEncoding) -> Asked:
    rows = Rows(np.zeros((0, len(encoding.size)), np.float32), (), np.zeros(0, np.float32), exclusive=False)
    return Asked(rows, "sentence", by_voxel=False)


def _feedback(
    previous: Segmentation | None, objects: Int64[np.ndarray, " m"], encoding: UniSeg3DEncoding, *, threshold: float
) -> Iterator[tuple[Int64[np.ndarray, " p"], Float32[np.ndarray, "p s"] | None]]:
    """Objects that the previous answer had no row about, then the others with theirs, over superpoints."""
    row = {} if previous is None else {label: i for i, label in enumerate(previous.labels)}
    known = np.array([number in row for number in objects.tolist()], bool)
    if not known.all():
        yield np.flatnonzero(~known), None
    if previous is not None and known.any():
        rows = previous.probability[[row[number] for number in objects[known].tolist()]].astype(np.float32)
        # the network is told what it had said itself, before the working point was brought to a half
        odds = threshold / (1 - threshold)
        rows = rows * odds / (rows * odds + 1 - rows)
        yield np.flatnonzero(known), mean_over(rows, encoding.tokens.of_voxel, count=len(encoding.size))


def heard(
    place: Float32[np.ndarray, "t 3"], token: Int64[np.ndarray, " k"], row: Int64[np.ndarray, " k"], one: int
) -> Int64[np.ndarray, " h"]:
    """Clicks that the prompt about one object hears: all its own, and the nearest of the others."""
    own, others = np.flatnonzero(row == one), np.flatnonzero(row != one)
    if len(others) > NEGATIVES:
        away = ((place[token[others], None] - place[token[own]]) ** 2).sum(axis=2).min(axis=1)
        others = np.sort(others[np.argsort(away, kind="stable")[:NEGATIVES]])
    return np.concatenate([own, others])


def parts(clicks: Sequence[int], voxels: int) -> Iterator[slice]:
    """Runs of prompts whose clicks have at most `AT_ONCE` distances to voxels, or of a single prompt."""
    first, held = 0, 0
    for prompt, more in enumerate(clicks):
        if prompt > first and (held + more) * voxels > AT_ONCE:
            yield slice(first, prompt)
            first, held = prompt, 0
        held += more
    yield slice(first, len(clicks))
