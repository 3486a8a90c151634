"""Rooms as somebody with a depth camera in hand photographs them."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Wardrobe, albedo
from lasso3d.data.procedural.rays import Hits
from lasso3d.data.procedural.sensors import Habits
from lasso3d.data.procedural.shade import waves
from lasso3d.data.procedural.trees import Scenery
from lasso3d.data.procedural.views import Studio, lamp_reaches
from lasso3d.data.procedural.visible import Labels
from lasso3d.data.procedural.walks import SHELL, Site, standing

AT_THINGS = 0.85
"""Share of the pictures tried that aim at a thing, not just somewhere."""
PLACES = 24
"""Where one can stand in a room."""
OUTSIDE = 0.75
"""Brightness of what lies beyond windows and above a room without a ceiling, of 1."""
REACH = (1.2, 4.5)
"""Metres to what somebody photographs."""


@final
@dataclass(frozen=True, eq=False)
class InHand:
    """Standing where there is room, camera between chest and eyes, aimed mostly at furniture."""

    site: Site

    def __call__(
        self, rng: np.random.Generator, wanted: int
    ) -> tuple[Float64[np.ndarray, "k 3"], Float64[np.ndarray, "k 3"]]:
        """Eyes and targets."""
        places = standing(self.site, PLACES, rng)
        eyes = np.concatenate(
            [places[rng.integers(len(places), size=wanted)], rng.uniform(1.15, 1.75, (wanted, 1))], axis=1
        )
        return eyes, np.stack([self._target(eye, rng) for eye in eyes])

    def _target(self, eye: Float64[np.ndarray, "3"], rng: np.random.Generator) -> Float64[np.ndarray, "3"]:
        things = [t for t in self.site.placed if t.thing.name not in SHELL]
        middle = np.stack([t.pose.position + np.array([0, 0, 0.5 * t.thing.height]) for t in things])
        away = np.sqrt(((middle[:, :2] - eye[:2]) ** 2).sum(1))
        near = np.flatnonzero((away > REACH[0]) & (away < REACH[1]))
        if len(near) and rng.random() < AT_THINGS:
            return middle[near[rng.integers(len(near))]] + rng.normal(0, 0.15, 3)
        turn = rng.uniform(0, 2 * np.pi)
        return eye + np.array([2 * np.cos(turn), 2 * np.sin(turn), rng.uniform(-1.4, 0.0)])


@final
@dataclass(frozen=True, eq=False)
class Lamplight:
    """Daylight that comes from everywhere, and one lamp under the ceiling."""

    place: Float64[np.ndarray, "3"]
    ambient: float
    """Share of the light that comes from everywhere."""
    soft: float
    """Share of the lamp's light that still reaches shadows."""
    blotches: float
    """How unevenly the room is lit, 0 = evenly."""
    size: float
    """Of the blotches, metres."""

    def colour(
        self,
        on: Scenery,
        worn: Wardrobe,
        hits: Hits,
        point: Float64[np.ndarray, "r 3"],
        direction: Float64[np.ndarray, "r 3"],
    ) -> Float64[np.ndarray, "r 3"]:
        """Lambert's law with shadows; the lamp is near, so it fades with distance."""
        base = albedo(worn, hits.solid, hits.face, hits.local, on.size)
        towards = self.place - point
        distance = np.sqrt((towards**2).sum(1))
        facing = np.maximum((hits.normal * towards).sum(1) / np.maximum(distance, 0.1), 0)
        free = lamp_reaches(on, point, np.broadcast_to(self.place, point.shape), facing=facing)
        lamp = facing * np.where(free, 1.0, self.soft) * 2.2 / (0.6 + 0.3 * distance)
        strength = self.ambient * (0.88 + 0.12 * hits.normal[:, 2]) + (1 - self.ambient) * lamp
        strength = strength * (1 + self.blotches * waves(point, self.size))
        return np.where((hits.solid >= 0)[:, None], base * strength[:, None], OUTSIDE)


def studio(site: Site, labels: Labels, rng: np.random.Generator) -> Studio:
    """The room in the light and with the camera of some day."""
    middle = site.plan.corners.mean(0) + rng.uniform(-0.5, 0.5, 2)
    lamp = Lamplight(
        np.append(middle, site.plan.height - rng.uniform(0.1, 0.5)),
        ambient=rng.uniform(0.4, 0.9),
        soft=rng.uniform(0.0, 0.6),
        blotches=rng.uniform(0.0, 0.08),
        size=rng.uniform(0.6, 1.5),
    )
    red, green, blue = rng.uniform(0.92, 1.08, 3).tolist()
    habits = Habits(
        disparity_noise=rng.uniform(0.05, 0.4),
        patch_noise=rng.uniform(0.0, 0.4),
        ragged=rng.uniform(0.3, 1.2),
        grazing=rng.uniform(0.05, 0.15),
        gloss_loss=rng.uniform(0, 0.3),
        holes=rng.uniform(0, 0.01) if rng.random() < 0.4 else 0.0,
        exposure=rng.uniform(0.85, 1.15),
        balance=(red, green, blue),
        contrast=rng.uniform(0.8, 1.15),
        colour_noise=rng.uniform(0.003, 0.02),
        far=rng.uniform(4.0, 6.0),
    )
    # the errors of a hand-held scan that was aligned with itself, as those of `roomscans`
    return Studio(
        site.on, site.worn, labels, lamp, habits, InHand(site), rng.uniform(0, 0.008), rng.uniform(0, 0.003)
    )
