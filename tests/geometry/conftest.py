import numpy as np
import pytest


def room_cloud(n, *, seed=0):
    """Walls, a floor and a box, with noise and very different densities."""
    rng = np.random.default_rng(seed)
    xyz = rng.random((n, 3)) * [6, 5, 2.5]
    surface = rng.choice(4, n, p=[0.2, 0.2, 0.1, 0.5])
    xyz[surface == 0, 2] = 0
    xyz[surface == 1, 0] = 0
    xyz[surface == 2, 1] = 5
    xyz[surface == 3] = xyz[surface == 3] * [0.1, 0.1, 0] + [2, 2, 0.7]
    return (xyz + rng.normal(0, 0.002, (n, 3))).astype(np.float32)


CLOUDS = {
    "one point": lambda: np.float32([[1, 2, 3]]),
    "two points": lambda: np.float32([[1, 2, 3], [-4, 5, 6]]),
    "one place": lambda: np.full((300, 3), 0.1, np.float32),
    "random": lambda: np.random.default_rng(1).normal(size=(1200, 3)).astype(np.float32),
    "line": lambda: (np.arange(400)[:, None] * [0.1, 0.2, 0.3]).astype(np.float32),
    "vertical line": lambda: (np.arange(400)[:, None] * [0, 0, 0.5]).astype(np.float32),
    "lattice": lambda: np.random.default_rng(2).integers(0, 6, (900, 3)).astype(np.float32),
    "twins": lambda: np.repeat(room_cloud(60), 15, axis=0)[np.random.default_rng(3).permutation(900)],
    "crowd in one place": lambda: np.concatenate([np.ones((700, 3), np.float32), room_cloud(500)]),
    "room": lambda: room_cloud(1500),
    "dense in sparse": lambda: np.concatenate(
        [room_cloud(1000) * np.float32(0.001), room_cloud(300, seed=1), 50 * room_cloud(20, seed=2)]
    ),
    "far away": lambda: room_cloud(800) + np.float32(9000),
}


@pytest.fixture(params=CLOUDS)
def cloud(request):
    """Clouds on which something could go wrong."""
    return CLOUDS[request.param]()


@pytest.fixture(scope="session")
def room():
    """`room(n, seed=0)`: a small scan."""
    return room_cloud
