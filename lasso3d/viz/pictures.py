"""One picture of a scan and of what was found in it: scan, masks and uncertainty side by side."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int64, UInt8
from PIL import Image, ImageDraw

from lasso3d.core.errors import WriteError
from lasso3d.core.prompts import Click
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.cameras import Camera
from lasso3d.geometry.render import local_spacing
from lasso3d.viz.annotations import INK, panel_font
from lasso3d.viz.cutaway import room_shell
from lasso3d.viz.palette import BACKGROUND, height_colours
from lasso3d.viz.panels import CLOSE_UP_SIZE, Panel, draw_panel
from lasso3d.viz.shading import SUPERSAMPLING, Sight, Surface, look
from lasso3d.viz.viewpoint import DISC, Subject, best_camera, framed, resized, viewing_direction

PANEL_WIDTH = 560
"""Pixels, where no width is asked for."""
ASPECT = 0.78
"""Height of a panel by its width."""
GAP = 4
"""Pixels between panels."""
DRAWN_POINTS = 600_000
"""Points that are drawn at most: two for each pixel of a panel of the usual size."""
CLOSE_UP_BELOW = 0.03
"""Share of the panel under which masks are shown again, larger, in a corner."""
CLOSE_UP_CONTEXT = 1.3
"""The close-up shows this many times the extent of the masks."""


def picture(
    scene: Scene,
    segmentation: Segmentation | None = None,
    *,
    clicks: Sequence[Click] = (),
    width: int | None = None,
    panels: Sequence[Panel] | None = None,
) -> UInt8[np.ndarray, "h w 3"]:
    """A picture of the scan and, where there is a segmentation, of its masks and its uncertainty.

    The view is the one that shows most of the masks (of the scan where there are none); masks that stay small
    in it are repeated in a close-up. The scale bar is true in the middle of the scan. Of rooms the ceiling and the
    walls in front are left out, so that one looks in.

    Args:
        clicks: drawn as plus signs in the colour of their object, minus signs for background.
        width: pixels; None = 560 for each panel.
        panels: which to draw, left to right; None = all three, or only the scan where nothing was found yet.
    """
    shown = tuple(panels) if panels else ("scan", "masks", "uncertainty") if segmentation else ("scan",)
    if segmentation is None and shown != ("scan",):
        raise ValueError(f"panels {shown} need a segmentation")
    panel_width = PANEL_WIDTH if width is None else (width - GAP * (len(shown) - 1)) // len(shown)
    if panel_width < 64:
        raise ValueError(f"width must leave 64 pixels for each of {len(shown)} panels, found {width}")
    sights = _sights(scene, segmentation, panel_width, round(panel_width * ASPECT))
    sheets = [draw_panel(name, sights, segmentation, clicks) for name in shown]
    return np.asarray(_assembled(sheets, _caption(scene)))


def save_picture(
    path: str | Path,
    scene: Scene,
    segmentation: Segmentation | None = None,
    *,
    clicks: Sequence[Click] = (),
    width: int | None = None,
    panels: Sequence[Panel] | None = None,
) -> None:
    """Write `picture(...)` as PNG; whatever happens, `path` holds either the whole picture or what it held before.

    Raises:
        WriteError: the folder cannot be written to.
    """
    path = Path(path)
    image = Image.fromarray(picture(scene, segmentation, clicks=clicks, width=width, panels=panels))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        image.save(temporary, format="PNG")
        os.replace(temporary, path)
    except OSError as error:
        what = f"cannot write the picture: {error.strerror or error}"
        raise WriteError(what, str(path), "choose a folder you may write to") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _sights(scene: Scene, segmentation: Segmentation | None, width: int, height: int) -> tuple[Sight, Sight | None]:
    """The scan as a whole and, where masks would stay small in it, a close-up of them."""
    surface = _surface(scene, segmentation, np.arange(len(scene)))
    subject = Subject(surface.xyz, surface.row, room_shell(surface.xyz))
    camera = best_camera(subject, width, height)
    shown = surface.some(subject.kept(viewing_direction(camera)))
    whole = look(shown, resized(camera, width * SUPERSAMPLING, height * SUPERSAMPLING))
    if segmentation is None or not _stays_small(whole):
        return whole, None
    return whole, _close_up(scene, segmentation, camera)


def _stays_small(whole: Sight) -> bool:
    """Whether masks cover little of the picture and lie close enough together to be shown larger."""
    masks = whole.surface.xyz[whole.surface.row >= 0]
    if len(masks) == 0 or (whole.row() >= 0).mean() >= CLOSE_UP_BELOW:
        return False
    return bool(np.ptp(masks, axis=0).max() < 0.5 * np.ptp(whole.surface.xyz, axis=0).max())


def _close_up(scene: Scene, segmentation: Segmentation, camera: Camera) -> Sight:
    """The masks and what is around them, drawn from all points there."""
    masks = scene.xyz[segmentation.label_of_point() >= 0]
    low, high = masks.min(0), masks.max(0)
    around = 0.6 * np.linalg.norm(high - low)
    near = ((scene.xyz >= low - around) & (scene.xyz <= high + around)).all(1)
    surface = _surface(scene, segmentation, np.flatnonzero(near))
    subject = Subject(surface.xyz, surface.row, room_shell(scene.xyz))
    surface = surface.some(subject.kept(viewing_direction(camera)))
    width, height = (SUPERSAMPLING * round(CLOSE_UP_SIZE * side) for side in (camera.width, camera.height))
    middle = (low + high) / 2
    # framed as if the masks were larger than they are: what they stand on belongs in the picture
    tight = framed(middle + CLOSE_UP_CONTEXT * (masks - middle), viewing_direction(camera), width, height)
    return look(surface, tight)


def _surface(scene: Scene, segmentation: Segmentation | None, points: Int64[np.ndarray, " k"]) -> Surface:
    """What there is to draw of some points, or of a fair choice where they are too many."""
    if segmentation is None:
        points = _chosen(points, DRAWN_POINTS)
        row, uncertainty = np.full(len(points), -1, np.int32), np.zeros(len(points), np.float32)
    else:
        labels = segmentation.label_of_point()
        points = _with_masks(points, labels[points] >= 0)
        row, uncertainty = labels[points], segmentation.point_uncertainty()[points]
    xyz = scene.xyz[points]
    rgb = height_colours(xyz[:, 2]) if scene.rgb is None else scene.rgb[points]
    return Surface(xyz, DISC * local_spacing(xyz), rgb, row, uncertainty)


def _with_masks(points: Int64[np.ndarray, " k"], masked: Bool[np.ndarray, " k"]) -> Int64[np.ndarray, " c"]:
    """At most `DRAWN_POINTS`; up to half of them for the masks, so that small masks keep all their points."""
    if len(points) <= DRAWN_POINTS:
        return points
    of_masks = _chosen(points[masked], DRAWN_POINTS // 2)
    return np.sort(np.concatenate([of_masks, _chosen(points[~masked], DRAWN_POINTS - len(of_masks))]))


def _chosen(points: Int64[np.ndarray, " k"], most: int) -> Int64[np.ndarray, " c"]:
    """Evenly at random, ascending, the same ones each time."""
    if len(points) <= most:
        return points
    return points[np.sort(np.random.default_rng(0).integers(0, len(points), most))]


def _assembled(sheets: Sequence[Image.Image], caption: str) -> Image.Image:
    """Panels side by side over one line of text."""
    width = sum(sheet.width for sheet in sheets) + GAP * (len(sheets) - 1)
    foot = round(0.055 * sheets[0].height) + 12
    whole = Image.new("RGB", (width, sheets[0].height + foot), tuple(int(c) // 2 for c in BACKGROUND))
    for i, sheet in enumerate(sheets):
        whole.paste(sheet, (i * (sheet.width + GAP), 0))
    pen, font = ImageDraw.Draw(whole), panel_font(sheets[0].width)
    while pen.textlength(caption, font=font) > width - 24:
        caption = caption[:-4] + "..."
    pen.text((12, sheets[0].height + foot / 2), caption, fill=INK, font=font, anchor="lm")
    return whole


def _caption(scene: Scene) -> str:
    extent = np.ptp(scene.xyz, axis=0)
    size = " x ".join(f"{side:,.0f}" if side >= 100 else f"{side:.3g}" for side in extent) + " m"
    return "   ·   ".join(part for part in (scene.name, f"{len(scene):,} points", size) if part)
