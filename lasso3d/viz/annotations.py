"""What is written and drawn over a panel: labels at their masks, clicks, scale bar, colour bar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, floor, log10, radians, sin
from typing import final

import numpy as np
from jaxtyping import Int32
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt, find_objects

from lasso3d.core.prompts import Click
from lasso3d.core.segmentation import Label
from lasso3d.geometry.cameras import Camera, project
from lasso3d.viz.palette import ROW_COLOURS, cividis

INK = (236, 238, 242)
SHADE = (16, 18, 22)
MOST_LABELS = 24
"""More would cover the picture; the largest masks are named."""
LONGEST_LABEL = 28
"""Characters."""

Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom in pixels."""


@final
@dataclass(frozen=True, eq=False)
class Sheet:
    """A panel to draw on, and the places that are taken."""

    image: Image.Image
    taken: list[Rectangle] = field(default_factory=list)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """Draws on the panel."""
        return ImageDraw.Draw(self.image)

    @property
    def font(self) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """Grows with the panel."""
        return panel_font(self.image.width)

    def fits(self, box: Rectangle) -> bool:
        """Whether a box lies on the panel and on nothing that was drawn before."""
        left, top, right, bottom = box
        inside = left >= 2 and top >= 2 and right <= self.image.width - 2 and bottom <= self.image.height - 2
        return inside and not any(
            left < box[2] and right > box[0] and top < box[3] and bottom > box[1] for box in self.taken
        )


def panel_font(width: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font for a panel of that many pixels, never below what can be read."""
    return ImageFont.load_default(_font_size(width))


def write_title(sheet: Sheet, text: str) -> None:
    """In the upper left corner."""
    box = _text_box(sheet, text, 8.0, 6.0)
    _write(sheet, text, box)
    sheet.taken.append(box)


def write_labels(sheet: Sheet, row: Int32[np.ndarray, "h w"], labels: Sequence[Label]) -> None:
    """Each label on its mask where that is large, else beside it with a line to it; largest masks first."""
    area = np.bincount(row[row >= 0], minlength=len(labels))
    boxes = find_objects(row + 1, max_label=len(labels))
    for i in np.argsort(-area, kind="stable")[:MOST_LABELS]:
        if area[i] > 0:
            _write_label(sheet, _middle(row, int(i), boxes[i]), _shortened(str(labels[i])), int(i))


def mark_clicks(sheet: Sheet, camera: Camera, clicks: Sequence[Click], labels: Sequence[Label]) -> None:
    """A plus in the colour of the object, a minus for background, ringed so that they stand out on anything."""
    if not clicks:
        return
    uv, depth = project(np.array([click.xyz for click in clicks]), camera)
    scale = np.array([sheet.image.width / camera.width, sheet.image.height / camera.height])
    for (u, v), ahead, click in zip(uv * scale, depth, clicks, strict=True):
        if ahead > 0:
            _mark(sheet, float(u), float(v), _click_colour(click, labels), click.object > 0)


def draw_scale_bar(sheet: Sheet, camera: Camera, depth: float) -> None:
    """A bar of a round length, true at `depth` metres from the camera, in the lower left corner."""
    pixels_per_metre = camera.K[0, 0] / depth * sheet.image.width / camera.width
    length = _round_length(0.24 * sheet.image.width / pixels_per_metre)
    pen, height, right = sheet.pen, sheet.image.height, 12 + length * pixels_per_metre
    pen.rectangle((10, height - 17, right + 2, height - 11), fill=SHADE)
    pen.rectangle((12, height - 15, right, height - 13), fill=INK)
    text = f"{length:g} m" if length >= 1 else f"{length * 100:g} cm" if length >= 0.01 else f"{length * 1000:g} mm"
    box = _text_box(sheet, text, right + 8, height - 14 - _line_height(sheet) / 2)
    _write(sheet, text, box)
    sheet.taken.append((8.0, box[1] - 4, box[2], float(height)))


def draw_colour_bar(sheet: Sheet) -> None:
    """The colours of uncertainty from 0 to 1 in the lower right corner."""
    width, line = round(0.26 * sheet.image.width), _line_height(sheet)
    left, top = sheet.image.width - width - 12 - round(line * 0.9), round(sheet.image.height - 10 - line)
    ramp = np.broadcast_to(cividis(np.linspace(0, 1, width)), (round(line * 0.7), width, 3)).astype(np.uint8)
    bar = Image.fromarray(np.ascontiguousarray(ramp))
    sheet.pen.rectangle((left - 2, top - 2, left + width + 1, top + bar.height + 1), fill=INK)
    sheet.image.paste(bar, (left, top))
    for text, x in (("0", left - 0.9 * line), ("1", left + width + 6.0)):
        _write(sheet, text, _text_box(sheet, text, x, top + bar.height / 2 - line / 2))
    sheet.taken.append((left - line - 4.0, top - 4.0, float(sheet.image.width), float(sheet.image.height)))


def _write_label(sheet: Sheet, middle: tuple[float, float, float], text: str, row: int) -> None:
    u, v, clearance = middle
    for x, y in _places(sheet, text, u, v, clearance):
        box = _text_box(sheet, text, x, y)
        if sheet.fits(box):
            break
    else:
        return
    colour = tuple(int(c) for c in ROW_COLOURS[row % len(ROW_COLOURS)])
    if not (box[0] <= u <= box[2] and box[1] <= v <= box[3]):
        end = (min(max(u, box[0]), box[2]), min(max(v, box[1]), box[3]))
        sheet.pen.line((u, v, *end), fill=SHADE, width=3)
        sheet.pen.line((u, v, *end), fill=INK, width=1)
    sheet.pen.rounded_rectangle(box, radius=4, fill=SHADE, outline=colour, width=2)
    sheet.pen.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, fill=INK, font=sheet.font, anchor="mm")
    sheet.taken.append(box)


def _places(sheet: Sheet, text: str, u: float, v: float, clearance: float) -> list[tuple[float, float]]:
    """Corners for a label, best first: on the mask if it stays mostly visible, then rings around it."""
    box = _text_box(sheet, text, 0.0, 0.0)
    width, height = box[2], box[3]
    here = [(u - width / 2, v - height / 2)] if clearance > 0.8 * height else []
    rings = [clearance + height * k for k in (0.9, 1.6, 2.6, 4.0, 6.0)]
    turns = [(cos(radians(angle)), sin(radians(angle))) for angle in (-90, -45, -135, 0, 180, 45, 135, 90)]
    around = [(u + r * x + (x - 1) * width / 2, v + r * y - height / 2) for r in rings for x, y in turns]
    return here + around


def _middle(row: Int32[np.ndarray, "h w"], i: int, box: tuple[slice, slice]) -> tuple[float, float, float]:
    """The pixel of a mask farthest from its border, and how far that is."""
    inside = np.pad(row[box] == i, 1)
    clearance = distance_transform_edt(inside)
    v, u = np.unravel_index(int(clearance.argmax()), inside.shape)
    return float(u - 1 + box[1].start), float(v - 1 + box[0].start), float(clearance[v, u])


def _mark(sheet: Sheet, u: float, v: float, colour: tuple[int, int, int], positive: bool) -> None:
    radius = max(6.0, sheet.image.width / 70)
    pen, arm = sheet.pen, radius * 0.58
    for extra, fill in ((3.0, SHADE), (1.8, (255, 255, 255)), (0.0, colour)):
        reach = radius + extra
        pen.ellipse((u - reach, v - reach, u + reach, v + reach), fill=fill)
    for thickness, fill in ((4, SHADE), (2, (255, 255, 255))):
        pen.line((u - arm, v, u + arm, v), fill=fill, width=thickness)
        if positive:
            pen.line((u, v - arm, u, v + arm), fill=fill, width=thickness)
    sheet.taken.append((u - radius - 3, v - radius - 3, u + radius + 3, v + radius + 3))


def _click_colour(click: Click, labels: Sequence[Label]) -> tuple[int, int, int]:
    if click.object == 0:
        return (70, 74, 82)
    row = list(labels).index(click.object) if click.object in labels else click.object - 1
    red, green, blue = (int(c) for c in ROW_COLOURS[row % len(ROW_COLOURS)])
    return red, green, blue


def _write(sheet: Sheet, text: str, box: Rectangle) -> None:
    """Text with a dark rim, readable on anything."""
    at = (box[0] + 4, (box[1] + box[3]) / 2)
    sheet.pen.text(at, text, fill=INK, font=sheet.font, anchor="lm", stroke_width=2, stroke_fill=SHADE)


def _text_box(sheet: Sheet, text: str, left: float, top: float) -> Rectangle:
    return left, top, left + sheet.pen.textlength(text, font=sheet.font) + 8, top + _line_height(sheet)


def _line_height(sheet: Sheet) -> float:
    return 1.35 * _font_size(sheet.image.width)


def _font_size(width: int) -> int:
    return max(12, round(width / 38))


def _round_length(most: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `most`."""
    power = 10.0 ** floor(log10(most))
    return max(step for step in (1, 2, 5) if step * power <= most * (1 + 1e-9)) * power


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 3] + "..."
