"""Small valid files of every format, built byte by byte without the library that is tested with them."""

import io
import struct
import zipfile

import laspy
import numpy as np

PLY_TYPES = {"u1": "uchar", "i2": "short", "u2": "ushort", "i4": "int", "u4": "uint", "f4": "float", "f8": "double"}
PLY_FORMATS = {"text": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}

XYZ = [(name, "f4") for name in "xyz"]
XYZ_F64 = [(name, "f8") for name in "xyz"]
COLOURS = [(name, "u1") for name in ("red", "green", "blue")]
NORMALS = [(name, "f4") for name in ("nx", "ny", "nz")]
OTHERS = [("intensity", "f4"), ("class", "u2"), ("time", "f8"), ("id", "i4")]


def random_points(fields: list, *, count: int = 50, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    """A structured array; coordinates within 10 m of `offset`, whole numbers over the range of their type."""
    rng = np.random.default_rng(seed)
    points = np.zeros(count, fields)
    for name, kind, *_ in fields:
        shape = points[name].shape
        if np.dtype(kind).kind == "f":
            points[name] = rng.uniform(-10, 10, shape) + (offset if name in "xyz" else 0)
        else:
            limits = np.iinfo(kind)
            points[name] = rng.integers(limits.min, limits.max, shape, dtype=kind, endpoint=True)
    return points


def ply_file(
    points: np.ndarray,
    *,
    encoding: str = "<",
    newline: str = "\n",
    remarks: tuple[str, ...] = (),
    before: tuple[str, bytes] = ("", b""),
    after: tuple[str, bytes] = ("", b""),
) -> bytes:
    """`before` and `after` are header lines and data of elements around the points."""
    properties = [f"property {PLY_TYPES[points.dtype[name].str[1:]]} {name}" for name in points.dtype.names]
    lines = ["ply", f"format {PLY_FORMATS[encoding]} 1.0", *remarks, *before[0].splitlines()]
    lines += [f"element vertex {len(points)}", *properties, *after[0].splitlines(), "end_header"]
    header = "".join(line + newline for line in lines).encode()
    if encoding == "text":
        data = text_rows(points, newline)
    else:
        data = points.astype(points.dtype.newbyteorder(encoding)).tobytes()
    return header + before[1] + data + after[1]


def text_rows(points: np.ndarray, newline: str = "\n") -> bytes:
    rows = (" ".join(str(word) for value in row for word in np.atleast_1d(value).tolist()) for row in points)
    return "".join(row + newline for row in rows).encode()


def pcd_file(points: np.ndarray, *, encoding: str = "binary", width: int | None = None, remarks: str = "") -> bytes:
    """Packed records; `width` for organised clouds."""
    names = points.dtype.names
    kinds = [points.dtype[name].base for name in names]
    counts = [int(np.prod(points.dtype[name].shape)) for name in names]
    width = width or len(points)
    header = (
        f"# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\n{remarks}FIELDS {' '.join(names)}\n"
        f"SIZE {' '.join(str(kind.itemsize) for kind in kinds)}\n"
        f"TYPE {' '.join(kind.kind.upper() for kind in kinds)}\n"
        f"COUNT {' '.join(map(str, counts))}\nWIDTH {width}\nHEIGHT {len(points) // width}\n"
        f"VIEWPOINT 1 2 3 1 0 0 0\nPOINTS {len(points)}\nDATA {encoding}\n"
    ).encode()
    if encoding == "ascii":
        return header + text_rows(points)
    if encoding == "binary":
        return header + points.tobytes()
    columns = b"".join(np.ascontiguousarray(points[name]).tobytes() for name in names)
    packed = literal_runs(columns)
    return header + struct.pack("<II", len(packed), len(columns)) + packed


def literal_runs(data: bytes) -> bytes:
    """The simplest LZF stream: no references at all."""
    runs = (data[start : start + 32] for start in range(0, len(data), 32))
    return b"".join(bytes([len(run) - 1]) + run for run in runs)


def plain_lzf(packed: bytes) -> bytes:
    """LZF unpacked word by word, the twin of the compiled loop; IndexError where a stream is cut."""
    out = bytearray()
    stream = iter(packed)
    for control in stream:
        if control < 32:
            out += bytes([next(stream) for _ in range(control + 1)])
            continue
        length = (control >> 5) + 2
        if length == 9:
            length += next(stream)
        distance = ((control & 31) << 8) + next(stream) + 1
        for _ in range(length):
            out.append(out[-distance])
    return bytes(out)


def npy_file(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npz_file(arrays: dict[str, np.ndarray], *, compressed: bool = False) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            archive.writestr(f"{key}.npy", npy_file(array))
    return file.getvalue()


def las_file(*, compressed: bool, point_format: int = 3, version: str = "1.2", count: int = 50) -> bytes:
    rng = np.random.default_rng(0)
    header = laspy.LasHeader(point_format=point_format, version=version)
    header.scales, header.offsets = np.full(3, 0.001), np.array([500_000.0, 5_400_000.0, 0.0])
    las = laspy.LasData(header)
    las.xyz = rng.uniform(0, 100, (count, 3)) + header.offsets
    las.intensity = rng.integers(0, 65535, count).astype(np.uint16)
    las.red = rng.integers(0, 65535, count).astype(np.uint16)
    file = io.BytesIO()
    las.write(file, do_compress=compressed)
    return file.getvalue()


SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], "<i4")


def mesh_ply_file(*, encoding: str = "<") -> bytes:
    points = np.zeros(4, XYZ + COLOURS)
    for axis, name in enumerate("xyz"):
        points[name] = SQUARE[:, axis]
    faces = np.zeros(2, [("n", "u1"), ("corners", f"{encoding if encoding != 'text' else '<'}i4", 3)])
    faces["n"], faces["corners"] = 3, TRIANGLES
    data = b"3 0 1 2\n3 0 2 3\n" if encoding == "text" else faces.tobytes()
    after = ("element face 2\nproperty list uchar int vertex_indices", data)
    return ply_file(points, encoding=encoding, after=after)


def obj_file() -> bytes:
    vertices = "".join(f"v {x} {y} {z} 0.5 0.5 0.5\n" for x, y, z in SQUARE.tolist())
    return ("# a square\nmtllib none.mtl\n" + vertices + "vn 0 0 1\nf 1//1 2//1 3//1\nf -4 -2 -1\n").encode()


def stl_file() -> bytes:
    facets = [struct.pack("<12fH", 0, 0, 1, *SQUARE[triangle].ravel(), 0) for triangle in TRIANGLES]
    return b"square".ljust(80) + struct.pack("<I", len(facets)) + b"".join(facets)


TEXT_STL = b"""solid s
 facet normal 0 0 1
  outer loop
   vertex 0 0 0
   vertex 1 0 0
   vertex 0 1 0
  endloop
 endfacet
endsolid s
"""


def glb_file() -> bytes:
    indices = TRIANGLES.astype("<u2").tobytes()
    text = (
        b'{"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],'
        b'"meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],'
        b'"accessors":[{"bufferView":0,"componentType":5126,"count":4,"type":"VEC3","min":[0,0,0],"max":[1,1,0]},'
        b'{"bufferView":1,"componentType":5123,"count":6,"type":"SCALAR"}],'
        b'"bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":48},{"buffer":0,"byteOffset":48,"byteLength":12}],'
        b'"buffers":[{"byteLength":60}]}'
    )
    text += b" " * (-len(text) % 4)
    data = SQUARE.tobytes() + indices
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def samples() -> dict[str, list[bytes]]:
    """Valid files by suffix, several where a format has several faces."""
    full = XYZ + NORMALS + COLOURS + OTHERS
    points = random_points(full, count=20)
    packed = random_points([*XYZ, ("rgb", "f4"), ("_", "u1", 4), ("hist", "f4", 3), ("label", "u4")], count=20)
    arrays = {"xyz": np.float32(np.eye(3)), "rgb": np.uint8(np.eye(3)), "label": np.arange(3), "about": np.zeros(5)}
    return {
        ".ply": [
            *(ply_file(points, encoding=encoding, remarks=("comment made here",)) for encoding in PLY_FORMATS),
            *(mesh_ply_file(encoding=encoding) for encoding in PLY_FORMATS),
        ],
        ".pcd": [pcd_file(packed, encoding=encoding) for encoding in ("ascii", "binary", "binary_compressed")],
        ".npz": [npz_file(arrays), npz_file(arrays, compressed=True)],
        ".npy": [npy_file(np.float32(np.eye(3))), npy_file(np.zeros((4, 6))), npy_file(points)],
        ".las": [las_file(compressed=False), las_file(compressed=False, point_format=7, version="1.4")],
        ".laz": [las_file(compressed=True), las_file(compressed=True, point_format=7, version="1.4")],
        ".obj": [obj_file()],
        ".stl": [stl_file(), TEXT_STL],
        ".glb": [glb_file()],
    }  # fmt: skip
