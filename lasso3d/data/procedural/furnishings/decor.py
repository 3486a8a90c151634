"""What stands around to be looked at."""

from math import cos, pi, sin

import numpy as np

from lasso3d.data.procedural.curves import bent, lathe
from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.forms import ball, blade, turned
from lasso3d.data.procedural.joints import assembled
from lasso3d.data.procedural.shapes import Solid, Thing, at


def candle(rng: np.random.Generator, paint: Paint) -> Thing:
    """A thick candle, or a thin one in a stick."""
    wax, thin = paint("plain", (0.03, 0.03, 0.1)), rng.random() < 0.5
    r, h = (0.011, rng.uniform(0.15, 0.25)) if thin else (rng.uniform(0.025, 0.045), rng.uniform(0.06, 0.16))
    low = 0.0
    solids: tuple[Solid, ...] = ()
    if thin:
        low, brass = rng.uniform(0.06, 0.16), paint("metal", (0.05, 0.05, 0.1))
        solids += lathe(
            ((0.05, 0.0), (0.045, 0.008), (0.01, 0.02), (0.012, 0.5 * low), (0.009, 0.8 * low), (0.02, low)),
            brass,
            part="base",
        )
        solids += turned(((0.0, 0.0), (0.05, 0.0)), brass, part="base") + turned(
            ((0.0, low), (0.02, low)), brass, part="base"
        )
    body = turned(((r, low), (r, low + h), (0.8 * r, low + h - 0.003), (0.0, low + h - 0.005)), wax, part="body")
    wick = bent(
        ((0.0, 0.0, low + h - 0.006), (0.0, 0.0, low + h + 0.006), (0.003, 0.0, low + h + 0.012)),
        0.0012,
        paint("plain", (0.01, 0.01, 0.01)),
        part="wick",
    )
    return assembled("candle", (*solids, *body, wick))


def vase(rng: np.random.Generator, paint: Paint) -> Thing:
    """A turned vessel, sometimes with flowers."""
    r, h = rng.uniform(0.04, 0.1), rng.uniform(0.14, 0.4)
    neck, glaze = rng.uniform(0.3, 0.7) * r, paint("ceramic" if rng.random() < 0.8 else "glass", (r, r, h))
    curve = ((0.55 * r, 0.0), (r, rng.uniform(0.25, 0.6) * h), (neck, 0.85 * h), (1.2 * neck, h))
    body = turned(((0.0, 0.0), (0.55 * r, 0.0)), glaze, part="body") + lathe(curve, glaze, part="body")
    body += turned(
        ((1.2 * neck, h), (1.2 * neck - 0.004, h), (neck - 0.004, 0.85 * h), (0.5 * neck, 0.4 * h)),
        glaze,
        part="body",
    )
    flowers: tuple[Solid, ...] = ()
    if rng.random() < 0.6:
        green = paint("leaf", (0.01, 0.01, h))
        for _ in range(int(rng.integers(3, 9))):
            a, out, top = rng.uniform(0, 2 * pi), rng.uniform(0.03, 0.14), h * rng.uniform(1.4, 2.0)
            x, y = round(cos(a), 9), round(sin(a), 9)
            flowers += (
                bent(
                    ((0.0, 0.0, 0.5 * h), (0.7 * neck * x, 0.7 * neck * y, h), (out * x, out * y, top)),
                    0.0025,
                    green,
                    part="stem",
                ),
            )
            flowers += (
                blade(
                    0.35 * top,
                    0.03,
                    green,
                    pose=at(0.5 * neck * x, 0.5 * neck * y, h, turn=a).after(at(axis="y", turn=-1.0)),
                    droop=0.6,
                    part="leaves",
                ),
            )
            bloom = paint("plain", (0.03, 0.03, 0.03))
            flowers += (
                ball(
                    (0.012, 0.012, 0.012),
                    paint("plain", (0.01, 0.01, 0.01)),
                    at=(out * x, out * y, top + 0.008),
                    part="flower",
                ),
            )
            flowers += lathe(
                ((0.004, top - 0.02), (0.022, top), (0.03, top + 0.012)),
                bloom,
                at=(out * x, out * y, 0.0),
                part="flower",
                steps=3,
            )
    return assembled("vase", (*body, *flowers))
