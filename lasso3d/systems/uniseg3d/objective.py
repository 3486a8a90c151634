"""What the answers about a crop are judged by: the losses of UniSeg3D's release, and what ours add."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn import functional

from lasso3d.nn.matching import CostWeights, match_cost, sparse_match
from lasso3d.systems.uniseg3d import criteria
from lasso3d.systems.uniseg3d.criteria import IGNORED, Wanted
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.tensors import Answers, SceneAnswers, SceneTokens, Truths


@dataclass(frozen=True)
class LossSettings:
    """Weights and forms of the losses; the defaults are those of the release's code."""

    cost: CostWeights = field(default_factory=CostWeights)
    name: float = 0.5
    """Of the name, within scene, clicks and sentences; so are the next two."""
    bce: float = 1.0
    dice: float = 1.0
    background: float = 0.1
    """Weight of a scene query that answers for nothing, against one that does."""
    twins: Literal["nothing", "owner"] = "nothing"
    """What scene queries within an instance are called that another one answers for: "none of the names" (release),
    or by its name, so that `fits` alone tells the one that answers from its twins."""
    evenly: float = 0.0
    """Named rows weigh the number of rows of their instance, or superpoints of their name, to minus this power."""
    judged: Literal["answering", "owned"] = "answering"
    """Whose IoU is estimated: of queries that answer for an instance (release), or of all within one, which at
    inference are to be ranked."""
    layers: float = 1.0
    """Of answers before the last layer, each (release: as the last)."""
    iou: float = 0.1
    """Squared error of the estimated IoU of scene queries that answer for an object."""
    prompt_iou: float = 0.0
    """The same of prompts. Ours: an answer to a click needs a score as well."""
    balance: float = 0.0
    """Superpoints inside the mask of a prompt weigh (outside / inside) to this power in its BCE (release: all
    alike). Ours: an object is a few superpoints of hundreds, and masks of sentences stayed empty."""
    fits: float = 0.0
    """Whether there is anything at all, of scene queries and within prompts (release: `objectness_flag=False`)."""
    semantic: float = 0.2
    named: float = 0.0
    """Of what superpoints are by the backbone's features alone. Ours."""
    meant: float = 0.0
    """Of the name of what a sentence means, read from its vector alone. Ours."""
    pseudo: float = 0.1
    """BCE and Dice of masks of unnamed things."""
    scene: float = 1.0
    """Of all that the scene's own queries say."""
    click: float = 0.1
    text: float = 0.1
    voxel: float = 0.0
    """BCE and Dice of masks finer than superpoints, of all kinds of queries. Ours."""
    voxel_sample: int = 2048
    """Voxels on which those are judged."""
    distil_masks: float = 0.1
    """Scene queries follow the masks of clicks."""
    distil_share: float = 0.1
    """Of the superpoints, those with the highest logits of a click."""
    distil_names: float = 0.1
    """Sentences follow the names of clicks."""
    contrast: float = 0.1
    """Between the queries of clicks and of sentences about one object."""
    contrast_form: Literal["released", "clip"] = "released"
    """The scale begins at ln(1 / 0.07): used as it is (release), or its exponential, as in CLIP."""
    ranking: float = 0.1
    """How much more alike queries about different objects are than those about one, summed over pairs (release)."""


SMALL = LossSettings(
    layers=0.5,
    iou=0.5,
    twins="owner",
    evenly=0.5,
    judged="owned",
    meant=1.0,
    prompt_iou=0.5,
    balance=0.5,
    fits=0.5,
    semantic=2.0,
    named=2.0,
    click=1.0,
    text=1.0,
    voxel=1.0,
    contrast_form="clip",
)
"""For what ships: a few thousand steps must teach the prompts as well; chosen by eye."""


@dataclass(frozen=True, eq=False)
class Found:
    """Everything the network said about a crop."""

    tokens: SceneTokens
    scene: SceneAnswers
    clicks: tuple[Answers, ...]
    texts: tuple[Answers, ...]
    meaning: Float[Tensor, "x e"] | None = None
    """What the sentences name, by their vectors alone; None where the network does not say."""


class Match(NamedTuple):
    """Scene queries and the instances they answer for."""

    query: Int64[Tensor, " k"]
    target: Int64[Tensor, " k"]


def scene_losses(
    network: SceneNetwork, found: Found, truth: Truths, *, settings: LossSettings, seed: int
) -> dict[str, Float[Tensor, ""]]:
    """Named and weighted losses of one crop, the same names whatever it holds; `seed` chooses voxels."""
    judge = Judge(network, found, truth, settings)
    matches = [judge.match(answers) for answers in found.scene.layers]
    each = [judge.scene(answers, match) for answers, match in zip(found.scene.layers, matches, strict=True)]
    clicks, sentences = criteria.about_instances(truth.clicked, truth), criteria.about_sentences(truth)
    losses = {f"scene {name}": settings.scene * judge.deep([layer[name] for layer in each]) for name in each[0]}
    scene = found.scene
    losses["semantic"] = settings.semantic * semantic_term(network, scene.semantic, scene.token, truth, settings)
    losses |= name_losses(network, found.tokens, truth, settings)
    losses["click"] = settings.click * judge.deep([judge.prompts(answers, clicks) for answers in found.clicks])
    losses["text"] = settings.text * judge.deep([judge.sentences(answers, sentences) for answers in found.texts])
    losses["meant"] = settings.meant * judge.meant(sentences)
    losses["voxel"] = settings.voxel * judge.voxels(matches[-1], clicks, sentences, seed=seed)
    return losses | judge.distilled(matches[-1]) | judge.compared()


def name_losses(
    network: SceneNetwork, tokens: SceneTokens, truth: Truths, settings: LossSettings
) -> dict[str, Float[Tensor, ""]]:
    """Of what superpoints are by the backbone's features alone; nothing where the network does not say."""
    named = network.names(tokens)
    if named is None:
        return {}
    every = torch.arange(len(named), device=named.device)
    return {"named": settings.named * semantic_term(network, named, every, truth, settings)}


def semantic_term(
    network: SceneNetwork,
    said: Float[Tensor, "q e"],
    superpoint: Int64[Tensor, " q"],
    truth: Truths,
    settings: LossSettings,
) -> Float[Tensor, ""]:
    """Of what is said that superpoints are, as unit vectors in the space of the text encoder."""
    name = truth.semantic[superpoint]
    logits = network.class_logits(said, truth.names)
    known = name.where(name >= 0, IGNORED)
    count = torch.bincount(name.clamp(min=0), minlength=logits.shape[1])[name.clamp(min=0)]
    return criteria.name_term(logits, known, count.clamp(min=1).to(logits.dtype) ** -settings.evenly)


@dataclass(frozen=True, eq=False)
class Judge:
    """Everything known about a crop while its losses are made."""

    network: SceneNetwork
    found: Found
    truth: Truths
    settings: LossSettings

    def deep(self, layers: list[Tensor]) -> Float[Tensor, ""]:
        """All layers together."""
        return self.settings.layers * torch.stack(layers)[:-1].sum() + layers[-1]

    @torch.no_grad()
    def match(self, answers: Answers) -> Match:
        """The cheapest scene query inside each instance."""
        truth, owned = self.truth, criteria.owners(self.truth)
        named = self.names(answers).softmax(1)[:, truth.name.clamp(min=0)] * (truth.name >= 0)
        cost = match_cost(answers.mask, owned, named, weights=self.settings.cost)
        return Match(*sparse_match(cost, owned.T[self.found.scene.token] > 0))

    def names(self, answers: Answers) -> Float[Tensor, "q c1"]:
        """Logits of the step's names, and of none of them."""
        return self.network.class_logits(answers.embedding, self.truth.names)

    def scene(self, answers: Answers, match: Match) -> dict[str, Float[Tensor, ""]]:
        """Of the scene's queries after one layer."""
        settings, owned = self.settings, criteria.owners(self.truth)
        target = owned[match.target]
        bce, dice = criteria.mask_terms(answers.mask[match.query], target)
        wanted, weight = self._names_of_queries(match)
        rows, of_row = self._judged(match)
        iou = criteria.iou_term(answers.iou[rows], answers.mask[rows], owned[of_row], self._sizes())
        return {
            "name": settings.name * criteria.name_term(self.names(answers), wanted, weight),
            "bce": settings.bce * bce,
            "dice": settings.dice * dice,
            "iou": settings.iou * iou,
            "fits": settings.fits * self._fits(answers, match),
            "pseudo": settings.pseudo * self._pseudo(answers, match),
        }

    def prompts(self, answers: Answers, wanted: Wanted) -> Float[Tensor, ""]:
        """Of clicks or of sentences after one layer."""
        settings, target = self.settings, criteria.target_masks(wanted, criteria.owners(self.truth))
        # what has most of no superpoint is left to the voxels: its mask is not empty
        told = target.any(1) | ~wanted.means.any(1)
        mask, target = answers.mask[told], target[told]
        bce, dice = criteria.mask_terms(mask, target, balance=settings.balance)
        total = settings.name * criteria.name_term(self.names(answers), wanted.name)
        total = total + settings.bce * bce + settings.dice * dice
        return total + settings.prompt_iou * criteria.iou_term(answers.iou[told], mask, target, self._sizes())

    def sentences(self, answers: Answers, wanted: Wanted) -> Float[Tensor, ""]:
        """The same of sentences, and whether anything fits them, those that mean nothing counting as much as all
        others together; to a click there is always something."""
        total = self.prompts(answers, wanted)
        if answers.fits is None:
            return total
        fits = wanted.means.any(1)
        against = float(fits.sum().clamp(min=1) / (~fits).sum().clamp(min=1))
        return total + self.settings.fits * criteria.fits_term(answers.fits, fits, background=against)

    def meant(self, wanted: Wanted) -> Float[Tensor, ""]:
        """What sentences name, by their vectors alone."""
        meaning = self.found.meaning
        if meaning is None:
            return self.found.texts[-1].mask.sum() * 0
        return criteria.name_term(self.network.class_logits(meaning, self.truth.names), wanted.name)

    def voxels(self, match: Match, clicks: Wanted, sentences: Wanted, *, seed: int) -> Float[Tensor, ""]:
        """BCE and Dice of the last masks at some voxels, all answers alike."""
        found, settings = self.found, self.settings
        drawn = criteria.drawn_voxels(self.truth, found.tokens.of_voxel, most=settings.voxel_sample, seed=seed)
        asked = (
            (found.scene.layers[-1], match.query, criteria.about_instances(match.target, self.truth)),
            (found.clicks[-1], _every(found.clicks[-1]), clicks),
            (found.texts[-1], _every(found.texts[-1]), sentences),
        )
        logits = [self.network.voxel_logits(found.tokens, answers, rows, drawn) for answers, rows, _ in asked]
        targets = [criteria.voxel_targets(wanted, self.truth, drawn) for _, _, wanted in asked]
        bce, dice = criteria.mask_terms(torch.cat(logits), torch.cat(targets))
        return settings.bce * bce + settings.dice * dice

    def distilled(self, match: Match) -> dict[str, Float[Tensor, ""]]:
        """Scene queries follow the clicks on their instances, and sentences the names of clicks."""
        settings, clicks, texts = self.settings, self.found.clicks[-1], self.found.texts[-1]
        query = self.truth.name.new_full((len(self.truth.name),), -1).index_copy(0, match.target, match.query)
        query = query[self.truth.clicked]
        student = self.found.scene.layers[-1].mask[query[query >= 0]]
        masks = criteria.distilled_masks(student, clicks.mask[query >= 0], share=settings.distil_share)
        text, click = self._pairs()
        names = criteria.distilled_names(self.names(texts)[text], self.names(clicks)[click])
        return {"distil masks": settings.distil_masks * masks, "distil names": settings.distil_names * names}

    def compared(self) -> dict[str, Float[Tensor, ""]]:
        """Queries of sentences and clicks about one instance are more alike than those about two."""
        settings, (text, click) = self.settings, self._pairs()
        instance = self.truth.clicked[click]
        scale: Tensor = self.network.contrast_scale
        scale = scale if settings.contrast_form == "released" else scale.exp()
        contrast, ranking = criteria.contrast_terms(
            self.found.texts[-1].query[text],
            self.found.clicks[-1].query[click],
            instance[:, None] == instance,
            scale,
        )
        return {"contrast": settings.contrast * contrast, "ranking": settings.ranking * ranking}

    def _names_of_queries(self, match: Match) -> tuple[Int64[Tensor, " q"], Float[Tensor, " q"]]:
        """The name of the instance that each query answers for, or none of them, and what it weighs.

        Where a name is not learned, no query within the instance learns of it.
        """
        truth, settings = self.truth, self.settings
        within, owner = self._owners()
        known = functional.pad(truth.name.where(truth.name >= 0, IGNORED), (0, 1), value=IGNORED)
        wanted = torch.full_like(owner, len(truth.names))
        named = within & ((known[owner] == IGNORED) | (settings.twins == "owner"))
        wanted = wanted.where(~named, known[owner]).index_copy(0, match.query, known[match.target])
        rows = torch.bincount(owner[within], minlength=len(known))[owner].clamp(min=1)
        weight = rows.to(truth.inside.dtype) ** -settings.evenly
        return wanted, weight.where(wanted != len(truth.names), settings.background)

    def _judged(self, match: Match) -> tuple[Int64[Tensor, " r"], Int64[Tensor, " r"]]:
        """Queries whose IoU is estimated, and the instance of each."""
        if self.settings.judged == "answering":
            return match.query, match.target
        within, owner = self._owners()
        return within.nonzero()[:, 0], owner[within]

    def _owners(self) -> tuple[Bool[Tensor, " q"], Int64[Tensor, " q"]]:
        """Whether each scene query lies within an instance, and which; m without any."""
        owned = functional.pad(criteria.owners(self.truth), (0, 0, 0, 1))[:, self.found.scene.token]
        within, owner = owned.max(0)
        return within > 0, owner

    def _fits(self, answers: Answers, match: Match) -> Float[Tensor, ""]:
        if answers.fits is None:
            return answers.mask.sum() * 0
        fits = torch.zeros_like(answers.fits, dtype=torch.bool).index_fill(0, match.query, True)
        return criteria.fits_term(answers.fits, fits, background=self.settings.background)

    def _pseudo(self, answers: Answers, match: Match) -> Float[Tensor, ""]:
        """BCE and Dice of masks of unnamed things, for queries that answer for no instance."""
        if self.truth.pseudo is None:
            return answers.mask.sum() * 0
        masks = (self.truth.pseudo > 0.5).to(answers.mask.dtype)
        with torch.no_grad():
            allowed = (masks.T[self.found.scene.token] > 0).index_fill(0, match.query, False)
            cost = match_cost(answers.mask, masks, weights=self.settings.cost)
            query, target = sparse_match(cost, allowed)
        bce, dice = criteria.mask_terms(answers.mask[query], masks[target])
        return bce + dice

    def _pairs(self) -> tuple[Int64[Tensor, " k"], Int64[Tensor, " k"]]:
        """Sentences that mean one instance, and clicks on it."""
        sentences = self.truth.sentences
        alone = sentences.sum(1) == 1
        text, click = (sentences[:, self.truth.clicked] & alone[:, None]).nonzero(as_tuple=True)
        return text, click

    def _sizes(self) -> Float[Tensor, " s"]:
        """Voxels of each superpoint."""
        tokens = self.found.tokens
        return torch.bincount(tokens.of_voxel, minlength=len(tokens.keys)).to(tokens.keys.dtype)


def _every(answers: Answers) -> Int64[Tensor, " q"]:
    return torch.arange(len(answers.mask), device=answers.mask.device)
