"""Nearest seed by path cost over normals and colours: no learning, the baseline learned systems have to beat."""

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import ClassVar, final

import numpy as np
from jaxtyping import Float32, Int32

from lasso3d.core.errors import CheckpointError
from lasso3d.core.prompts import Clicks, Prompt
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.core.segmenter import Progress, SceneEncoding, Segmenter
from lasso3d.geometry.budget import refuse_over_budget
from lasso3d.geometry.neighbors import nearest
from lasso3d.geometry.normals import normals_and_curvature
from lasso3d.geometry.paths import Graph, NearestSeeds, nearest_seeds
from lasso3d.geometry.voxel_graph import EdgeCost, voxel_graph
from lasso3d.geometry.voxels import Voxels, checked_size, voxel_size, voxelize
from lasso3d.systems.card import Card, write_card

BYTES_PER_POINT = 40
"""Peak while voxels are built: keys, order (twice while sorted) and the voxel of each point."""

DOUBT = (-0.57, -0.81, -0.34, 0.37, -0.8, -0.47, -0.04, -0.65)
"""Log odds of a wrong label per unit of `evidence`: logistic regression on generated table tops, no real scan.
Again by `python benchmarks/geodesic_uncertainty.py`."""
SEARCHED = 2.0
"""Paths are followed to this multiple of the background's cost, so that margins are known on both sides of it."""


@final
@dataclass(frozen=True)
class GeodesicConfig:
    """Weights of a path's cost. The defaults are those of the published click baseline on table tops."""

    voxel: float | None = None
    """Metres; None = chosen from the extent and density of the scene."""
    neighbors: int = 12
    """Edges of the graph go to this many nearest voxels."""
    normal_neighbors: int = 19
    """Normals are fitted to this many nearest voxels and the voxel itself."""
    step_cost: float = 0.05
    """For one voxel length travelled."""
    normal_cost: float = 3.0
    """Times 1 - |cosine| between the normals at both ends."""
    colour_cost: float = 3.0
    """Times the distance of the colours at both ends, each channel 0 to 1."""
    background_cost: float = 6.0
    """Background is never further than this: it has seeds everywhere at this cost."""
    softness: float = 1.0
    """Margin between the two nearest seeds at which their odds are e to 1."""


@final
@dataclass(frozen=True, eq=False)
class GeodesicEncoding(SceneEncoding):
    """Voxels of a scene and the graph that paths run over."""

    voxels: Voxels
    centroid: Float32[np.ndarray, "t 3"]
    graph: Graph

    @property
    def nbytes(self) -> int:
        """Memory held beside the scene itself, bytes."""
        voxels = self.voxels
        arrays = (voxels.keys, voxels.of_point, voxels.order, voxels.start, self.centroid)
        return sum(array.nbytes for array in arrays) + self.graph.nbytes


@final
@dataclass(frozen=True)
class Geodesic(Segmenter):
    """Every point belongs to the object whose click is nearest along the surface, unless background is nearer."""

    config: GeodesicConfig = GeodesicConfig()

    understands: ClassVar[tuple[type[Prompt], ...]] = (Clicks,)

    @classmethod
    def from_card(cls, card: Card, device: str, precision: str) -> "Geodesic":
        """The segmenter a card describes; there are no weights, and nothing that runs elsewhere than on the CPU."""
        if device != "cpu" or precision != "f32":
            raise CheckpointError(
                f"geodesic has no network to run on {device} in {precision}", cure="use device cpu, precision f32"
            )
        unknown = sorted(set(card.config) - {f.name for f in fields(GeodesicConfig)})
        if unknown:
            raise CheckpointError(f"geodesic has no setting {', '.join(unknown)}", cure="check the card")
        return cls(GeodesicConfig(**card.config))

    def save(self, folder: Path) -> None:
        """Write a checkpoint folder that `load` reads."""
        folder.mkdir(parents=True, exist_ok=True)
        default = asdict(GeodesicConfig())
        changed = {name: value for name, value in asdict(self.config).items() if value != default[name]}
        write_card(folder, Card(system="geodesic", config=changed))

    @property
    def identity(self) -> str:
        """The settings decide everything."""
        return f"geodesic {json.dumps(asdict(self.config), sort_keys=True)}"

    def with_voxel(self, size: float) -> "Geodesic":
        """The same segmenter at a fixed voxel size, metres."""
        return replace(self, config=replace(self.config, voxel=checked_size(size)))

    def encode(self, scene: Scene, *, progress: Progress | None = None) -> GeodesicEncoding:
        """Voxels, normals and the graph; 0.5 s for 100k voxels."""
        tell: Progress = progress or (lambda share, stage: None)
        tell(0.0, "voxels")
        size = self.config.voxel or voxel_size(scene.xyz)
        refuse_over_budget(scene, len(scene), bytes_per_token=BYTES_PER_POINT, size=size)
        voxels = voxelize(scene.xyz, size)
        refuse_over_budget(scene, len(voxels), bytes_per_token=self._bytes_per_voxel(), size=size)
        centroid = voxels.mean(scene.xyz)
        tell(0.3, "neighbours")
        most = max(self.config.neighbors, self.config.normal_neighbors)
        neighbors, distance = nearest(centroid, most)
        tell(0.7, "normals")
        normals, _ = normals_and_curvature(centroid, neighbors[:, : self.config.normal_neighbors])
        colours = None if scene.rgb is None else voxels.mean(scene.rgb) / np.float32(255)
        tell(0.8, "graph")
        k = self.config.neighbors
        cost = EdgeCost(self.config.step_cost, self.config.normal_cost, self.config.colour_cost)
        graph = voxel_graph(neighbors[:, :k], distance[:, :k] / np.float32(size), normals, colours, cost=cost)
        tell(1.0, "done")
        return GeodesicEncoding(scene, self.identity, voxels, centroid, graph)

    def _bytes_per_voxel(self) -> int:
        """Neighbour tables (8 bytes an entry) and the graph (8 bytes an edge end) at their common peak."""
        return 8 * max(self.config.neighbors, self.config.normal_neighbors) + 24 * self.config.neighbors + 64

    def _segment(
        self, encoding: SceneEncoding, prompt: Prompt, previous: Segmentation | None, seed: int
    ) -> Segmentation:
        if not isinstance(encoding, GeodesicEncoding) or not isinstance(prompt, Clicks):
            raise ValueError(f"expected a GeodesicEncoding and Clicks, found {type(encoding)} and {type(prompt)}")
        objects = prompt.objects
        label, cost = self.two_nearest(encoding, prompt)
        margin = cost[:, 1] - cost[:, 0]
        probability = np.zeros((len(objects) + 1, len(margin)), np.float32)
        first = 1 / (1 + np.exp(-margin / self.config.softness))
        token = np.arange(len(margin))
        probability[label[:, 1], token] = 1 - first
        probability[label[:, 0], token] = first
        doubt = evidence(label, cost, prompt) @ np.array(DOUBT, np.float32)
        uncertainty = 1 / (1 + np.exp(-doubt))
        return Segmentation(
            probability[:-1],
            encoding.voxels.of_point,
            objects,
            _expected_iou(label, uncertainty, len(objects)),
            uncertainty,
            exclusive=True,
        )

    def two_nearest(
        self, encoding: GeodesicEncoding, prompt: Clicks
    ) -> tuple[Int32[np.ndarray, "t 2"], Float32[np.ndarray, "t 2"]]:
        """The nearest and the second nearest label of every voxel and their path costs.

        Labels count the objects of the prompt from 0; background comes after the last.
        """
        objects = prompt.objects
        row = {number: i for i, number in enumerate(objects)} | {0: len(objects)}
        # a later click on the same voxel corrects an earlier one
        seeds = {encoding.voxels.token_of(c.xyz, encoding.centroid): row[c.object] for c in prompt.clicks}
        found = nearest_seeds(
            encoding.graph,
            np.array(list(seeds), np.int64),
            np.array(list(seeds.values()), np.int32),
            reach=SEARCHED * self.config.background_cost,
        )
        return _with_background(found, len(objects), self.config.background_cost)


def evidence(
    label: Int32[np.ndarray, "t 2"], cost: Float32[np.ndarray, "t 2"], prompt: Clicks
) -> Float32[np.ndarray, "t 8"]:
    """What the uncertainty is estimated from: margin, cost, clicks an object, and whether background won."""
    objects = len(prompt.objects)
    clicks = np.float32(np.log(max(1.0, len(prompt.clicks) / max(1, objects))))
    margin, nearest_cost = cost[:, 1] - cost[:, 0], cost[:, 0]
    background = (label[:, 0] == objects).astype(np.float32)
    one = np.ones_like(margin)
    always = (one, margin, np.log(margin + np.float32(0.05)), nearest_cost * (1 - background), clicks * one)
    columns = (*always, background, background * margin, background * clicks)
    return np.stack(columns, axis=1)


def _with_background(
    found: NearestSeeds, background: int, background_cost: float
) -> tuple[Int32[np.ndarray, "t 2"], Float32[np.ndarray, "t 2"]]:
    """The two cheapest labels when background also has a seed everywhere at its cost.

    What lies beyond the search counts as an object just there: the least margin it can have.
    """
    label = np.concatenate([found.label, np.full((len(found.label), 1), background, np.int32)], axis=1)
    cost = np.concatenate([found.cost, np.full((len(found.cost), 1), background_cost, np.float32)], axis=1)
    clicked = (found.label == background) & (found.cost < background_cost)
    cost[clicked.any(1), 2] = np.inf
    cost[:, :2][(found.label == background) & ~clicked] = np.inf
    order = np.argsort(cost, axis=1, kind="stable")[:, :2]
    label, cost = np.take_along_axis(label, order, axis=1), np.take_along_axis(cost, order, axis=1)
    alone = ~np.isfinite(cost[:, 1])
    label[alone, 1] = np.where(label[alone, 0] == background, 0, background)
    cost[alone, 1] = SEARCHED * background_cost
    return label, cost


def _expected_iou(
    label: Int32[np.ndarray, "t 2"], uncertainty: Float32[np.ndarray, " t"], rows: int
) -> Float32[np.ndarray, " m"]:
    """Expected true voxels in a mask over the mask and what is expected to be missing from it."""
    inside = np.bincount(label[:, 0], weights=1 - uncertainty, minlength=rows + 1)[:rows]
    size = np.bincount(label[:, 0], minlength=rows + 1)[:rows]
    missing = np.bincount(label[:, 1], weights=uncertainty, minlength=rows + 1)[:rows]
    return (inside / np.maximum(size + missing, 1e-9)).astype(np.float32)
