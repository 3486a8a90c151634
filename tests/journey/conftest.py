import numpy as np
import pytest

from lasso3d.cli import main
from lasso3d.core.scene import Scene
from lasso3d.io.export import write_scene


@pytest.fixture
def lasso(capsys):
    """Run a command: exit code, standard output, standard error."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        heard = capsys.readouterr()
        return code, heard.out, heard.err

    return run


@pytest.fixture(scope="session")
def scan(tmp_path_factory):
    """A georeferenced PLY: a floor with a red block in the middle."""
    rng = np.random.default_rng(0)
    floor = np.column_stack([rng.random((4000, 2)) * 2, np.zeros(4000)])
    block = rng.random((2000, 3)) * 0.4 + (0.8, 0.8, 0)
    block[:, 2] = np.where(rng.random(2000) < 0.5, 0.4, block[:, 2])
    colours = np.concatenate([np.full((4000, 3), 120), np.full((2000, 3), (200, 30, 30))])
    path = tmp_path_factory.mktemp("scan") / "yard.ply"
    intensity = rng.integers(0, 999, 6000).astype(np.uint16)
    scene = Scene(
        np.concatenate([floor, block]),
        rgb=colours,
        extra={"intensity": intensity},
        origin=(500_000, 4_000_000, 100),
    )
    write_scene(path, scene)
    return path
