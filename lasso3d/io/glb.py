"""Binary glTF 2.0 (GLB). Every position is checked before it is followed, and no other file is read."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from lasso3d.core.errors import LassoError, ReadError
from lasso3d.io.images import MOST_PIXELS, decode_image
from lasso3d.io.mapped import map_file
from lasso3d.io.surface import Surface, Texture

JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942

COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}

WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}

TRIANGLES, STRIP, FAN = 4, 5, 6

MOST_CORNERS = 50_000_000
"""Of all instances together; one small mesh may be named by many nodes."""

MOST_PARTS = 5_000
"""Each costs some tenths of a millisecond, however small it is; chosen by eye."""

DEEPEST = 100
"""Levels of nodes (chosen by eye; robots reach some twenty)."""


@dataclass(frozen=True)
class Glb:
    """A parsed file."""

    path: Path
    tree: dict[str, Any]
    binary: UInt8[np.ndarray, " b"]
    pictures: dict[tuple[int, int], UInt8[np.ndarray, "h w 3"]] = field(default_factory=dict)
    """Decoded ones by start and length: parts share them."""

    def item(self, kind: str, index: Any) -> dict[str, Any]:
        """Entry of a top-level list; refuses what is not there."""
        entries = self.tree.get(kind, [])
        known = type(index) is int and isinstance(entries, list) and 0 <= index < len(entries)
        if not known or not isinstance(entries[index], dict):
            raise damaged(self.path, f"names {kind} {str(index)[:20]}, which is not there")
        entry: dict[str, Any] = entries[index]
        return entry


def read_glb(path: Path) -> tuple[Surface, ...]:
    """The triangles of all nodes of the scene in world coordinates, one part for each primitive of each node.

    Vertices keep the order of the file, nodes come depth first. Colours are the base colour factor, texture and
    vertex colours; normals, morph targets and skins are not read.

    Raises:
        ReadError: not GLB, damaged, compressed by an extension, or parts of it lie in other files.
    """
    try:
        with np.errstate(all="ignore"):  # what overflows is refused as not finite
            return tuple(_parts(_parsed(path)))
    except LassoError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise damaged(path, f"is not understood ({str(error)[:80]})") from error


def damaged(path: Path, what: str, cure: str = "export it again") -> ReadError:
    return ReadError(f"the GLB file {what}", str(path), cure)


def _parsed(path: Path) -> Glb:
    data = map_file(path)
    if len(data) < 20 or data[:4].tobytes() != b"glTF":
        raise damaged(path, f"starts with {data[:4].tobytes()!r}, not glTF", "check that it is a GLB file")
    version, _, size, kind = struct.unpack_from("<IIII", data.data, 4)
    if version != 2 or kind != JSON_CHUNK or 20 + size > len(data):
        raise damaged(path, f"has version {version} and a first part of {size} bytes in {len(data)}")
    tree = json.loads(data[20 : 20 + size].tobytes())
    if not isinstance(tree, dict):
        raise damaged(path, "holds no glTF object")
    needed = [name for name in tree.get("extensionsRequired", []) if "draco" in name or "meshopt" in name]
    if needed:
        raise damaged(path, f"is compressed with {needed[0]}", "export it without mesh compression")
    binary = data[len(data) :]
    at = 20 + size
    if at + 8 <= len(data):
        length, kind = struct.unpack_from("<II", data.data, at)
        if kind == BINARY_CHUNK:
            if at + 8 + length > len(data):
                raise damaged(path, f"is cut off: {length} bytes of data promised", "copy it again")
            binary = data[at + 8 : at + 8 + length]
    return Glb(path, tree, np.asarray(binary))


def _parts(glb: Glb) -> Iterator[Surface]:
    parts = corners = 0
    for node, pose in _nodes(glb):
        if "mesh" not in node:
            continue
        for primitive in glb.item("meshes", node["mesh"])["primitives"]:
            mode = primitive.get("mode", TRIANGLES)
            if mode in (TRIANGLES, STRIP, FAN) and "POSITION" in primitive["attributes"]:
                part = _surface(glb, primitive, pose)
                parts, corners = parts + 1, corners + len(part.vertices) + 3 * len(part.faces)
                if corners > MOST_CORNERS or parts > MOST_PARTS:
                    limits = f"{MOST_CORNERS} corners or {MOST_PARTS} parts"
                    raise damaged(glb.path, f"has more than {limits}", "join parts or split it into several files")
                yield part


def _nodes(glb: Glb) -> Iterator[tuple[dict[str, Any], Float64[np.ndarray, "4 4"]]]:
    """Nodes of the scene with their pose in the world, depth first; a node that comes twice is a loop."""
    scenes = glb.tree.get("scenes")
    roots = glb.item("scenes", glb.tree.get("scene", 0)).get("nodes", []) if scenes else _roots(glb)
    waiting = [(index, np.eye(4), 0) for index in reversed(roots)]
    seen: set[int] = set()
    while waiting:
        index, parent, depth = waiting.pop()
        node = glb.item("nodes", index)
        if index in seen or depth > DEEPEST:
            raise damaged(glb.path, f"reaches node {index} on two ways or too deep")
        seen.add(index)
        pose = parent @ _pose(node)
        waiting += [(child, pose, depth + 1) for child in reversed(node.get("children", []))]
        yield node, pose


def _roots(glb: Glb) -> list[int]:
    nodes = glb.tree.get("nodes", [])
    children = {child for node in nodes for child in node.get("children", [])}
    return [index for index in range(len(nodes)) if index not in children]


def _pose(node: dict[str, Any]) -> Float64[np.ndarray, "4 4"]:
    """Matrix, or translation, rotation (x y z w) and scale."""
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = (float(value) for value in node.get("rotation", (0, 0, 0, 1)))
    pose = np.eye(4)
    pose[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    pose[:3, :3] *= np.array(node.get("scale", (1, 1, 1)), np.float64)
    pose[:3, 3] = node.get("translation", (0, 0, 0))
    return pose


def _surface(glb: Glb, primitive: dict[str, Any], pose: Float64[np.ndarray, "4 4"]) -> Surface:
    attributes = primitive["attributes"]
    vertices = accessor(glb, attributes["POSITION"], width=3)
    faces = _faces(glb, primitive, len(vertices))
    if np.linalg.det(pose[:3, :3]) < 0:
        faces = faces[:, ::-1]
    world = vertices @ pose[:3, :3].T + pose[:3, 3]
    rgb = None
    if "COLOR_0" in attributes:
        rgb = np.rint(np.clip(accessor(glb, attributes["COLOR_0"])[:, :3], 0, 1) * 255).astype(np.uint8)
    texture, tint = _material(glb, primitive)
    for name, array in (("COLOR_0", rgb), ("TEXCOORD", texture.uv if texture is not None else None)):
        if array is not None and len(array) != len(vertices):
            raise damaged(glb.path, f"has {len(array)} values of {name} for {len(vertices)} vertices")
    return Surface(world, np.ascontiguousarray(faces), rgb=rgb, texture=texture, tint=tint)


def _faces(glb: Glb, primitive: dict[str, Any], vertices: int) -> Int64[np.ndarray, "f 3"]:
    mode = primitive.get("mode", TRIANGLES)
    if "indices" in primitive:
        order = accessor(glb, primitive["indices"], width=1)[:, 0].astype(np.int64)
    else:
        order = np.arange(vertices)
    if mode == TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    first = np.broadcast_to(order[:1], (max(0, len(order) - 2),)) if mode == FAN else order[:-2]
    faces = np.stack([first, order[1:-1], order[2:]], axis=1)
    if mode == STRIP:
        faces[1::2] = faces[1::2, [1, 0, 2]]
    return faces


def accessor(glb: Glb, index: Any, *, width: int | None = None) -> Float64[np.ndarray, "k c"]:
    """A table of numbers; normalised integers are scaled to 0..1 or -1..1."""
    entry = glb.item("accessors", index)
    columns, count, dtype = WIDTHS[entry["type"]], entry["count"], np.dtype(COMPONENTS[entry["componentType"]])
    if width not in (None, columns) or type(count) is not int or count < 0:
        raise damaged(glb.path, f"has an accessor of {str(count)[:20]} {entry['type']}, which does not fit its use")
    if "bufferView" in entry:
        table = _table(glb, entry, count, columns * dtype.itemsize)
        values = np.ascontiguousarray(table).view(dtype).astype(np.float64)
    elif count <= len(glb.binary):
        values = np.zeros((count, columns))
    else:
        raise damaged(glb.path, f"has an accessor of {count} zeros")
    if "sparse" in entry:
        _replace_sparse(glb, entry["sparse"], values, dtype)
    if entry.get("normalized") and dtype.kind in "iu":
        values = np.maximum(values / np.iinfo(dtype).max, -1)
    return values


def _table(glb: Glb, entry: dict[str, Any], count: int, size: int) -> UInt8[np.ndarray, "k bytes"]:
    """The bytes of `count` elements of `size` bytes each."""
    start, length, stride = view_of(glb, entry["bufferView"])
    offset, step = entry.get("byteOffset", 0), stride or size
    if (
        type(offset) is not int
        or offset < 0
        or step < size
        or (count and offset + (count - 1) * step + size > length)
    ):
        raise damaged(glb.path, f"has an accessor of {count} elements that leaves its {length} bytes")
    if count == 0:
        return np.empty((0, size), np.uint8)
    flat = glb.binary[start + offset : start + offset + (count - 1) * step + size]
    return np.lib.stride_tricks.as_strided(flat, (count, size), (step, 1), writeable=False)


def view_of(glb: Glb, index: Any) -> tuple[int, int, int]:
    """Start, length and stride (0 = close packed) of a buffer view, inside the binary part."""
    view = glb.item("bufferViews", index)
    buffer = glb.item("buffers", view["buffer"])
    if "uri" in buffer or view["buffer"] != 0:
        raise damaged(glb.path, "keeps its data in other files, which are not read", "export it as a single .glb")
    start, length, stride = view.get("byteOffset", 0), view["byteLength"], view.get("byteStride", 0)
    if not all(type(number) is int and number >= 0 for number in (start, length, stride)):
        raise damaged(glb.path, "has a buffer view that makes no sense")
    if start + length > len(glb.binary):
        raise damaged(glb.path, f"has a buffer view of {length} bytes that leaves its {len(glb.binary)} bytes")
    return start, length, stride


def _replace_sparse(glb: Glb, sparse: dict[str, Any], values: np.ndarray, dtype: np.dtype) -> None:
    """Puts the values that differ from the stored table into it."""
    count, kind = sparse["count"], np.dtype(COMPONENTS[sparse["indices"]["componentType"]])
    if type(count) is not int or not 0 <= count <= len(values):
        raise damaged(glb.path, f"has a sparse accessor of {str(count)[:20]} elements")
    where = np.ascontiguousarray(_table(glb, sparse["indices"], count, kind.itemsize)).view(kind)[:, 0]
    table = _table(glb, sparse["values"], count, values.shape[1] * dtype.itemsize)
    if count and int(where.max()) >= len(values):
        raise damaged(glb.path, "has a sparse accessor that leaves its table")
    values[where.astype(np.int64)] = np.ascontiguousarray(table).view(dtype)


def _material(glb: Glb, primitive: dict[str, Any]) -> tuple[Texture | None, tuple[float, float, float] | None]:
    """Base colour texture and factor."""
    if "material" not in primitive:
        return None, None
    look = glb.item("materials", primitive["material"]).get("pbrMetallicRoughness", {})
    red, green, blue = (float(value) for value in look.get("baseColorFactor", (1, 1, 1, 1))[:3])
    reference = look.get("baseColorTexture")
    texture = None
    if reference is not None:
        uv = primitive["attributes"].get(f"TEXCOORD_{reference.get('texCoord', 0)}")
        pixels = _image(glb, reference["index"]) if uv is not None else None
        if uv is not None and pixels is not None:
            texture = Texture(pixels, np.nan_to_num(accessor(glb, uv, width=2)))
    tint = (red, green, blue) if "baseColorFactor" in look else None
    return texture, tint


def _image(glb: Glb, index: Any) -> UInt8[np.ndarray, "h w 3"] | None:
    """An embedded image; None where it lies in another file."""
    entry = glb.item("textures", index)
    webp = entry.get("extensions", {}).get("EXT_texture_webp", {}).get("source")
    source = glb.item("images", entry.get("source", webp))
    if "bufferView" not in source:
        return None
    start, length, _ = view_of(glb, source["bufferView"])
    if (start, length) not in glb.pictures:
        glb.pictures[start, length] = decode_image(glb.binary[start : start + length].tobytes(), glb.path)
        if sum(picture.size for picture in glb.pictures.values()) > 3 * MOST_PIXELS:
            raise damaged(glb.path, f"has textures of more than {MOST_PIXELS} pixels", "shrink or join them")
    return glb.pictures[start, length]
