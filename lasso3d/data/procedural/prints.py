"""What is printed on things: lettering, logos, pictures, bars and patches, point by point."""

from math import atan2, floor, pi
from typing import Literal

import numpy as np

from lasso3d.data.procedural.textures import clipped, cloud, hashed, noise
from lasso3d.geometry.compiled import compiled

Mark = Literal["patch", "ellipse", "text", "photo", "bars", "headline", "logo", "picture", "frame", "gradient"]
MARKS: tuple[Mark, ...] = (
    "patch", "ellipse", "text", "photo", "bars", "headline", "logo", "picture", "frame", "gradient",
)  # fmt: skip
"""New ones go to the end: decals hold the index."""

_LETTERS = """
0E11111F111111 1E11111E11111E 0E11101010110E 1E11111111111E 1F10101E10101F 1F10101E101010 0E11101711110F
1111111F111111 0E04040404040E 0702020202120C 11121418141211 1010101010101F 111B1515111111 11191513111111
0E11111111110E 1E11111E101010 0E11111115120D 1E11111E141211 0F10100E01011E 1F040404040404 1111111111110E
11111111110A04 11111115151B11 11110A040A1111 11110A04040404 1F01020408101F
00000E010F110F 00000E111F100E 04000C0404040E 00000E1111110E 00001619111111 00001619101010 00000F100E011E
08081C08080906 0C04040404040E 01010F1111110F 10101619111111 0000111111130D 00001A15151515 00000E1010110E
000F11110F010E 00001E111E1010 1010161911111E 000011110F010E 0E11131519110E 040C040404040E 0E11010204081F
"""
_ROWS = np.array([[int(g[2 * i : 2 * i + 2], 16) for i in range(7)] for g in _LETTERS.split()], np.int64)
"""Letters of 5 x 7 dots, a row per byte from the top: A to Z, eighteen small letters, three digits."""
CAPITALS = 26


@compiled
def printed(kind, du, dv, d, out):
    """Colour of a decal at an offset from its middle, in `out`; False where the surface below shows."""
    pitch, seed = d[12], int(d[13])
    if kind == 7:
        _picture(du / d[4], dv / d[5], d, seed, out)
        return True
    share = 0.0
    if kind == 1:
        away = (du / d[4]) ** 2 + (dv / d[5]) ** 2
        share = -1.0 if away > 1 else (1.0 if away > 0.75 else 0.0)
    elif kind == 2:
        share = _text((du + d[4]) / pitch, (d[5] - dv) / pitch, 2 * d[4] / pitch, seed)
    elif kind == 3:
        blobs = cloud(du / pitch, dv / pitch, seed)
        share = clipped(3 * blobs - 1 + 0.25 * noise(du / pitch * 7, dv / pitch * 7, seed + 3))
    elif kind == 4:
        share = 1.0 if hashed(floor(du / pitch), 0, seed) < 0.5 else 0.0
    elif kind == 5:
        share = _headline(du, dv, d[4], d[5], seed)
    elif kind == 6:
        share = _logo(du / min(d[4], d[5]), dv / min(d[4], d[5]), seed)
    elif kind == 8:
        share = 0.0 if d[4] - abs(du) < pitch or d[5] - abs(dv) < pitch else -1.0
    elif kind == 9:
        share = 0.5 + 0.5 * dv / d[5]
    if share >= 0:
        _mix(out, d[6], d[7], d[8], d[9], d[10], d[11], share)
    return share >= 0


@compiled
def _mix(out, r, g, b, r2, g2, b2, share):
    out[0], out[1], out[2] = r + share * (r2 - r), g + share * (g2 - g), b + share * (b2 - b)


@compiled
def _dot(glyph, x, y):
    """Whether a letter has ink at a place of its 5 x 7 dots."""
    if x < 0 or x >= 5 or y < 0 or y >= 7:
        return False
    return (_ROWS[glyph, int(y)] >> (4 - int(x))) & 1 == 1


@compiled
def _text(u, v, width, seed):
    """Words in lines of height 1, ragged on the right, a free line between paragraphs; -1 = paper."""
    line, column = floor(v), floor(u / 0.6)
    if hashed(line, 5, seed) < 0.12 or u > width * (1 - 0.4 * hashed(line, 6, seed) ** 2):
        return -1.0
    # eight places a word, out of step from line to line
    shifted = column + int(8 * hashed(line, 7, seed))
    word = shifted // 8
    if shifted - 8 * word >= 2 + floor(6 * hashed(word, line, seed)):
        return -1.0
    letter = hashed(column, line, seed + 1)
    capital = column == 0 or hashed(word, line, seed + 2) < 0.15
    glyph = int(CAPITALS * letter) if capital else CAPITALS + int((len(_ROWS) - CAPITALS) * letter)
    return 0.0 if _dot(glyph, floor((u / 0.6 - column) * 6), floor((v - line - 0.15) * 10)) else -1.0


@compiled
def _headline(du, dv, half_u, half_v, seed):
    """One word as large as fits."""
    letters = 3 + int(7 * hashed(0, 0, seed))
    dot = min(2 * half_u / (6 * letters), 2 * half_v / 7)
    x, y = floor(du / dot + 3 * letters), floor(3.5 - dv / dot)
    which = x // 6
    if which < 0 or which >= letters:
        return -1.0
    glyph = int(CAPITALS * hashed(which, 1, seed))
    # some are set bold
    bold = hashed(0, 2, seed) < 0.4 and _dot(glyph, x - 6 * which - 1, y)
    return 0.0 if _dot(glyph, x - 6 * which, y) or bold else -1.0


@compiled
def _logo(x, y, seed):
    """A ring, a star, a shield, a wave, a cross or a drop; share of the second colour, -1 = outside."""
    kind, away, angle = int(6 * hashed(0, 0, seed)), (x * x + y * y) ** 0.5, atan2(y, x)
    if kind == 0:
        return -1.0 if away > 1 else (0.0 if away > 0.78 or away < 0.4 else 1.0)
    if kind == 1:
        points = 4 + int(5 * hashed(0, 1, seed))
        place = (angle / (2 * pi) + 0.25) * points
        spike = abs(place - floor(place) - 0.5) * 2
        return 0.0 if away < 0.4 + 0.6 * (1 - spike) else -1.0
    if kind == 2:
        side = 0.8 if y > -0.2 else 0.8 * (1 - ((-0.2 - y) / 0.8) ** 2)
        if abs(y) > 1 or abs(x) > side:
            return -1.0
        return 1.0 if (y > 0.45) != (abs(x) < 0.15) else 0.0
    if kind == 3:
        return 0.0 if abs(x) < 1 and abs(y - 0.4 * x * (1 - x * x) * 2) < 0.32 * (1 - abs(x)) + 0.05 else -1.0
    if kind == 4:
        return -1.0 if away > 1 else (1.0 if min(abs(x), abs(y)) < 0.22 else 0.0)
    if away > 1 or (y > 0 and abs(x) > 1 - y):
        return -1.0
    return 1.0 if (x + 0.25) ** 2 + (y + 0.3) ** 2 < 0.06 else 0.0


@compiled
def _picture(x, y, d, seed, out):
    """Something like a photograph or a painting, x and y from -1 to 1; colours of the decal and others."""
    kind = int(5 * hashed(0, 0, seed))
    if kind == 0:
        _landscape(x, y, seed, out)
    elif kind == 1:
        _portrait(x, y, d, seed, out)
    elif kind == 2:
        _still_life(x, y, d, seed, out)
    elif kind == 3:
        _abstract(x, y, d, seed, out)
    else:
        _skyline(x, y, seed, out)
    film = 0.82 + 0.36 * cloud(3 * x, 3 * y, seed + 40)
    for k in range(3):
        out[k] = clipped(film * out[k])


@compiled
def _any_ink(i, seed, out):
    """One of a seed's colours, natural ones more often than bright ones."""
    bright, tint = 0.15 + 0.75 * hashed(i, 11, seed), hashed(i, 12, seed)
    strength = 0.6 * hashed(i, 13, seed)
    out[0] = bright * (1 - strength * (tint if tint < 0.5 else 0.2))
    out[1] = bright * (1 - strength * abs(2 * tint - 1) * 0.8)
    out[2] = bright * (1 - strength * (1 - tint if tint > 0.3 else 1.0))


@compiled
def _landscape(x, y, seed, out):
    """Sky, perhaps a sun, two ranges of hills, a field or water."""
    low = -0.3 + 0.6 * hashed(1, 0, seed)
    evening = hashed(2, 0, seed)
    _mix(out, 0.85, 0.6 + 0.3 * evening, 0.5 + 0.4 * evening, 0.3, 0.5, 0.8, clipped((y - low) / 1.2))
    if (x - 1.2 * hashed(3, 0, seed) + 0.6) ** 2 + (y - 0.6) ** 2 < 0.03:
        out[0], out[1], out[2] = 1.0, 0.95, 0.75
    if cloud(1.5 * x, 4 * y, seed + 3) > 0.62:
        out[0], out[1], out[2] = 0.92, 0.92, 0.92
    if y < low + 0.7 * (cloud(1.1 * x + 9, 0.5, seed) - 0.3):
        _mix(out, 0.42, 0.5, 0.55, 0.3, 0.38, 0.42, cloud(6 * x, 6 * y, seed))
    if y < low - 0.15 + 0.6 * (cloud(1.7 * x, 5.5, seed + 1) - 0.4):
        green = hashed(4, 0, seed)
        _mix(out, 0.2 + 0.35 * green, 0.42, 0.15, 0.1, 0.18, 0.08, cloud(9 * x, 14 * y, seed + 2))
    if y < low - 0.35:
        water = hashed(5, 0, seed) < 0.4
        if water:
            _mix(out, 0.25, 0.42, 0.55, 0.6, 0.72, 0.78, cloud(2 * x, 22 * y, seed + 5))
        else:
            _mix(out, 0.62, 0.55, 0.25, 0.3, 0.36, 0.14, cloud(5 * x, 18 * y, seed + 5))


@compiled
def _portrait(x, y, d, seed, out):
    """Head and shoulders before a backdrop."""
    _mix(out, d[6], d[7], d[8], 0.15, 0.15, 0.17, clipped(0.5 * (x * x + y * y)))
    off = 0.3 * (hashed(1, 0, seed) - 0.5)
    if ((x - off) / 0.85) ** 2 + ((y + 1.1) / 0.75) ** 2 < 1:
        _mix(out, d[9], d[10], d[11], 0.08, 0.08, 0.1, 0.5 * cloud(4 * x, 4 * y, seed))
    hair = ((x - off) / 0.47) ** 2 + ((y - 0.2) / 0.62) ** 2 < 1
    if hair:
        dark = 0.1 + 0.5 * hashed(2, 0, seed) ** 2
        out[0], out[1], out[2] = dark, 0.75 * dark, 0.5 * dark
    neck = abs(x - off) < 0.16 and -0.6 < y < -0.1
    if neck or ((x - off) / 0.36) ** 2 + ((y - 0.08) / 0.48) ** 2 < 1:
        skin = 0.35 + 0.5 * hashed(3, 0, seed)
        shade = 0.75 + 0.25 * clipped(1 + (x - off))
        out[0], out[1], out[2] = shade * skin * 1.1, shade * skin * 0.82, shade * skin * 0.66
        eye = min((x - off - 0.14) ** 2, (x - off + 0.14) ** 2) + (y - 0.15) ** 2
        if eye < 0.0025 or (abs(x - off) < 0.12 and abs(y + 0.18) < 0.02):
            out[0], out[1], out[2] = 0.2, 0.12, 0.1


@compiled
def _still_life(x, y, d, seed, out):
    """Round things on a table, lit from the left."""
    if y < -0.25:
        _mix(out, d[9], d[10], d[11], 0.2, 0.16, 0.12, cloud(2 * x, 8 * y, seed))
    else:
        _mix(out, d[6], d[7], d[8], 0.9, 0.88, 0.82, clipped(0.5 - 0.4 * x))
    for i in range(6):
        cx, cy = 1.6 * (hashed(i, 1, seed) - 0.5), -0.45 + 0.45 * hashed(i, 2, seed)
        radius, tall = 0.14 + 0.25 * hashed(i, 3, seed), 0.8 + 0.8 * hashed(i, 4, seed)
        away = ((x - cx) / radius) ** 2 + ((y - cy) / (radius * tall)) ** 2
        if away < 1:
            _any_ink(i, seed, out)
            light = 0.55 + 0.6 * clipped(
                1 - ((x - cx + 0.4 * radius) ** 2 + (y - cy - 0.4 * radius) ** 2) / radius**2
            )
            for k in range(3):
                out[k] *= light


@compiled
def _abstract(x, y, d, seed, out):
    """A plane cut again and again, fields in the decal's and other colours, some with stripes."""
    left, right, low, high, code = -1.0, 1.0, -1.0, 1.0, 1
    for level in range(2 + int(4 * hashed(1, 0, seed))):
        share = 0.3 + 0.4 * hashed(code, level, seed + 1)
        if right - left > high - low:
            cut = left + share * (right - left)
            if x < cut:
                right, code = cut, 2 * code
            else:
                left, code = cut, 2 * code + 1
        else:
            cut = low + share * (high - low)
            if y < cut:
                high, code = cut, 2 * code
            else:
                low, code = cut, 2 * code + 1
    pick = hashed(code, 9, seed)
    if pick < 0.25:
        out[0], out[1], out[2] = d[6], d[7], d[8]
    elif pick < 0.5:
        out[0], out[1], out[2] = d[9], d[10], d[11]
    else:
        _any_ink(code, seed, out)
    if hashed(code, 10, seed) < 0.2 and (floor(12 * (x + y)) & 1) == 0:
        out[0], out[1], out[2] = 0.9, 0.88, 0.84
    if min(min(x - left, right - x), min(y - low, high - y)) < 0.03 * hashed(2, 0, seed):
        out[0], out[1], out[2] = 0.08, 0.08, 0.09


@compiled
def _skyline(x, y, seed, out):
    """Towers with windows at dusk or at noon."""
    noon = hashed(1, 0, seed)
    _mix(out, 0.9 - 0.2 * noon, 0.6 + 0.2 * noon, 0.45 + 0.4 * noon, 0.15 + 0.3 * noon, 0.2 + 0.3 * noon,
         0.4 + 0.4 * noon, clipped(0.5 + 0.5 * y))  # fmt: skip
    for layer in range(2):
        wide = 0.16 + 0.12 * layer
        tower = floor(x / wide + 7.3 * hashed(layer, 2, seed))
        top = -0.6 + 1.2 * hashed(tower, layer, seed + 3) - 0.3 * layer
        if y < top:
            tone = 0.12 + 0.35 * noon + 0.15 * hashed(tower, layer, seed + 4) - 0.08 * layer
            out[0], out[1], out[2] = tone, tone, 1.1 * tone
            inside = x / (0.2 * wide)
            if (floor(inside) & 1) and (floor(y * 22) & 1) and hashed(floor(inside), floor(y * 22), seed) < 0.6:
                out[0], out[1], out[2] = 0.85, 0.78, 0.5
