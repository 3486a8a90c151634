"""From many overlapping candidates to one row for each object: suppression, painting, connected pieces."""

from typing import NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


@final
class Kept(NamedTuple):
    """What remains of k candidates, best score first."""

    candidate: Int64[np.ndarray, " m"]
    score: Float32[np.ndarray, " m"]


def mask_quality(
    probability: Float32[np.ndarray, "k s"], size: Float32[np.ndarray, " s"]
) -> Float32[np.ndarray, " k"]:
    """Mean probability inside each mask (0.5 and more), by size of token; 0 for an empty mask."""
    inside = probability >= 0.5
    total = np.where(inside, probability, 0) @ size
    return total / np.maximum(inside @ size, np.float32(1e-6))


def mask_overlaps(masks: Bool[np.ndarray, "k s"], size: Float32[np.ndarray, " s"]) -> Float32[np.ndarray, "k k"]:
    """IoU of every pair of masks, by size of token; 0 where both are empty."""
    inside = masks.astype(np.float32)
    shared = (inside * size) @ inside.T
    area = shared.diagonal()
    return shared / np.maximum(area[:, None] + area - shared, np.float32(1e-6))


def matrix_nms(
    iou: Float32[np.ndarray, "k k"], kind: Int64[np.ndarray, " k"], score: Float32[np.ndarray, " k"]
) -> Float32[np.ndarray, " k"]:
    """Scores after suppression by better candidates of the same kind (SOLOv2, section 3.3, linear kernel).

    Each better one takes the share by which the two overlap, less if it is itself covered by still better ones.
    """
    order = np.argsort(-score, kind="stable")
    better = np.triu(iou[np.ix_(order, order)] * (kind[order][:, None] == kind[order]), 1)
    covered = better.max(axis=0, initial=0)
    # what lies wholly under a better one takes nothing: the better one has taken it
    take = np.where(covered < 1, (1 - better.T) / np.maximum(1 - covered, np.float32(1e-6)), np.float32(1))
    decayed = np.empty_like(score)
    decayed[order] = score[order] * take.min(axis=1, initial=1)
    return decayed


def matrix_nms_reference(
    iou: Float32[np.ndarray, "k k"], kind: Int64[np.ndarray, " k"], score: Float32[np.ndarray, " k"]
) -> Float32[np.ndarray, " k"]:
    """`matrix_nms`, pair by pair."""
    rank = np.empty(len(score), np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(len(score))

    def above(j: int) -> list[int]:
        return [i for i in range(len(score)) if rank[i] < rank[j] and kind[i] == kind[j]]

    def covered(i: int) -> float:
        return max((float(iou[h, i]) for h in above(i)), default=0.0)

    decay = [
        min([(1 - float(iou[i, j])) / (1 - covered(i)) for i in above(j) if covered(i) < 1], default=1.0)
        for j in range(len(score))
    ]
    return (score * np.minimum(decay, 1)).astype(np.float32)


def one_for_each(
    iou: Float32[np.ndarray, "k k"], score: Float32[np.ndarray, " k"], *, least: float, same: float
) -> Kept:
    """Candidates by score, without those that overlap a better one by more than `same`, whatever their kind.

    Args:
        least: scores below it are dropped.
    """
    kept: list[int] = []
    free = score >= least
    for candidate in np.argsort(-score, kind="stable").tolist():
        if free[candidate]:
            kept.append(candidate)
            free &= iou[candidate] <= same
    chosen = np.array(kept, np.int64)
    return Kept(chosen, score[chosen])


def painted(masks: Bool[np.ndarray, "m s"]) -> Int64[np.ndarray, " s"]:
    """The first row whose mask holds each token, -1 = none: best-scored rows lie on top."""
    if not len(masks):
        return np.full(masks.shape[1], -1)
    return np.where(masks.any(axis=0), masks.argmax(axis=0), -1)


def pieces(inside: Bool[np.ndarray, " s"], edges: Int64[np.ndarray, "e 2"]) -> Int64[np.ndarray, " s"]:
    """Number of the connected piece of each token inside, by its first token; -1 outside."""
    within = edges[inside[edges].all(axis=1)]
    s = len(inside)
    graph = coo_array((np.ones(len(within), np.int8), (within[:, 0], within[:, 1])), shape=(s, s))
    _, label = connected_components(graph, directed=False)
    piece = np.full(s, -1)
    _, first, number = np.unique(label[inside], return_index=True, return_inverse=True)
    piece[inside] = np.argsort(np.argsort(first))[number]
    return piece


def split_by_objects(
    inside: Bool[np.ndarray, " s"],
    objects: Bool[np.ndarray, "m s"],
    size: Float32[np.ndarray, " s"],
    edges: Int64[np.ndarray, "e 2"],
    *,
    share: float,
    smallest: int,
) -> Int64[np.ndarray, " s"]:
    """The object each token of a mask belongs to: m and more are pieces that no object explains; -1 = outside.

    Args:
        objects: best first; one counts as meant where `share` of it is inside.
        smallest: pieces of less size are dropped, unless there is nothing else.
    """
    meant = np.flatnonzero((objects & inside) @ size >= share * np.maximum(objects @ size, np.float32(1e-6)))
    row = painted(objects[meant] & inside)
    owner = np.where(row >= 0, np.append(meant, -1)[row], -1)
    piece = pieces(inside & (row < 0), edges)
    area = np.bincount(piece[piece >= 0], weights=size[piece >= 0])
    enough = area >= smallest
    if not len(meant) and len(area) and not enough.any():
        enough[area.argmax()] = True
    return np.where((piece >= 0) & np.append(enough, False)[piece], len(objects) + piece, owner)


def grown(owner: Int64[np.ndarray, " s"], edges: Int64[np.ndarray, "e 2"]) -> Int64[np.ndarray, " s"]:
    """Tokens without an owner take the lowest one of the tokens they touch, so that borders can move outwards."""
    nobody = np.iinfo(np.int64).max
    nearest = np.where(owner >= 0, owner, nobody)
    found = nearest.copy()
    both = np.concatenate([edges, edges[:, ::-1]])
    np.minimum.at(found, both[:, 0], nearest[both[:, 1]])
    return np.where(owner >= 0, owner, np.where(found < nobody, found, -1))


def touching(
    of_voxel: Int32[np.ndarray, " t"],
    neighbors: Int32[np.ndarray, "t k"],
    near: Bool[np.ndarray, "t k"],
    *,
    count: int,
) -> Int64[np.ndarray, "e 2"]:
    """Pairs of superpoints, the lower first, that have voxels near each other.

    Args:
        neighbors: of each voxel; what is not `near` does not touch, and may be -1.
        count: superpoints.
    """
    there = of_voxel[neighbors]
    here = np.broadcast_to(of_voxel[:, None], there.shape)
    apart = near & (neighbors >= 0) & (here != there)
    low, high = np.minimum(here, there)[apart], np.maximum(here, there)[apart]
    return np.stack(np.divmod(np.unique(low.astype(np.int64) * count + high), count), axis=1)
