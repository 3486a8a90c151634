"""Pictures inside and beside scans."""

from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from lasso3d.core.errors import ReadError

FORMATS = ("PNG", "JPEG", "WEBP")

MOST_PIXELS = 8192**2
"""Larger pictures are refused before they are decoded (200 MB as RGB)."""


def decode_image(data: bytes, path: Path) -> UInt8[np.ndarray, "h w 3"]:
    """A picture as RGB, opaque.

    Raises:
        ReadError: no picture of a known format, damaged, or too large.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width} x {image.height}"
                raise ReadError(f"holds a picture of {size} pixels", str(path), "shrink it to 8192 x 8192")
            return np.array(image.convert("RGB"))
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        what = f"holds a picture that cannot be decoded ({str(error)[:60]})"
        raise ReadError(what, str(path), "export it again as PNG") from error
