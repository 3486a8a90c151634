"""A piece of street while it is being furnished: rows, groups, scattered things, wires between poles."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import pi
from typing import final

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.layout import SLACK, Spot, separation, spot
from lasso3d.data.procedural.outdoorforms import wire
from lasso3d.data.procedural.shapes import Placed, Thing, at, rectangle
from lasso3d.data.procedural.streetthings import STREET_THINGS
from lasso3d.data.procedural.streetthings.people import figure
from lasso3d.data.procedural.terrain import Cover, Stripe, Terrain

TRIES = 6
"""Places tried before a thing is left out."""
UPRIGHT = frozenset(
    (
        "tree",
        "bush",
        "street lamp",
        "utility pole",
        "pylon",
        "traffic light",
        "traffic sign",
        "street sign",
        "bollard",
        "person",
        "building",
        "shed",
        "bus shelter",
        "advertising pillar",
        "flagpole",
        "parasol",
        "parking meter",
        "mailbox",
        "fire hydrant",
        "electrical box",
        "flower bed",
        "swing",
        "clothes line",
        "trampoline",
    )
)
"""What stands plumb on sloping ground; all other things lie on it."""
Area = tuple[float, float, float, float]
"""First and last station, first and last offset, metres."""


@final
@dataclass
class Site:
    """Ground and what stands on it; stations s along the road, offsets y to its left."""

    terrain: Terrain
    cover: Cover
    paint: Paint
    rng: np.random.Generator
    spots: list[Spot] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    stripes: list[Stripe] = field(default_factory=list)
    rounds: list[tuple[float, float, float]] = field(default_factory=list)
    """Place and radius of each spot: most pairs are far apart."""

    def build(self, name: str) -> Thing:
        """A new thing of a family."""
        return STREET_THINGS[name](self.rng, self.paint)

    def some(self, names: Sequence[str]) -> Thing:
        """A new thing of any of these families; a name that stands there twice is drawn twice as often."""
        return self.build(names[int(self.rng.integers(len(names)))])

    def put(self, thing: Thing, s: float, y: float, *, yaw: float = 0.0) -> Spot | None:
        """A thing where there is ground and nothing else; None where it does not fit.

        Args:
            yaw: radians; 0 = its front towards the right of the road, pi / 2 = along the road.
        """
        new = spot(thing, s, y, yaw=round(yaw, 6))
        if not self.cover.at(s, y) or not self.free(new):
            return None
        self.keep(new)
        return new

    def free(self, new: Spot, *, gap: float = 0.0) -> bool:
        """Whether nothing is where something would stand, nor within `gap` metres of it."""
        s, y, r = *new.xy, _radius(new) + gap
        return all(
            separation(new.outline, self.spots[i].outline) >= gap - SLACK
            for i, (s_, y_, r_) in enumerate(self.rounds)
            if (s - s_) * (s - s_) + (y - y_) * (y - y_) < (r + r_) * (r + r_)
        )

    def keep(self, new: Spot) -> Placed:
        """A thing whatever it touches."""
        thing, (s, y) = new.thing, new.xy
        lying = 0.0 if thing.name in UPRIGHT else float(np.abs(thing.footprint).max())
        rise = self.cover.rise.get(self.cover.at(s, y), 0.0) + new.low
        placed = Placed(thing, self.terrain.pose(s, y, yaw=new.yaw, rise=rise, lying=lying))
        self._note(new)
        self.placed.append(placed)
        return placed

    def reserve(self, s0: float, s1: float, y0: float, y1: float) -> None:
        """Ground that must stay free."""
        free = Thing("", (), rectangle(abs(s1 - s0) / 2, abs(y1 - y0) / 2), 3.0)
        self._note(spot(free, (s0 + s1) / 2, (y0 + y1) / 2, yaw=0.0))

    def _note(self, new: Spot) -> None:
        self.spots.append(new)
        self.rounds.append((*new.xy, _radius(new)))

    def chance(self, share: float) -> bool:
        """Whether something happens that does in this share of the cases."""
        return bool(self.rng.random() < share)


def _radius(a: Spot) -> float:
    return float(np.sqrt((a.thing.footprint**2).sum(1).max()))


def row(
    site: Site,
    make: Callable[[], Thing],
    y: float,
    *,
    span: tuple[float, float],
    gap: tuple[float, float],
    yaw: float,
    empty: float = 0.0,
    stray: float = 0.05,
) -> list[Spot]:
    """Things one behind the other along the road, from the first to the last station of `span`.

    Args:
        gap: least and largest distance between them, metres.
        empty: share of the places that stay free.
        stray: standard deviation of their place and (in radians) a fifth of it of their direction.
    """
    rng, s, out = site.rng, span[0], []
    while s < span[1]:
        thing = make()
        turned = spot(thing, 0.0, 0.0, yaw=yaw).outline[:, 0]
        if s + np.ptp(turned) > span[1]:
            break
        if not site.chance(empty):
            place = site.put(
                thing, s - turned.min(), y + rng.normal(0, stray), yaw=yaw + 0.2 * rng.normal(0, stray)
            )
            out += [place] if place else []
        s += np.ptp(turned) + rng.uniform(*gap)
    return out


def scatter(site: Site, names: Sequence[str], area: Area, count: int) -> list[Spot]:
    """Things of any of these families anywhere in an area, turned any way."""
    out = []
    for _ in range(count):
        thing = site.some(names)
        for _ in range(TRIES):
            s, y = site.rng.uniform(area[0], area[1]), site.rng.uniform(area[2], area[3])
            new = site.put(thing, s, y, yaw=site.rng.uniform(0, 2 * pi))
            if new is not None:
                out.append(new)
                break
    return out


def beside(
    site: Site, near: Spot, thing: Thing, *, way: float, gap: float = 0.0, yaw: float | None = None
) -> Spot | None:
    """A thing slid towards another from a direction until both touch, or `gap` metres before."""
    step = at(turn=way).rotation[:2, 0]
    low, high = 0.0, _radius(near) + 1.5 + float(np.abs(thing.footprint).max())
    facing = near.yaw if yaw is None else yaw
    for _ in range(10):
        middle = (low + high) / 2
        tried = spot(thing, *(np.array(near.xy) + middle * step), yaw=facing)
        low, high = (low, middle) if separation(tried.outline, near.outline) >= 0 else (middle, high)
    s, y = np.array(near.xy) + (high + gap) * step
    return site.put(thing, float(s), float(y), yaw=facing)


def company(site: Site, s: float, y: float) -> None:
    """People who stand together, turned to each other, at times with a dog or a pushchair."""
    count, rng = int(site.rng.integers(2, 5)), site.rng
    for i in range(count):
        away = 2 * pi * i / count + rng.uniform(-0.4, 0.4)
        step = at(turn=away).rotation[:2, 0] * rng.uniform(0.32, 0.5)
        site.put(figure(rng, site.paint, "standing"), s + float(step[0]), y + float(step[1]), yaw=away - pi / 2)
    if site.chance(0.3):
        site.put(site.build("dog" if site.chance(0.5) else "stroller"), s + 0.9, y, yaw=rng.uniform(0, 2 * pi))


def seated(site: Site, bench: Spot, height: float) -> None:
    """A person on a seat."""
    x = site.rng.uniform(-0.4, 0.4) if bench.thing.name == "bench" else 0.0
    place = at(*bench.xy, turn=bench.yaw).apply(np.array([x, 0.1, 0.0]))
    body = figure(site.rng, site.paint, "sitting")
    hips = next(s.pose.position[2] for s in body.solids if s.part == "leg")
    site.keep(spot(body, float(place[0]), float(place[1]), yaw=bench.yaw, low=height + 0.09 - float(hips)))


def ridden(site: Site, s: float, y: float, *, yaw: float) -> None:
    """A bicycle with its rider: two things that touch."""
    bicycle = site.put(site.build("bicycle"), s, y, yaw=yaw)
    if bicycle is None:
        return
    body = figure(site.rng, site.paint, "riding")
    saddle = bicycle.thing.height * 0.9
    hips = next(one.pose.position[2] for one in body.solids if one.part == "leg")
    place = at(*bicycle.xy, turn=bicycle.yaw).apply(np.array([0.0, 0.25, 0.0]))
    site.keep(spot(body, float(place[0]), float(place[1]), yaw=bicycle.yaw, low=saddle + 0.1 - float(hips)))


def bicycles(site: Site, s: float, y: float, *, yaw: float) -> None:
    """A rack with bicycles leaning in it, handlebars among each other."""
    rack = site.put(site.build("bicycle rack"), s, y, yaw=yaw)
    if rack is None:
        return
    wide = float(rack.thing.footprint[:, 0].max())
    for x in np.arange(-wide, wide + 0.3, 0.4).tolist():
        if site.chance(0.7):
            over = pi if site.chance(0.4) else 0.0
            place = at(*rack.xy, turn=rack.yaw).apply(np.array([x + 0.16, site.rng.normal(0, 0.08), 0.0]))
            bicycle = site.build("bicycle")
            yaw_ = rack.yaw + over + site.rng.normal(0, 0.06)
            site.keep(spot(bicycle, float(place[0]), float(place[1]), yaw=round(yaw_, 6)))


def strung(site: Site, poles: Sequence[Placed], *, beyond: float) -> None:
    """Wires from pole to pole, and on to poles out of sight at both ends."""
    if not poles:
        return
    black = Material((0.08, 0.08, 0.08))
    hooks = [_hooks(pole) for pole in poles]
    if len(poles) > 1:
        ends = [hooks[0] * 2 - hooks[1], hooks[-1] * 2 - hooks[-2]]
    else:
        along = poles[0].pose.rotation[:, 1] * beyond
        ends = [hooks[0] - along, hooks[0] + along]
    chain = [ends[0], *hooks, ends[1]]
    thick = 0.02 if poles[0].thing.name == "pylon" else site.rng.uniform(0.012, 0.022)
    for a, b in itertools.pairwise(chain):
        sag = site.rng.uniform(0.015, 0.035) * float(np.sqrt(((a[0] - b[0]) ** 2).sum()))
        for p, q in zip(a, b, strict=False):
            hang(site, p, q, sag=sag, radius=thick, material=black)


def hang(site: Site, p: np.ndarray, q: np.ndarray, *, sag: float, radius: float, material: Material) -> None:
    """One wire between two places in the scene."""
    start, end = (tuple(round(float(v), 4) for v in point) for point in (p, q))
    line = wire(start, end, material, sag=sag, radius=radius)  # type: ignore[arg-type]
    site.placed.append(Placed(Thing("wire", (line,), rectangle(0.1, 0.1), float(max(p[2], q[2]))), at()))


def _hooks(pole: Placed) -> np.ndarray:
    """Where wires hang on a pole, in the scene."""
    if pole.thing.name == "pylon":
        h = pole.thing.height
        ends = [(s * w, 0.0, z * h - 0.4) for z, w in ((0.62, 4.6), (0.78, 3.6), (0.92, 2.6)) for s in (-1, 1)]
    else:
        ends = [
            tuple(s.pose.apply(np.array([0.0, 0.0, s.size[1]]))) for s in pole.thing.solids if s.part == "insulator"
        ][:4]
    return np.stack([pole.pose.apply(np.array(end)) for end in ends])
