"""One panel of a picture: the painted scan, its annotations and, where masks are small, a close-up of them."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Int32
from PIL import Image

from lasso3d.core.prompts import Click
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.cameras import project
from lasso3d.viz.annotations import (
    INK,
    Rectangle,
    Sheet,
    draw_colour_bar,
    draw_scale_bar,
    mark_clicks,
    write_labels,
    write_title,
)
from lasso3d.viz.shading import SUPERSAMPLING, Sight, masks_panel, scan_panel, uncertainty_panel

Panel = Literal["scan", "masks", "uncertainty"]

CLOSE_UP_SIZE = 0.42
"""Sides of the close-up as shares of the panel's."""

_PAINT = {"scan": scan_panel, "masks": masks_panel, "uncertainty": uncertainty_panel}


def draw_panel(
    name: Panel,
    sights: tuple[Sight, Sight | None],
    segmentation: Segmentation | None,
    clicks: Sequence[Click],
) -> Image.Image:
    """A finished panel; `sights` are the scan as a whole and the close-up."""
    whole, close_up = sights
    sheet = Sheet(Image.fromarray(_PAINT[name](whole)))
    write_title(sheet, _title(name, segmentation))
    if name == "uncertainty":
        draw_colour_bar(sheet)
    else:
        draw_scale_bar(sheet, whole.camera, _middle_depth(whole))
    if close_up is None:
        _annotate(sheet, name, whole, segmentation, clicks)
    else:
        inner = Sheet(Image.fromarray(_PAINT[name](close_up)))
        if name != "uncertainty":
            draw_scale_bar(inner, close_up.camera, _middle_depth(close_up))
        _annotate(inner, name, close_up, segmentation, clicks)
        _paste_close_up(sheet, inner.image, whole)
    return sheet.image


def _annotate(
    sheet: Sheet, name: Panel, sight: Sight, segmentation: Segmentation | None, clicks: Sequence[Click]
) -> None:
    labels = segmentation.labels if segmentation else ()
    if name != "uncertainty":
        mark_clicks(sheet, sight.camera, clicks, labels)
    if name == "masks":
        write_labels(sheet, _in_picture(sight), labels)


def _paste_close_up(sheet: Sheet, close_up: Image.Image, whole: Sight) -> None:
    """The close-up in the emptiest corner, joined to a frame around what it shows."""
    frame = _around_masks(whole)
    left, top = _emptiest_corner(whole, sheet, close_up, frame)
    box = (left - 1.0, top - 1.0, float(left + close_up.width), float(top + close_up.height))
    sheet.pen.line((*_nearest_corner(box, frame), *_nearest_corner(frame, box)), fill=INK, width=1)
    sheet.pen.rectangle(frame, outline=INK, width=1)
    sheet.image.paste(close_up, (left, top))
    sheet.pen.rectangle(box, outline=INK, width=1)


def _around_masks(whole: Sight) -> Rectangle:
    """A frame around all masks, those that are hidden from here included."""
    uv, depth = project(whole.surface.xyz[whole.surface.row >= 0], whole.camera)
    low, high = uv[depth > 0].min(0) / SUPERSAMPLING, uv[depth > 0].max(0) / SUPERSAMPLING
    return float(low[0]) - 6, float(low[1]) - 6, float(high[0]) + 6, float(high[1]) + 6


def _emptiest_corner(whole: Sight, sheet: Sheet, close_up: Image.Image, frame: Rectangle) -> tuple[int, int]:
    """Upper left pixel for a close-up that hides neither the masks nor writing and as little scan as possible."""
    seen = whole.seen.index[::SUPERSAMPLING, ::SUPERSAMPLING] >= 0
    width, height = close_up.size
    right, bottom = sheet.image.width - width - 6, sheet.image.height - height - 6
    below_title = round(0.08 * sheet.image.height)

    def hidden(corner: tuple[int, int]) -> float:
        left, top = corner
        on_masks = left < frame[2] and left + width > frame[0] and top < frame[3] and top + height > frame[1]
        return float(on_masks) * 2 + seen[top : top + height, left : left + width].mean()

    # the lower corners hold the scale bar and the colour bar
    return min(((right, 6), (6, below_title), (right, bottom - below_title), (6, bottom - below_title)), key=hidden)


def _nearest_corner(of: Rectangle, to: Rectangle) -> tuple[float, float]:
    """The corner of one rectangle that is closest to the middle of another."""
    u, v = (to[0] + to[2]) / 2, (to[1] + to[3]) / 2
    return min(of[0::2], key=lambda x: abs(x - u)), min(of[1::2], key=lambda y: abs(y - v))


def _in_picture(sight: Sight) -> Int32[np.ndarray, "h w"]:
    """Row at each pixel of the finished panel."""
    return sight.row()[::SUPERSAMPLING, ::SUPERSAMPLING]


def _middle_depth(sight: Sight) -> float:
    return float(np.median(sight.seen.depth[sight.seen.index >= 0]))


def _title(name: Panel, segmentation: Segmentation | None) -> str:
    if segmentation is None or name == "scan":
        return name
    if name == "masks":
        count = len(segmentation.labels)
        return f"{count} mask{'' if count == 1 else 's'}"
    unsure = float((segmentation.point_uncertainty() > 0.5).mean())
    return f"uncertainty: {unsure:.1%} of points above 0.5"
