import numpy as np
import pytest

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.catalogue import CATEGORIES
from lasso3d.data.procedural.forms import block
from lasso3d.data.procedural.joints import assembled, hinged, motion, posed, reach, sliding, some_state
from lasso3d.data.procedural.shapes import Shelf, Solid, Thing, rectangle

GREY = Material((0.5, 0.5, 0.5))


def paint(finish: str, size: tuple[float, float, float]) -> Material:
    return GREY


def closet() -> Thing:
    """A box with a door on its left, a handle that turns on the door, and a shelf behind."""
    body = block((0.3, 0.2, 0.5), GREY, at=(0.0, 0.0, 0.5), part="body")
    panel = block((0.3, 0.01, 0.5), GREY, at=(0.0, -0.21, 0.5), part="door")
    knob = block((0.05, 0.01, 0.01), GREY, at=(0.25, -0.23, 0.5), part="handle")
    handle = hinged((knob,), (0.0, 1.0, 0.0), at=(0.25, -0.23, 0.5), until=0.8)
    door = hinged(
        (panel,), (0.0, 0.0, -1.0), at=(-0.3, -0.2, 0.0), until=1.9, carried=(handle,),
        hides=(Shelf(0.0, 0.0, 0.3, 0.25, 0.15, 0.4),),
    )  # fmt: skip
    return assembled("cabinet", (body,), (door,), deck=1.0, footprint=rectangle(0.3, 0.22))


def some(solid: Solid) -> np.ndarray:
    """A few of the points that span it."""
    points = reach(solid)
    return points[:: max(1, len(points) // 12)]


def distances(points: np.ndarray) -> np.ndarray:
    return np.sqrt(((points[:, None] - points[None]) ** 2).sum(2))


@pytest.fixture(scope="module")
def everything() -> list[Thing]:
    """One thing of each class that has joints, built without shape checks because they are many."""
    things = [builders[0](np.random.default_rng(4), paint) for builders in CATEGORIES.values()]
    return [thing for thing in things if thing.joints]


def test_many_kinds_of_things_have_joints(everything):
    assert len(everything) >= 60


def test_the_closed_state_is_the_thing_as_built(everything):
    for thing in everything:
        closed = posed(thing, (0.0,) * len(thing.joints))
        assert closed.solids == thing.solids
        assert closed.footprint is thing.footprint
        assert closed.height == thing.height
        assert closed.joints == ()


def test_moving_keeps_lengths_and_leaves_the_rest_where_it_is(everything):
    for thing in everything:
        for k, joint in enumerate(thing.joints[:4]):
            state = joint.high if joint.high else joint.low
            states = tuple(state if i == k else 0.0 for i in range(len(thing.joints)))
            moved = posed(thing, states)
            before, after = (
                np.concatenate([some(one.solids[i]) for i in joint.solids])[:90] for one in (thing, moved)
            )
            np.testing.assert_allclose(distances(after), distances(before), atol=1e-6)
            assert np.abs(after - before).max() > 1e-4
            for i in set(range(len(thing.solids))) - set(joint.solids):
                assert moved.solids[i] is thing.solids[i]


def test_joints_of_all_things_have_a_unit_axis_and_a_range_around_zero(everything):
    for thing in everything:
        for joint in thing.joints:
            assert np.isclose(np.linalg.norm(joint.axis), 1)
            assert joint.low <= 0 <= joint.high
            assert joint.low < joint.high
            assert len(joint.solids) > 0


def test_what_lies_on_the_axis_stays_and_a_quarter_turn_is_one():
    joint = closet().joints[1]
    turn = motion(joint, np.pi / 2)
    np.testing.assert_allclose(turn.apply(np.array([-0.3, -0.2, 0.7])), [-0.3, -0.2, 0.7], atol=1e-8)
    np.testing.assert_allclose(turn.apply(np.array([0.3, -0.2, 0.7])), [-0.3, -0.8, 0.7], atol=1e-8)


def test_a_handle_turns_on_its_door_and_moves_with_it():
    thing = closet()
    both = posed(thing, (0.8, 1.5))
    handle, door = (both.solids[i].pose for i in (1, 2))
    turned = motion(thing.joints[1], 1.5).after(motion(thing.joints[0], 0.8).after(thing.solids[1].pose))
    np.testing.assert_allclose(handle.position, turned.position, atol=1e-9)
    np.testing.assert_allclose(handle.rotation, turned.rotation, atol=1e-9)
    assert door.position[1] < -0.4


def test_slides_move_along_their_axis():
    drawer = sliding(
        (block((0.2, 0.2, 0.1), GREY, at=(0.0, 0.0, 0.1), part="drawer"),), (0.0, -1.0, 0.0), until=0.3
    )
    thing = assembled("dresser", (block((0.2, 0.2, 0.1), GREY, at=(0.0, 0.0, 0.4), part="body"),), (drawer,))
    out = posed(thing, (0.25,))
    np.testing.assert_allclose(
        out.solids[1].pose.position - thing.solids[1].pose.position, [0, -0.25, 0], atol=1e-9
    )


def test_shelves_are_hidden_until_the_door_before_them_opens():
    thing = closet()
    assert posed(thing, (0.0, 0.0)).shelves == ()
    assert len(posed(thing, (0.0, 1.0)).shelves) == 1


def test_an_open_door_widens_the_footprint_and_a_raised_lid_takes_the_deck():
    thing = closet()
    opened = posed(thing, (0.0, 1.5))
    assert opened.footprint[:, 1].min() < -0.7
    assert opened.deck is not None
    lid = hinged(
        (block((0.2, 0.2, 0.01), GREY, at=(0.0, 0.0, 0.3)),), (-1.0, 0.0, 0.0), at=(0.0, 0.2, 0.3), until=1.5
    )
    chest = assembled("box", (block((0.2, 0.2, 0.1), GREY, at=(0.0, 0.0, 0.1)),), (lid,), deck=0.31)
    assert posed(chest, (0.0,)).deck is not None
    raised = posed(chest, (1.5,))
    assert raised.deck is None
    assert raised.height > chest.height + 0.2


def test_states_must_be_as_many_as_joints_and_within_their_range():
    thing = closet()
    with pytest.raises(ValueError, match=r"2 joints, found 1"):
        posed(thing, (0.0,))
    with pytest.raises(ValueError, match=r"found 2\.500"):
        posed(thing, (0.0, 2.5))


def test_somebody_leaves_things_open_as_often_as_said():
    thing = closet()
    opened = [
        some_state(thing, np.random.default_rng(seed), moved=0.3).solids[2] is not thing.solids[2]
        for seed in range(400)
    ]
    assert 0.2 < np.mean(opened) < 0.4
    again = some_state(thing, np.random.default_rng(5), moved=0.9)
    same = some_state(thing, np.random.default_rng(5), moved=0.9)
    np.testing.assert_array_equal(again.solids[1].pose.position, same.solids[1].pose.position)
