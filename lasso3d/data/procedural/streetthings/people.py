"""People and dogs with joints: standing, walking, sitting, riding; facing -y."""

from dataclasses import dataclass
from math import cos, sin
from typing import Literal, final

import numpy as np

from lasso3d.data.procedural.appearance import Material
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import Point, ball, block, cushion, lofted, moved, rod
from lasso3d.data.procedural.outdoorlooks import looks_like, shade
from lasso3d.data.procedural.shapes import Solid, Thing, at, circle, rectangle

Doing = Literal["standing", "walking", "sitting", "riding"]
_HAIR = ((0.06, 0.05, 0.05), (0.2, 0.13, 0.08), (0.35, 0.22, 0.12), (0.7, 0.58, 0.38), (0.6, 0.6, 0.6))


@final
@dataclass(frozen=True)
class Joints:
    """Angles of a body in radians, forwards positive; of left and right."""

    hip: tuple[float, float]
    knee: tuple[float, float]
    shoulder: tuple[float, float]
    elbow: tuple[float, float]
    spread: float
    """Of the arms to the side."""
    lean: float = 0.0
    """Of the whole upper body, forwards."""


def person(rng: np.random.Generator, paint: Paint) -> Thing:
    """Grown or a child, standing or walking, at times with a bag."""
    return figure(rng, paint, "walking" if rng.random() < 0.55 else "standing")


def figure(rng: np.random.Generator, paint: Paint, doing: Doing) -> Thing:
    """A person doing something; feet (when sitting or riding: the seat) above the origin."""
    tall = rng.uniform(1.52, 1.95) if rng.random() < 0.85 or doing == "riding" else rng.uniform(0.95, 1.45)
    joints, wide = _joints(rng, doing), rng.uniform(0.9, 1.3)
    cloth, legwear = paint("fabric", (0.3, 0.2, tall)), paint("fabric", (0.3, 0.2, tall))
    tone = rng.uniform(0.3, 0.85)
    skin = looks_like(rng, (tone, tone * 0.77, tone * 0.63), "plain")
    bare = rng.random() < 0.25
    legs, hip = _legs(joints, tall, wide, skin if bare else legwear)
    upper = (
        *_trunk(rng, tall, wide, cloth),
        *_arms(joints, tall, wide, skin if bare else cloth, skin),
        *_head(rng, tall, skin),
    )
    solids = (*legs, *moved(upper, at(0.0, 0.0, hip, axis="x", turn=joints.lean)))
    if doing in ("standing", "walking"):
        solids = moved(solids, at(0.0, 0.0, -_lowest(joints, tall, hip)))
    if rng.random() < 0.25 and doing != "sitting":
        solids += _skirt(rng, cloth, wide, tall) if rng.random() < 0.4 and doing == "standing" else ()
    if rng.random() < 0.35:
        solids += moved(_pack(rng, paint, tall), at(0.0, 0.0, _standing_hip(doing, joints, tall, hip)))
    return Thing("person", solids, rectangle(0.26 * wide, 0.3), tall + 0.06)


def dog(rng: np.random.Generator, paint: Paint) -> Thing:
    """Any size and coat, standing or walking."""
    high, long = rng.uniform(0.22, 0.55), rng.uniform(0.55, 0.8)
    long = long * high / 0.4
    level = rng.uniform(0.1, 0.75)
    coat = looks_like(rng, shade(rng, (level, 0.8 * level, 0.6 * level), 0.04), "photo", pitch=0.2, contrast=0.2)
    thick = high * rng.uniform(0.2, 0.3)
    body = cushion((thick, long / 2, thick), coat, rng, at=(0.0, 0.0, high), part="torso", edge=0.8)
    head = (0.0, -0.6 * long, high + 0.45 * high)
    solids: tuple[Solid, ...] = (
        body,
        ball((0.17 * high + 0.03, 0.2 * high + 0.03, 0.16 * high + 0.03), coat, at=head, part="head"),
        ball(
            (0.09 * high, 0.22 * high, 0.09 * high),
            coat,
            at=(0.0, head[1] - 0.3 * high, head[2] - 0.05 * high),
            part="head",
        ),
        rod((0.0, -0.42 * long, high), head, 0.6 * thick, coat, part="head"),
        rod(
            (0.0, 0.45 * long, high + 0.3 * thick),
            (0.0, 0.5 * long + 0.4 * high, high + rng.uniform(-0.2, 0.5) * high),
            0.08 * high,
            coat,
            part="tail",
            taper=0.4,
        ),
    )
    step = rng.uniform(-0.25, 0.25) * high
    for sx in (-1, 1):
        for sy in (-1, 1):
            top = (sx * 0.6 * thick, sy * 0.38 * long, high)
            solids += (rod(top, (top[0], top[1] + sx * sy * step, 0.0), 0.11 * high, coat, part="leg", taper=0.6),)
    return Thing("dog", solids, rectangle(0.2, long), high * 1.8)


def _joints(rng: np.random.Generator, doing: Doing) -> Joints:
    swing = rng.uniform(0.15, 0.55)
    if doing == "walking":
        bend = rng.uniform(0.1, 0.6)
        return Joints(
            (swing, -swing), (0.1, bend), (-0.8 * swing, 0.8 * swing), (0.3, 0.5), rng.uniform(0.05, 0.2), 0.06
        )
    if doing == "sitting":
        return Joints((1.45, 1.5), (1.5, 1.4), (0.5, 0.6), (0.9, 0.7), 0.15, rng.uniform(-0.15, 0.2))
    if doing == "riding":
        return Joints((1.25, 0.6), (1.5, 0.7), (1.0, 1.0), (0.2, 0.25), 0.1, 0.45)
    raised = rng.uniform(0.0, 1.2) if rng.random() < 0.4 else 0.0
    return Joints(
        (0.05, -0.08),
        (0.05, 0.05),
        (raised, rng.uniform(-0.1, 0.3)),
        (raised * 1.3, rng.uniform(0.1, 1.6)),
        rng.uniform(0.05, 0.25),
    )


def _reach(angle: float, bend: float, upper: float, lower: float, start: Point) -> tuple[Point, Point]:
    """Middle and end of a limb; `bend` turns the lower half back (negative: forwards)."""
    mid = (start[0], start[1] - upper * sin(angle), start[2] - upper * cos(angle))
    low = angle - bend
    return mid, (start[0], mid[1] - lower * sin(low), mid[2] - lower * cos(low))


def _legs(joints: Joints, tall: float, wide: float, cloth: Material) -> tuple[tuple[Solid, ...], float]:
    """Thighs, shins and shoes; the hips are at the height that straight legs would give, then returned."""
    hip, solids = 0.52 * tall, []
    shoe = Material((0.12, 0.1, 0.09))
    for side, angle, bend in zip((-1, 1), joints.hip, joints.knee, strict=True):
        top = (side * 0.055 * tall * wide, 0.0, hip)
        knee, foot = _reach(angle, bend, 0.245 * tall, 0.245 * tall, top)
        solids += [
            rod(top, knee, 0.05 * tall * wide, cloth, part="leg", taper=0.72),
            ball((0.036 * tall * wide,) * 3, cloth, at=knee, part="leg"),
            rod(knee, foot, 0.036 * tall * wide, cloth, part="leg", taper=0.7),
            ball(
                (0.03 * tall, 0.075 * tall, 0.026 * tall),
                shoe,
                at=(foot[0], foot[1] - 0.03 * tall, foot[2] - 0.004 * tall),
                part="leg",
            ),
        ]
    return tuple(solids), hip


def _lowest(joints: Joints, tall: float, hip: float) -> float:
    """Height of the lower sole."""
    ends = [
        _reach(angle, bend, 0.245 * tall, 0.245 * tall, (0.0, 0.0, hip))[1][2]
        for angle, bend in zip(joints.hip, joints.knee, strict=True)
    ]
    return min(ends) - 0.03 * tall


def _standing_hip(doing: Doing, joints: Joints, tall: float, hip: float) -> float:
    return hip - (_lowest(joints, tall, hip) if doing in ("standing", "walking") else 0.0)


def _trunk(rng: np.random.Generator, tall: float, wide: float, cloth: Material) -> tuple[Solid, ...]:
    """Above the hips, which are its zero; a coat reaches below them."""
    w, d, top = 0.095 * tall * wide, 0.06 * tall * wide, 0.3 * tall
    low = -0.17 * tall if rng.random() < 0.25 else -0.04 * tall
    rings = (
        (0.02, 0.02, low),
        (1.05 * w, 1.15 * d, low),
        (w, 1.1 * d, 0.02),
        (0.92 * w, d, 0.4 * top),
        (1.15 * w, 1.1 * d, 0.8 * top),
        (0.95 * w, 0.8 * d, top),
        (0.03 * tall, 0.03 * tall, 1.05 * top),
        (0.028 * tall, 0.028 * tall, 1.15 * top),
    )
    return (lofted(rings, cloth, part="torso", roundness=0.8, corners=14),)


def _arms(joints: Joints, tall: float, wide: float, sleeve: Material, skin: Material) -> tuple[Solid, ...]:
    solids: list[Solid] = []
    for side, angle, bend in zip((-1, 1), joints.shoulder, joints.elbow, strict=True):
        elbow, hand = _reach(angle, -bend, 0.17 * tall, 0.15 * tall, (0.0, 0.0, 0.0))
        limb = (
            ball((0.036 * tall,) * 3, sleeve, at=(0.0, 0.0, 0.0), part="arm"),
            rod((0.0, 0.0, 0.0), elbow, 0.032 * tall * wide, sleeve, part="arm", taper=0.8),
            ball((0.026 * tall,) * 3, sleeve, at=elbow, part="arm"),
            rod(elbow, hand, 0.026 * tall * wide, sleeve, part="arm", taper=0.7),
            ball((0.02 * tall, 0.025 * tall, 0.04 * tall), skin, at=hand, part="arm"),
        )
        place = (side * 0.112 * tall * wide, 0.0, 0.27 * tall)
        solids += moved(limb, at(*place, axis="y", turn=-side * joints.spread))
    return tuple(solids)


def _head(rng: np.random.Generator, tall: float, skin: Material) -> tuple[Solid, ...]:
    """Face and hair, or a cap or hood."""
    z = 0.41 * tall
    hair = looks_like(rng, shade(rng, _HAIR[rng.integers(5)], 0.05), "photo", pitch=0.05)
    head = ball((0.045 * tall, 0.056 * tall, 0.066 * tall), skin, at=(0.0, -0.01, z), part="head")
    top = ball((0.05 * tall, 0.056 * tall, 0.058 * tall), hair, at=(0.0, 0.014, z + 0.018 * tall), part="head")
    if rng.random() < 0.2:
        brim = block((0.04 * tall, 0.05 * tall, 0.004), hair, at=(0.0, -0.07 * tall, z + 0.03 * tall), part="head")
        return head, top, brim
    return head, top


def _skirt(rng: np.random.Generator, cloth: Material, wide: float, tall: float) -> tuple[Solid, ...]:
    long = rng.uniform(0.2, 0.4) * tall
    w = 0.1 * tall * wide
    rings = ((1.5 * w, 1.1 * w, 0.52 * tall - long), (1.02 * w, 0.75 * w, 0.54 * tall))
    return (lofted(rings, cloth, part="torso", roundness=0.9),)


def _pack(rng: np.random.Generator, paint: Paint, tall: float) -> tuple[Solid, ...]:
    """A backpack, or a bag at the side; hips at zero."""
    skin = paint("fabric", (0.2, 0.1, 0.4))
    if rng.random() < 0.6:
        return (cushion((0.14, 0.09, 0.21), skin, rng, at=(0.0, 0.19, 0.17 * tall), part="bag", edge=0.4),)
    side = float(rng.choice([-1.0, 1.0]))
    bag = cushion((0.06, 0.16, 0.14), skin, rng, at=(side * 0.26, 0.0, -0.1 * tall), part="bag", edge=0.3)
    strap = rod((side * 0.24, 0.0, 0.0), (-side * 0.06, 0.0, 0.3 * tall), 0.012, skin, part="bag")
    return bag, strap


def stroller(rng: np.random.Generator, paint: Paint) -> Thing:
    """A pushchair: a seat with a hood on four small wheels."""
    skin, frame = paint("fabric", (0.25, 0.4, 0.9)), Material((0.2, 0.2, 0.21), gloss=0.4)
    seat = cushion((0.2, 0.36, 0.1), skin, rng, at=(0.0, 0.0, 0.55), part="seat", edge=0.5)
    hood = moved(
        (lofted(((0.23, 0.26, 0.0), (0.22, 0.22, 0.18), (0.05, 0.05, 0.26)), skin, part="hood", roundness=0.8),),
        at(0.0, 0.16, 0.62, axis="x", turn=-0.3),
    )
    solids = [seat, *hood]
    for s in (-1, 1):
        solids += [
            rod((s * 0.24, -0.4, 0.1), (s * 0.2, 0.3, 0.6), 0.014, frame, part="frame"),
            rod((s * 0.24, 0.3, 0.14), (s * 0.2, -0.1, 0.5), 0.014, frame, part="frame"),
            rod((s * 0.2, 0.3, 0.6), (s * 0.2, 0.52, 1.0), 0.014, frame, part="handle"),
            *moved(
                (
                    Solid("cone", (-0.025, 0.025, 0.11, 0.11), frame, at(axis="y", turn=np.pi / 2), "wheel"),
                    Solid("cone", (0.0, 0.0, 0.0, 0.11), frame, at(axis="y", turn=np.pi / 2), "wheel"),
                ),
                at(s * 0.25, -0.4, 0.11),
            ),
            *moved(
                (
                    Solid("cone", (-0.025, 0.025, 0.14, 0.14), frame, at(axis="y", turn=np.pi / 2), "wheel"),
                    Solid("cone", (0.0, 0.0, 0.0, 0.14), frame, at(axis="y", turn=np.pi / 2), "wheel"),
                ),
                at(s * 0.25, 0.3, 0.14),
            ),
        ]
    solids.append(rod((-0.2, 0.52, 1.0), (0.2, 0.52, 1.0), 0.016, frame, part="handle"))
    return Thing("stroller", tuple(solids), circle(0.5), 1.05)
