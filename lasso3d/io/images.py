"""Pictures inside and beside scans."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import UInt8, UInt16
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
    return _decoded(data, path, FORMATS, lambda image: np.array(image.convert("RGB")))


def decode_depth(data: bytes, path: Path) -> UInt16[np.ndarray, "h w"]:
    """A depth image: PNG of 16 bits, one channel.

    Raises:
        ReadError: anything else, damaged, or too large.
    """
    return _decoded(data, path, ("PNG",), lambda image: _whole_numbers(image, path))


def _whole_numbers(image: Image.Image, path: Path) -> UInt16[np.ndarray, "h w"]:
    if not image.mode.startswith("I"):
        what = f"holds a picture of kind {image.mode}, not depths of 16 bits"
        raise ReadError(what, str(path), "write depth as PNG of 16 bits, one channel")
    # Pillow widens what it reads to 32 bits in some versions
    return np.array(image).astype(np.uint16)


def _decoded(
    data: bytes, path: Path, formats: tuple[str, ...], convert: Callable[[Image.Image], np.ndarray]
) -> np.ndarray:
    try:
        with Image.open(BytesIO(data), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width} x {image.height}"
                raise ReadError(f"holds a picture of {size} pixels", str(path), "shrink it to 8192 x 8192")
            return convert(image)
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        what = f"holds a picture that cannot be decoded ({str(error)[:60]})"
        raise ReadError(what, str(path), "export it again as PNG") from error
