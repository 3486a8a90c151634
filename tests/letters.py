"""A text encoder that needs no model."""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np


@dataclass(frozen=True)
class Letters:
    """Unit vectors that a text's digest decides."""

    name: str = "letters"
    licence: str = "none"
    width: int = 24

    @property
    def digest(self):
        return sha256(self.name.encode()).hexdigest()

    def __call__(self, texts):
        seeds = [int(sha256((self.name + text).encode()).hexdigest()[:8], 16) for text in texts]
        rows = [np.random.default_rng(seed).normal(size=self.width) for seed in seeds]
        return np.stack([row / np.linalg.norm(row) for row in rows]).astype(np.float32)
