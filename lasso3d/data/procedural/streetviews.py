"""Streets as somebody on the pavement photographs them, with a stereo camera for depth."""

from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float64

from lasso3d.data.procedural.appearance import Light
from lasso3d.data.procedural.sensors import Habits
from lasso3d.data.procedural.streetrays import standing
from lasso3d.data.procedural.streetstage import Stage
from lasso3d.data.procedural.streetwords import BACKGROUND
from lasso3d.data.procedural.views import Daylight, Studio
from lasso3d.data.procedural.visible import Labels

STEREO = 0.6
"""Metres between the cameras of the pair; steps of depth of 14 cm at 20 m."""
SUN = 300.0
"""Metres to the sun: farther than anything that could be in its way."""
SKY = (0.74, 0.83, 0.93)
AT_THINGS = 0.8
"""Share of the pictures tried that aim at a thing, not just somewhere."""
NEAR, FAR = 3.0, 25.0
"""Metres to what somebody photographs."""


@final
@dataclass(frozen=True, eq=False)
class OnFoot:
    """Walking along the pavements, camera at eye height."""

    stage: Stage

    def __call__(
        self, rng: np.random.Generator, wanted: int
    ) -> tuple[Float64[np.ndarray, "k 3"], Float64[np.ndarray, "k 3"]]:
        """Eyes and targets."""
        eyes = standing(self.stage.draft, wanted, rng, height=(1.4, 1.9))
        return eyes, np.stack([self._target(eye, rng) for eye in eyes])

    def _target(self, eye: Float64[np.ndarray, "3"], rng: np.random.Generator) -> Float64[np.ndarray, "3"]:
        things = [t for t in self.stage.placed if t.thing.name not in BACKGROUND]
        middle = np.stack([t.pose.position + np.array([0, 0, min(0.5 * t.thing.height, 2.0)]) for t in things])
        away = np.sqrt(((middle[:, :2] - eye[:2]) ** 2).sum(1))
        near = np.flatnonzero((away > NEAR) & (away < FAR))
        if len(near) and rng.random() < AT_THINGS:
            return middle[near[rng.integers(len(near))]] + rng.normal(0, 0.3, 3)
        turn = rng.uniform(0, 2 * np.pi)
        return eye + np.array([5 * np.cos(turn), 5 * np.sin(turn), rng.uniform(-1.0, 0.6)])


def studio(stage: Stage, labels: Labels, rng: np.random.Generator) -> Studio:
    """The street in the light and with the camera of some day."""
    high, turn = rng.uniform(0.45, 0.95), rng.uniform(0, 2 * np.pi)
    flat = np.sqrt(1 - high * high)
    sun = np.round([flat * np.cos(turn), flat * np.sin(turn), high], 9).tolist()
    light = Light(rng.uniform(0.45, 0.8), (sun[0], sun[1], sun[2]), rng.uniform(0.6, 1.0))
    red, green, blue = rng.uniform(0.94, 1.06, 3).tolist()
    habits = Habits(
        disparity_noise=rng.uniform(0.1, 0.5),
        patch_noise=rng.uniform(0.1, 0.6),
        ragged=rng.uniform(0.5, 1.5),
        grazing=0.03,
        gloss_loss=rng.uniform(0, 0.3),
        exposure=rng.uniform(0.9, 1.15),
        balance=(red, green, blue),
        contrast=rng.uniform(0.9, 1.2),
        colour_noise=rng.uniform(0.003, 0.015),
        far=rng.uniform(30.0, 60.0),
        baseline=STEREO,
    )
    # poses from satellites and wheels, aligned with the scan
    return Studio(
        stage.on,
        stage.worn,
        labels,
        Daylight(light, beyond=SKY, reach=SUN),
        habits,
        OnFoot(stage),
        shift=rng.uniform(0.0, 0.03),
        turn=rng.uniform(0.0, 0.002),
    )
