"""Which relations hold between the things of a scene: 1 = clearly, -1 = clearly not, 0 = nobody should rely on it.

Every geometric relation is decided twice, from the plan and from the points in the scan, and stays undecided
where the two differ: a cupboard of which the scan shows one corner is neither the largest nor next to the door.
The margins were chosen by eye and against an independent checker,
`tests/data/procedural/test_sentences_against_geometry.py`.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float64, Int8, Int64

from lasso3d.data.procedural.graph import AXES, Extent, Graph
from lasso3d.data.procedural.meaning import Extreme, Relation, Side, Where

Verdict = Int8[np.ndarray, " n"]
"""One of 1, 0 and -1 for each thing."""
Verdicts = Int8[np.ndarray, "n n"]
"""Row i, column j: what holds for thing i and thing j."""

OPEN = ("bookcase", "wall shelf")
"""What stands between the boards of these is on them as well as in them."""
ROOFS = ("table", "desk", "coffee table", "side table", "counter")
"""What something can be under."""
FRONTED = (
    "sofa", "armchair", "chair", "office chair", "desk", "toilet", "wardrobe", "cabinet", "bookcase", "dresser",
    "refrigerator", "stove", "washing machine", "television", "monitor", "laptop", "door", "nightstand", "sink",
    "mirror", "whiteboard", "window",
)  # fmt: skip
"""What has a front everybody agrees on."""
HANGABLE = (
    "picture", "mirror", "whiteboard", "wall shelf", "wall cabinet", "television", "lamp", "window", "clothes",
    "curtain", "clock",
)  # fmt: skip
"""What stays up without standing on anything."""
WALLED = 3
"""Fewer walls make no room: nothing is against them or in a corner."""
FLAT = 0.05
"""Metres; on what is thinner, things stand as they do on the floor."""


def related(graph: Graph, relation: Relation) -> Verdicts:
    """Whether thing i is in the relation to thing j; nothing is in any to itself."""
    rules: dict[Relation, Callable[[Graph], Verdicts]] = {
        "on": lambda g: _carried(g)[0],
        "in": lambda g: _carried(g)[1],
        "under": _under,
        "above": _above,
        "below": lambda g: _above(g).T,
        "beside": _beside,
        "before": lambda g: _facing(g, 1.0),
        "behind": lambda g: _facing(g, -1.0),
    }
    found = rules[relation](graph).copy()
    np.fill_diagonal(found, -1)
    return found


def supporter(graph: Graph) -> Int64[np.ndarray, " n"]:
    """What each stands on or in; -1 = nothing, it stands on the floor or hangs; below that = something unseen."""
    carried = np.maximum(*_carried(graph)) == 1
    carried[:, [thing.thing.height < FLAT and thing.thing.name == "rug" for thing in graph.placed]] = False
    free = (graph.planned.foot < FLAT) | np.isin(graph.names, HANGABLE) | graph.outdoors
    return np.where(carried.any(1), carried.argmax(1), np.where(free, -1, -2 - np.arange(len(graph))))


@lru_cache(maxsize=2)
def _carried(graph: Graph) -> tuple[Verdicts, Verdicts]:
    """Which thing stands on, and which in, which other: exactly as it was put down."""
    n, plan = len(graph), graph.planned
    on, within = np.full((n, n), -1, np.int8), np.full((n, n), -1, np.int8)
    # what is over or under it may be meant
    near = (plan.gap < 0.02) & (plan.foot[:, None] > plan.foot[None] + 0.003)
    on[near & (plan.foot[:, None] < plan.top[None] + 0.05)] = 0
    within[near & (plan.foot[:, None] < plan.top[None])] = 0
    carried = np.zeros((n, n), bool)
    for j, thing in enumerate(graph.placed):
        for z, kind in _surfaces(graph, j):
            here = (np.abs(plan.foot - thing.pose.position[2] - z) < 0.004) & (plan.depth[:, j] > 0)
            here[j] = False
            carried[here, j] = True
            on[here, j] = {"on": 1, "in": -1, "both": 1, "neither": 0}[kind]
            within[here, j] = {"on": -1, "in": 1, "both": 1, "neither": 0}[kind]
        if graph.names[j] == "rug":
            standing = (plan.depth[:, j] > 0.1) & (plan.foot < FLAT) & (graph.seen.depth[:, j] > 0.05)
            loose = (np.minimum(plan.gap, graph.seen.gap)[:, j] < 0.05) & (plan.foot < FLAT)
            on[:, j] = np.where(standing, 1, np.where(loose, 0, -1))
    indirect = carried @ carried
    for _ in range(3):
        indirect |= indirect @ carried
    # a cup on a book on a table may be said to be on the table
    for verdicts in (on, within):
        verdicts[indirect & (verdicts == -1)] = 0
    return on, within


def _surfaces(graph: Graph, j: int) -> list[tuple[float, str]]:
    """Heights above its foot at which something can stand on a thing, and what that is called."""
    thing = graph.placed[j].thing
    found = []
    if thing.deck is not None:
        enclosed = thing.deck.z < thing.height - 0.02 and thing.name in ("bowl", "pan", "basket", "box", "cup")
        found.append((thing.deck.z, "in" if enclosed else "on"))
    for shelf in thing.shelves:
        top = shelf.z > 0.8 * thing.height
        found.append((shelf.z, "both" if thing.name in OPEN else "on" if top else "neither"))
    return found


def _agreed(graph: Graph, rule: Callable[[Extent], np.ndarray]) -> np.ndarray:
    """What both the plan and the points say."""
    planned, seen = rule(graph.planned), rule(graph.seen)
    return np.where(planned == seen, planned, 0).astype(np.int8)


def _verdict(yes: np.ndarray, no: np.ndarray) -> np.ndarray:
    return np.where(yes & ~no, 1, np.where(no & ~yes, -1, 0)).astype(np.int8)


def _level(graph: Graph) -> Bool[np.ndarray, "n n"]:
    """Pairs that stand on the same thing and share a good part of their heights."""
    by, plan = supporter(graph), graph.planned
    height = plan.top - plan.foot
    shared = np.minimum.outer(plan.top, plan.top) - np.maximum.outer(plan.foot, plan.foot)
    return (by[:, None] == by[None]) & (shared > 0.3 * np.minimum.outer(height, height))


def _beside(graph: Graph) -> Verdicts:
    level = _level(graph)

    def rule(extent: Extent) -> Verdicts:
        less, more = np.minimum.outer(extent.width, extent.width), np.maximum.outer(extent.width, extent.width)
        near = 0.45 * less + 0.12 * more
        return _verdict(level & (extent.gap < 0.7 * near) & (extent.gap > -0.25 * less), extent.gap > 1.5 * near)

    return _agreed(graph, rule)


def _under(graph: Graph) -> Verdicts:
    roof = np.isin(graph.names, ROOFS)

    def rule(extent: Extent) -> Verdicts:
        lower = graph.planned.foot[:, None] < graph.planned.foot[None] + 0.05
        inside = (extent.depth > 0.03) & (extent.top[:, None] < extent.top[None] - 0.05)
        return _verdict(roof & lower & inside, ~roof | (extent.gap > 0.05) | ~lower)

    return _agreed(graph, rule)


def _above(graph: Graph) -> Verdicts:
    """Hanging over something that is not a rug."""
    hanging = (supporter(graph) == -1) & (graph.planned.foot > 0.3)
    tall = graph.planned.top - graph.planned.foot > FLAT

    def rule(extent: Extent) -> Verdicts:
        higher = extent.foot[:, None] - extent.top[None]
        yes = hanging[:, None] & tall & (extent.depth > -0.1) & (higher > -0.02) & (extent.gap < 0.15)
        return _verdict(yes, (extent.gap > 0.35) | (higher < -0.2))

    return _agreed(graph, rule)


def _facing(graph: Graph, side: float) -> Verdicts:
    """On the side of the front of thing j (`side` = 1), or of its back (-1)."""
    level, fronted = _level(graph), np.isin(graph.names, FRONTED)
    axis = np.abs((graph.front[:, None] * AXES).sum(2)).argmax(1)
    every = np.arange(len(graph))

    def rule(extent: Extent) -> Verdicts:
        ahead, aside = _ahead(graph.front, extent)
        extents = (extent.high - extent.low) / 2
        deep, wide = extents[every, axis], extents[every, (axis + 4) % 8]
        yes = (side * ahead > deep + 0.02) & (np.abs(aside) < 0.8 * wide) & (extent.gap < 1.2 * extent.width)
        away = np.abs(aside) > 1.5 * wide + 0.5 * extent.width[:, None] + 0.3 * np.abs(ahead)
        # far ahead is still ahead for some, so distance decides nothing
        return _verdict(level & fronted & yes, fronted & ((side * ahead < 0) | away))

    return _agreed(graph, rule)


def _ahead(
    front: Float64[np.ndarray, "n 2"], extent: Extent
) -> tuple[Float64[np.ndarray, "n n"], Float64[np.ndarray, "n n"]]:
    """How far in front of thing j, and how far to its left, the middle of thing i is."""
    away = extent.middle[:, None] - extent.middle[None]
    return (away * front).sum(2), away[..., 1] * front[:, 0] - away[..., 0] * front[:, 1]


def beside_seen(graph: Graph, side: Side, *, of: int, by: int) -> Verdict:
    """To the left or right of `of`, or closer or farther than it, for someone at `by` who looks at it."""

    def rule(extent: Extent) -> Verdict:
        away = extent.middle - extent.middle[by]
        ahead = away[of]
        distance, reach = np.sqrt((away**2).sum(1)), np.sqrt((ahead**2).sum())
        if reach < 0.7 * (extent.width[of] + extent.width[by]):
            return np.zeros(len(graph), np.int8)
        if side in ("closer", "farther"):
            near, far = distance < 0.8 * reach, distance > 1.25 * reach
            return (
                _verdict(near, ~near & (distance > 0.95 * reach))
                if side == "closer"
                else _verdict(far, ~far & (distance < 1.05 * reach))
            )
        turn = np.degrees(np.arctan2(ahead[0] * away[:, 1] - ahead[1] * away[:, 0], (away * ahead).sum(1)))
        turn = turn if side == "left" else -turn
        # what is at the viewer's own place has no side
        off = distance > 0.6 * (extent.width[by] + extent.width)
        return _verdict(off & (turn > 14) & (turn < 75), off & ((turn < 4) | (turn > 110)))

    return _without(_agreed(graph, rule), of, by)


def at_hand(graph: Graph, hand: Side, *, seat: int) -> Verdict:
    """To the left or right of someone who sits there and looks where the seat faces."""

    def rule(extent: Extent) -> Verdict:
        away, front = extent.middle - extent.middle[seat], graph.front[seat]
        turn = np.degrees(np.arctan2(front[0] * away[:, 1] - front[1] * away[:, 0], (away * front).sum(1)))
        turn = turn if hand == "left" else -turn
        far = np.sqrt((away**2).sum(1)) > 0.5 * (extent.width[seat] + extent.width)
        return _verdict(far & (turn > 35) & (turn < 145), (turn < 15) | (turn > 165))

    return _without(_agreed(graph, rule), seat, seat)


def between(graph: Graph, one: int, other: int) -> Verdict:
    """In the middle of the line from one thing to the other."""

    def rule(extent: Extent) -> Verdict:
        line = extent.middle[other] - extent.middle[one]
        length = float(np.sqrt((line**2).sum()))
        if not 0.1 < length < 4 * (extent.width[one] + extent.width[other]):
            return np.zeros(len(graph), np.int8)
        away = extent.middle - extent.middle[one]
        share = (away * line).sum(1) / length**2
        aside = np.abs(line[0] * away[:, 1] - line[1] * away[:, 0]) / length**2
        low, high = min(extent.foot[one], extent.foot[other]), max(extent.top[one], extent.top[other])
        level = (extent.top > low + 0.02) & (extent.foot < high - 0.02)
        yes = level & (share > 0.25) & (share < 0.75) & (aside < 0.2)
        return _verdict(yes, (share < 0.1) | (share > 0.9) | (aside > 0.45))

    return _without(_agreed(graph, rule), one, other)


def _without(verdict: Verdict, *these: int) -> Verdict:
    kept = verdict.copy()
    kept[list(these)] = -1
    return kept


def standing(graph: Graph, where: Where) -> Verdict:
    """Where in the room things are; undecided where there is no room."""
    if len(graph.walls) < WALLED:
        return np.zeros(len(graph), np.int8)
    on_floor = graph.planned.foot < FLAT
    if where == "floor":
        # of what stands behind others only the upper part is seen
        return _verdict(on_floor & (graph.seen.foot < 0.2), graph.planned.foot > 0.3)

    def rule(extent: Extent) -> Verdict:
        first, second = _walls_away(graph, extent)
        if where == "corner":
            return _verdict(on_floor & (first < 0.2) & (second < 0.3), (second > 0.8) | (first > 0.6))
        if where == "wall":
            return _verdict(on_floor & (graph.seen.foot < 0.25) & (first < 0.12), ~on_floor | (first > 0.4))
        hanging = (supporter(graph) == -1) & (graph.planned.foot > 0.35)
        return _verdict(hanging & (first < 0.12), ~hanging | (first > 0.4))

    return _agreed(graph, rule)


def _walls_away(graph: Graph, extent: Extent) -> tuple[Float64[np.ndarray, " n"], Float64[np.ndarray, " n"]]:
    """Distance to the nearest wall, and to the nearest one that runs across it; metres, 9 = none."""
    along = np.stack([wall.along for wall in graph.walls])
    foot, half = np.stack([wall.foot for wall in graph.walls]), np.array([wall.half for wall in graph.walls])
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    axis = np.abs((across[:, None] * AXES).sum(2)).argmax(1)
    offset = (foot * AXES[axis]).sum(1)
    away = np.minimum(np.abs(extent.low[:, axis] - offset), np.abs(extent.high[:, axis] - offset))
    beyond = np.abs(((extent.middle[:, None] - foot) * along).sum(2)) > half + 0.1
    away[beyond] = 9.0
    first = away.argmin(1)
    crossing = np.abs((along[first][:, None] * along).sum(2)) < 0.5
    return away.min(1), np.where(crossing, away, 9.0).min(1)


def closest(graph: Graph, extreme: Extreme, among: Verdict, *, to: int) -> Verdict:
    """The nearest to, or farthest from, one thing; undecided where two are nearly as far."""
    sign = 1.0 if extreme == "nearest" else -1.0
    rivals = _without(among, to)

    def measures(extent: Extent) -> tuple[np.ndarray, ...]:
        away = extent.middle - extent.middle[to]
        rise = (extent.foot + extent.top - extent.foot[to] - extent.top[to]) / 2
        apart = np.maximum(extent.gap[to], 0.0) + 0.15 * extent.width[to] + 0.02
        return sign * np.log(apart), sign * np.log(np.sqrt((away**2).sum(1) + rise**2) + 1e-3)

    return _winner([-m for extent in (graph.planned, graph.seen) for m in measures(extent)], rivals, lead=0.2)


def surpassing(graph: Graph, extreme: Extreme, among: Verdict) -> Verdict:
    """The largest, tallest, highest of what counts; undecided where two are nearly as large."""

    if extreme in ("darkest", "lightest"):
        if graph.bright is None:
            return np.minimum(among, 0)
        return _winner([graph.bright if extreme == "lightest" else -graph.bright], among, lead=0.1)

    def measures(extent: Extent) -> tuple[np.ndarray, ...]:
        height = np.maximum(extent.top - extent.foot, 0.005)
        if extreme == "tallest":
            return (np.log(height),)
        if extreme in ("lowest", "highest"):
            return (0.3 * (extent.foot if extreme == "highest" else -extent.foot) / np.median(height),)
        narrow, wide = extent.sides[:, 0], extent.sides[:, 1]
        diagonal, bulk = np.log(wide**2 + height**2) / 2, np.log(narrow * wide * height) / 3
        return (diagonal, bulk) if extreme == "largest" else (-diagonal, -bulk)

    return _winner([m for extent in (graph.planned, graph.seen) for m in measures(extent)], among, lead=0.14)


def _winner(measures: list[np.ndarray], among: Verdict, *, lead: float) -> Verdict:
    """The one that leads in every measure, against what certainly and what perhaps counts; there must be two."""
    rivals = np.flatnonzero(among >= 0)
    if len(rivals) < 2:
        return np.minimum(among, 0)
    ahead = []
    for measure in measures:
        order = rivals[np.argsort(measure[rivals], kind="stable")]
        ahead.append(order[-1] if measure[order[-1]] - measure[order[-2]] > lead else -1)
    if ahead[0] < 0 or len(set(ahead)) > 1 or among[ahead[0]] != 1:
        return np.minimum(among, 0)
    verdict = np.full(len(among), -1, np.int8)
    verdict[ahead[0]] = 1
    return verdict
