"""What UniSeg3D learns from: every term against what it says by hand, and every weight reached by some term."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from test_uniseg3d_network import OURS, PUBLISHED, VARIANTS, clicks, fresh, no_clicks, room, sentences
from torch.nn import functional

from lasso3d.systems.uniseg3d import criteria
from lasso3d.systems.uniseg3d.criteria import IGNORED
from lasso3d.systems.uniseg3d.network import SceneNetwork
from lasso3d.systems.uniseg3d.objective import SMALL, Found, Judge, LossSettings, scene_losses
from lasso3d.systems.uniseg3d.tensors import Truths

NAMES = 5


def truths(scan, width, *, instances=3, prompts=3, means=((0,), (1,), (0, 2)), pseudo=False):
    """Instances that follow the superpoints, a few voxels of which are another's."""
    rng = np.random.default_rng(3)
    owner = rng.integers(-1, instances, scan.superpoints) if instances else np.full(scan.superpoints, -1)
    owner[: min(instances, scan.superpoints)] = np.arange(instances)[: scan.superpoints]
    voxel = torch.from_numpy(owner)[scan.of_voxel]
    if instances:
        voxel[::9] = 0
    inside = torch.zeros(instances, scan.superpoints)
    for i in range(instances):
        held = torch.bincount(scan.of_voxel[voxel == i], minlength=scan.superpoints)
        inside[i] = held / torch.bincount(scan.of_voxel, minlength=scan.superpoints)
    meant = torch.zeros(len(means), instances, dtype=torch.bool)
    for row, some in enumerate(means):
        meant[row, list(some)] = True
    return Truths(
        inside,
        torch.arange(instances) - 1,
        sentences_of(width),
        torch.from_numpy(rng.integers(-1, NAMES + 1, scan.superpoints)),
        voxel,
        torch.arange(prompts) % max(1, instances),
        meant,
        (torch.rand(2, scan.superpoints, generator=torch.Generator().manual_seed(0))) if pseudo else None,
    )


def sentences_of(width):
    rng = torch.Generator().manual_seed(8)
    return functional.normalize(torch.randn(NAMES, width, generator=rng), dim=1)


def found_by(network, scan, *, prompts=3, texts=3, previous=False):
    tokens = network.encode(scan)
    scene = network.scene(tokens)
    before = np.full((3, scan.superpoints), 0.3, np.float32) if previous else None
    asked = clicks(previous=before) if prompts else no_clicks()
    return Found(
        tokens,
        scene,
        network.click(tokens, scene, asked),
        network.text(tokens, scene, sentences(network.config, texts)),
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_every_weight_learns_from_a_crop(name):
    config = VARIANTS[name]
    network, scan = fresh(config), room(config)
    settings = replace(SMALL, voxel=1.0, pseudo=0.1)
    found = found_by(network.train(), scan, previous=True)
    losses = scene_losses(network, found, truths(scan, 12, pseudo=True), settings=settings, seed=0)
    torch.stack(list(losses.values())).sum().backward()
    without = [name for name, weight in network.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert without == []


@pytest.mark.parametrize("settings", [LossSettings(), SMALL])
def test_losses_have_the_same_names_and_a_graph_whatever_a_crop_holds(settings):
    network, scan = fresh(OURS), room(OURS)
    full = scene_losses(network, found_by(network, scan), truths(scan, 12), settings=settings, seed=0)
    empty = truths(scan, 12, instances=0, prompts=0, means=())
    bare = scene_losses(network, found_by(network, scan, prompts=0, texts=0), empty, settings=settings, seed=0)
    assert list(bare) == list(full)
    for losses in (full, bare):
        assert all(loss.requires_grad and loss.isfinite() for loss in losses.values())
    zero = ("scene bce", "scene dice", "click", "text", "voxel", "distil masks", "contrast", "ranking")
    assert all(bare[name] == 0 for name in zero)
    torch.stack(list(bare.values())).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())


def test_the_same_seed_judges_the_same_voxels():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    settings = replace(SMALL, voxel_sample=50)
    first, second, other = (
        scene_losses(network, found, truth, settings=settings, seed=seed)["voxel"] for seed in (1, 1, 2)
    )
    assert first == second != other
    drawn = criteria.drawn_voxels(truth, scan.of_voxel, most=50, seed=1)
    assert len(drawn.unique()) == 50


def test_an_object_is_matched_to_a_query_inside_it():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    match = Judge(network, found, truth, LossSettings()).match(found.scene.layers[-1])
    assert match.target.sort().values.tolist() == [0, 1, 2]
    assert (truth.inside[match.target, match.query] > 0.5).all()


def test_a_name_that_is_held_out_teaches_no_name_and_still_a_mask():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    answers = found.scene.layers[-1]
    judge = Judge(network, found, truth, LossSettings())
    match = judge.match(answers)
    terms = judge.scene(answers, match)
    inside = criteria.owners(truth)[0] > 0
    by_name = torch.autograd.grad(terms["name"], answers.embedding, retain_graph=True)[0]
    assert not by_name[inside].any()
    assert by_name[~inside].any(1).all()
    by_mask = torch.autograd.grad(terms["bce"], answers.mask, retain_graph=True)[0]
    assert by_mask[match.query[match.target == 0]].any()


def test_earlier_layers_weigh_what_the_settings_say():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    once, half, none = (
        scene_losses(network, found, truth, settings=LossSettings(layers=layers), seed=0)["click"]
        for layers in (1.0, 0.5, 0.0)
    )
    torch.testing.assert_close(once - half, half - none)
    judge = Judge(network, found, truth, LossSettings())
    last = judge.prompts(found.clicks[-1], criteria.about_instances(truth.clicked, truth))
    torch.testing.assert_close(none, 0.1 * last)


def test_masks_are_judged_by_cross_entropy_and_dice():
    logits, target = torch.tensor([[2.0, -1.0], [0.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    p = logits.sigmoid()
    bce, dice = criteria.mask_terms(logits, target)
    by_hand = -(target * p.log() + (1 - target) * (1 - p).log()).mean()
    assert bce.item() == pytest.approx(by_hand.item(), rel=1e-5)
    rows = [1 - (2 * p[0, 0] + 1) / (p[0].sum() + 2), 1 - (2 * p[1, 1] + 1) / (p[1].sum() + 2)]
    assert dice.item() == pytest.approx((sum(rows) / 2).item(), rel=1e-5)
    right = criteria.mask_terms(1000 * (2 * target - 1), target)
    assert [term.item() for term in right] == [0, 0]


def test_balanced_masks_weigh_what_is_inside_more():
    logits, target = torch.tensor([[1.0, -2.0, 0.5, -3.0, 0.0]]), torch.tensor([[1.0, 0.0, 0.0, 0.0, 0.0]])
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")[0]
    plain, half, full = (criteria.mask_terms(logits, target, balance=power)[0] for power in (0.0, 0.5, 1.0))
    assert plain.item() == pytest.approx(each.mean().item())
    assert half.item() == pytest.approx(((2 * each[0] + each[1:].sum()) / 6).item())
    assert full.item() == pytest.approx(((each[0] + each[1:].mean()) / 2).item())
    nothing = criteria.mask_terms(logits, torch.zeros_like(target), balance=0.5)[0]
    assert nothing.item() == pytest.approx(criteria.mask_terms(logits, torch.zeros_like(target))[0].item())


def test_twins_of_a_query_that_answers_have_its_name_where_asked():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    owned = criteria.owners(truth)[:, found.scene.token]
    released, ours = (Judge(network, found, truth, settings) for settings in (LossSettings(), SMALL))
    match = released.match(found.scene.layers[-1])
    alone, weight = released._names_of_queries(match)
    none = len(truth.names)
    in_second = owned[1] > 0
    assert (alone[in_second] != none).sum() == 1
    torch.testing.assert_close(weight.unique(), torch.tensor([0.1, 1.0]))
    named, weight = ours._names_of_queries(match)
    assert set(named[in_second].tolist()) == {int(truth.name[1])}
    assert set(named[owned[0] > 0].tolist()) == {IGNORED}
    assert set(named[~(owned > 0).any(0)].tolist()) == {none}
    assert float(weight[in_second][0]) == pytest.approx(float(in_second.sum()) ** -0.5)
    rows, instance = ours._judged(match)
    assert (owned[instance, rows] > 0).all()
    assert len(rows) == int((owned > 0).any(0).sum()) > len(released._judged(match)[0])


def test_objects_with_most_of_no_superpoint_teach_no_empty_mask():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    whole = Judge(network, found, truth, SMALL)
    inside = truth.inside.clone()
    inside[1] *= 0.4
    thin = replace(whole, truth=replace(truth, inside=inside))
    clicks = criteria.about_instances(truth.clicked, truth)
    others = criteria.about_instances(truth.clicked[[0, 2]], truth)
    answers = found.clicks[-1]
    rest = replace(answers, **{name: value[[0, 2]] for name, value in vars(answers).items() if value is not None})
    settings = replace(SMALL, name=0.0)
    all_three, two = (
        replace(thin, settings=settings).prompts(*asked) for asked in ((answers, clicks), (rest, others))
    )
    torch.testing.assert_close(all_three, two)
    assert replace(whole, settings=settings).prompts(answers, clicks) != two


def test_sentences_that_mean_nothing_count_as_much_as_all_others():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan, texts=4), truths(scan, 12, means=((0,), (1,), (2,), ()))
    judge = Judge(network, found, truth, replace(SMALL, bce=0.0, dice=0.0, name=0.0, prompt_iou=0.0, fits=1.0))
    answers = found.texts[-1]
    each = functional.softplus(torch.where(torch.tensor([True] * 3 + [False]), -answers.fits, answers.fits))
    expected = (each[:3].sum() + 3 * each[3]) / 6
    torch.testing.assert_close(judge.sentences(answers, criteria.about_sentences(truth)), expected)


def test_what_a_sentence_names_is_learned_from_its_vector_where_asked():
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    meaning = network.texts.meaning(sentences(OURS, 3))
    losses = scene_losses(network, replace(found, meaning=meaning), truth, settings=SMALL, seed=0)
    assert losses["meant"] > 0
    assert scene_losses(network, found, truth, settings=SMALL, seed=0)["meant"] == 0


def test_names_are_judged_by_weight():
    logits, name = torch.tensor([[1.0, 0.0, 2.0], [0.5, 3.0, 0.0], [9.0, 0.0, 0.0]]), torch.tensor([0, 2, IGNORED])
    each = -logits.log_softmax(1)
    expected = (each[0, 0] + 0.1 * each[1, 2]) / 1.1
    assert criteria.name_term(logits, name, torch.tensor([1, 0.1, 1])).item() == pytest.approx(
        expected.item(), rel=1e-5
    )
    assert criteria.name_term(logits, torch.full((3,), IGNORED)) == 0


def test_an_iou_counts_voxels_and_is_zero_where_nothing_fits():
    logits = torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, -1.0]])
    target = torch.tensor([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    estimated = torch.tensor([0.5, 0.25])
    found = criteria.iou_term(estimated, logits, target, torch.tensor([10.0, 20.0, 30.0]))
    assert found.item() == pytest.approx(((0.5 - 20 / 60) ** 2 + 0.25**2) / 2)


def test_sentences_want_the_name_their_objects_share():
    scan = room(OURS)
    truth = truths(scan, 12, instances=4, means=((1,), (1, 2), (0,), (), (0, 1), (3,)))
    truth = replace(truth, name=torch.tensor([-1, 2, 2, 4]))
    wanted = criteria.about_sentences(truth)
    assert wanted.name.tolist() == [2, 2, IGNORED, NAMES, IGNORED, 4]
    owned = criteria.owners(truth)
    assert torch.equal(criteria.target_masks(wanted, owned)[1], owned[1] + owned[2])
    assert not criteria.target_masks(wanted, owned)[3].any()
    voxels = torch.arange(len(truth.voxel))
    assert torch.equal(
        criteria.voxel_targets(wanted, truth, voxels)[4].bool(), (truth.voxel == 0) | (truth.voxel == 1)
    )


def test_masks_follow_a_teacher_where_it_is_surest():
    student = torch.zeros(1, 20, requires_grad=True)
    teacher = torch.linspace(-2, 2, 20)[None].requires_grad_()
    loss = criteria.distilled_masks(student, teacher, share=0.1)
    loss.backward()
    assert student.grad.nonzero()[:, 1].tolist() == [18, 19]
    assert teacher.grad is None
    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)


def test_names_follow_a_teacher():
    student = torch.zeros(2, 4, requires_grad=True)
    teacher = torch.tensor([[5.0, -5.0, 0.0, 0.0]] * 2, requires_grad=True)
    criteria.distilled_names(student, teacher).backward()
    assert (student.grad.sign()[0] == torch.tensor([-1, 1, 0, 0])).all()
    assert teacher.grad is None


def test_the_contrast_of_the_release_uses_the_scale_as_it_is():
    rng = torch.Generator().manual_seed(0)
    texts, places = torch.randn(3, 6, generator=rng), torch.randn(3, 6, generator=rng)
    alike = functional.normalize(texts) @ functional.normalize(places).T
    scale, every = torch.tensor(2.66), torch.eye(3, dtype=torch.bool)
    contrast, _ = criteria.contrast_terms(texts, places, every, scale)
    right = torch.arange(3)
    ways = functional.cross_entropy(2.66 * alike, right) + functional.cross_entropy(2.66 * alike.T, right)
    assert contrast.item() == pytest.approx(ways.item() / 2, rel=1e-5)
    network, scan = fresh(OURS), room(OURS)
    found, truth = found_by(network, scan), truths(scan, 12)
    forms = [
        Judge(network, found, truth, LossSettings(contrast_form=form)).compared()["contrast"]
        for form in ("released", "clip")
    ]
    assert forms[0] != forms[1]


def test_ranking_sums_over_pairs_what_the_release_sums_in_a_loop():
    rng = torch.Generator().manual_seed(1)
    texts, places = torch.randn(4, 6, generator=rng), torch.randn(4, 6, generator=rng)
    same = torch.eye(4, dtype=torch.bool)
    same[0, 1] = same[1, 0] = True
    _, ranking = criteria.contrast_terms(texts, places, same, torch.tensor(1.0))
    alike = functional.normalize(texts) @ functional.normalize(places).T
    expected = 0.0
    for i in range(4):
        for j in range(4):
            if not same[i, j]:
                expected += max(0.0, (alike[i, j] - alike[i, i]).item())
                expected += max(0.0, (alike[j, i] - alike[i, i]).item())
    assert ranking.item() == pytest.approx(expected, rel=1e-5)


def test_unnamed_things_teach_queries_that_answer_for_nothing():
    network, scan = fresh(PUBLISHED), room(PUBLISHED)
    found = found_by(network, scan)
    truth = truths(scan, 12, pseudo=True)
    answers = found.scene.layers[-1]
    judge = Judge(network, found, truth, LossSettings())
    match = judge.match(answers)
    loss = judge.scene(answers, match)["pseudo"]
    taught = torch.autograd.grad(loss, answers.mask)[0].any(1)
    assert taught.sum() == len(truth.pseudo)
    assert not taught[match.query].any()


def test_a_network_learns_a_scene():
    torch.manual_seed(0)
    network, scan = SceneNetwork(OURS), room(OURS)
    truth = truths(scan, 12)
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    totals = []
    for step in range(8):
        losses = scene_losses(network, found_by(network, scan), truth, settings=SMALL, seed=step)
        total = torch.stack(list(losses.values())).sum()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < 0.9 * totals[0]
