"""Colours that stay apart for colour-blind eyes, and what they are laid over."""

import numpy as np
from jaxtyping import Float, Float32, Int32, UInt8

ROW_COLOURS = np.array(
    [
        [63, 144, 218],
        [255, 169, 14],
        [189, 31, 1],
        [131, 45, 182],
        [169, 107, 89],
        [231, 99, 0],
        [185, 172, 112],
        [146, 218, 221],
    ],
    np.uint8,
)
"""The ten colours of Petroff (2021, arXiv 2107.02270) without the two greys, which would look like bare scan."""

BACKGROUND = np.array([27, 30, 36], np.uint8)
"""Dark, so that masks shine and white tables keep their outline."""

_CIVIDIS = np.array(
    [
        [0, 34, 78],
        [18, 53, 112],
        [59, 73, 108],
        [87, 93, 109],
        [112, 113, 115],
        [138, 134, 120],
        [165, 156, 116],
        [195, 179, 105],
        [225, 204, 85],
        [254, 232, 56],
    ],
    np.float32,
)
"""Ten even steps of cividis (Nunez, Anderton, Renslow 2018, PLOS ONE 13(7))."""

_HEIGHTS = np.array([[74, 92, 122], [112, 150, 158], [182, 190, 164], [233, 214, 170], [250, 240, 220]], np.float32)
"""Slate to sand, chosen by eye: lightness rises with height and no row colour is near."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Rec. 601."""


def row_colours(rows: Int32[np.ndarray, " k"]) -> UInt8[np.ndarray, "k 3"]:
    """The colour of each row; after eight the colours come again and only outline and label tell rows apart."""
    return ROW_COLOURS[rows % len(ROW_COLOURS)]


def cividis(values: Float[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape 3"]:
    """Colours 0 to 255 for values 0 (dark blue) to 1 (yellow): even steps with any colour vision."""
    return _ramp(values, _CIVIDIS)


def height_colours(z: Float32[np.ndarray, " n"]) -> UInt8[np.ndarray, "n 3"]:
    """Colours for a scan that has none, from low to high; the lowest and highest percent share theirs."""
    low, high = np.percentile(z, (1, 99))
    share = np.clip((z - low) / max(high - low, 1e-6), 0, 1)
    return _ramp(share, _HEIGHTS).astype(np.uint8)


def darkened_grey(rgb: UInt8[np.ndarray, "k 3"]) -> Float32[np.ndarray, "k 3"]:
    """The scan as a quiet ground for colour: grey, and at most half as bright as white."""
    grey = 38 + 0.36 * (rgb.astype(np.float32) @ _LUMA)
    return np.repeat(grey[:, None], 3, axis=1)


def _ramp(
    values: Float[np.ndarray, "*shape"], anchors: Float32[np.ndarray, "a 3"]
) -> Float32[np.ndarray, "*shape 3"]:
    place = np.clip(values, 0, 1).astype(np.float32) * (len(anchors) - 1)
    below = np.minimum(place.astype(np.int32), len(anchors) - 2)
    share = (place - below.astype(np.float32))[..., None]
    return anchors[below] * (1 - share) + anchors[below + 1] * share
