import numpy as np

from lasso3d.core.scene import Scene
from lasso3d.viz.cutaway import room_shell
from lasso3d.viz.pictures import picture

SIZE = (4.0, 3.0, 2.5)


def sheet(axis: int, place: float, spacing: float = 0.03) -> np.ndarray:
    """One side of the box, spread evenly."""
    a, b = (i for i in range(3) if i != axis)
    u, v = np.meshgrid(np.arange(0, SIZE[a], spacing), np.arange(0, SIZE[b], spacing), indexing="ij")
    xyz = np.full((u.size, 3), place)
    xyz[:, a], xyz[:, b] = u.ravel(), v.ravel()
    return xyz


def room() -> tuple[np.ndarray, np.ndarray]:
    """Points of a box of 4 x 3 x 2.5 m with a crate in it, and what each belongs to."""
    sides = {
        "floor": sheet(2, 0.0), "ceiling": sheet(2, 2.5), "west": sheet(0, 0.0), "east": sheet(0, 4.0),
        "south": sheet(1, 0.0), "north": sheet(1, 3.0),
    }  # fmt: skip
    crate = np.random.default_rng(0).uniform((1.7, 1.2, 0.0), (2.3, 1.8, 0.5), (3000, 3))
    xyz = np.concatenate([*sides.values(), crate]).astype(np.float32)
    return xyz, np.repeat([*sides, "crate"], [*map(len, sides.values()), len(crate)])


def test_looking_north_leaves_out_the_ceiling_and_the_south_wall_alone():
    xyz, name = room()
    shell = room_shell(xyz)
    kept = shell.kept(xyz, np.array([0.0, 0.8, -0.6]))
    inner = ((xyz[:, :2] > 0.3) & (xyz[:, :2] < (3.7, 2.7))).sum(1) == 2
    edge = np.isin(name, ("east", "west", "north", "south")) & (np.abs(xyz[:, 0] - 2) < 1.5) & (xyz[:, 2] < 2.2)
    assert not kept[name == "ceiling"].any()
    assert not kept[(name == "south") & edge].any()
    assert kept[(name == "north") & edge].all()
    assert kept[name == "crate"].all()
    assert kept[(name == "floor") & inner].all()
    sides = np.isin(name, ("east", "west")) & (np.abs(xyz[:, 1] - 1.5) < 0.8) & (xyz[:, 2] < 2.2)
    assert kept[sides].all()


def test_table_tops_and_streets_are_no_rooms():
    xyz, _ = room()
    assert room_shell(xyz * np.float32(0.2)) is None
    assert room_shell(xyz * np.float32(20)) is None
    assert room_shell(sheet(2, 0.0).astype(np.float32)) is None


def test_a_picture_of_a_room_shows_what_is_in_it():
    xyz, name = room()
    rgb = np.where((name == "crate")[:, None], (250, 10, 10), (90, 90, 90)).astype(np.uint8)
    shown = picture(Scene(xyz, rgb=rgb), width=320).astype(int)
    red = (shown[..., 0] > 120) & (shown[..., 1] < 40)
    assert red.mean() > 0.01
