"""Meshes: even points over every surface, vertices in file order, labelled copies, hostile files in one line."""

import io
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from lasso3d.core.errors import LassoError, ReadError, WriteError
from lasso3d.io.mesh import count_mesh, label_mesh, read_mesh, read_surfaces
from lasso3d.io.ply import read_ply
from lasso3d.io.records import LabelColumns
from lasso3d.io.surface import FEWEST_SAMPLES, MOST_SAMPLES, Surface, fan, sampled

REAL = os.environ.get("LASSO3D_DATA")
needs_real = pytest.mark.skipif(not REAL, reason="LASSO3D_DATA is not set")

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], np.float64)
SIDES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
TRIANGLES = np.concatenate([SIDES[:, [0, 1, 2]], SIDES[:, [0, 2, 3]]])
AREA = 22.0


def written(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def obj_text(colours=None):
    rows = CORNERS if colours is None else np.column_stack([CORNERS, colours])
    lines = ["# box", "mtllib ../../etc/passwd", "vt 0 0", "vn 0 0 1"]
    lines += ["v " + " ".join(map(str, row)) for row in rows]
    return "\n".join(lines + ["f " + " ".join(f"{corner + 1}/1/1" for corner in side) for side in SIDES]) + "\n"


def stl_bytes():
    facets = np.zeros(len(TRIANGLES), [("normal", "<f4", 3), ("corner", "<f4", (3, 3)), ("rest", "<u2")])
    facets["corner"] = CORNERS[TRIANGLES]
    return b"solid but binary".ljust(80) + struct.pack("<I", len(facets)) + facets.tobytes()


def stl_text():
    facet = "facet normal 0 0 0\n outer loop\n{}\n endloop\nendfacet\n"
    corners = ["\n".join("  vertex {} {} {}".format(*CORNERS[i]) for i in face) for face in TRIANGLES]
    return "solid box\n" + "".join(map(facet.format, corners)) + "endsolid box\n"


def ply_bytes(order="<", *, colours=False):
    """The box with four-cornered faces, each with another list and a number around its corners."""
    kind = {"<": "binary_little_endian", ">": "binary_big_endian"}[order]
    header = f"ply\nformat {kind} 1.0\nelement extra 2\nproperty list uchar short odd\nelement vertex 8\n"
    header += "property double x\nproperty double y\nproperty double z\nelement face 6\n"
    header += "property float before\nproperty list uchar float texcoord\nproperty list ushort int vertex_indices\n"
    header += "property uchar red\nproperty uchar green\nproperty uchar blue\n" if colours else ""
    vertices = CORNERS.astype(order + "f8").tobytes()
    faces = b"".join(
        struct.pack(order + "fB2fH4i", 1.5, 2, 0.0, 1.0, 4, *side) + (bytes([10 * i, 0, 255]) if colours else b"")
        for i, side in enumerate(SIDES)
    )
    header = header.replace("element extra 2\nproperty list uchar short odd\n", "")
    return f"{header}end_header\n".encode() + vertices + faces


def ply_text():
    head = "ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 6\nproperty list uchar int vertex_indices\nproperty uchar flag\nend_header\n"
    rows = ["{} {} {}".format(*corner) for corner in CORNERS] + ["4 {} {} {} {} 7".format(*side) for side in SIDES]
    return head + "\n".join(rows) + "\n"


def glb_bytes(tree, binary=b""):
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def glb_box(**changes):
    """The box, named by one node; `changes` replace top-level entries."""
    points, order = CORNERS.astype("<f4").tobytes(), TRIANGLES.astype("<u2").tobytes()
    tree = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": len(points)},
            {"buffer": 0, "byteOffset": len(points), "byteLength": len(order)},
        ],
        "buffers": [{"byteLength": len(points) + len(order)}],
    }
    return glb_bytes(tree | changes, points + order)


BOXES = {
    "box.obj": obj_text(),
    "box.stl": stl_bytes(),
    "text.stl": stl_text(),
    "little.ply": ply_bytes("<"),
    "big.ply": ply_bytes(">"),
    "text.ply": ply_text(),
    "box.glb": glb_box(),
}


@pytest.fixture(params=BOXES)
def box(request, tmp_path):
    return written(tmp_path / request.param, BOXES[request.param])


def labels_for(n):
    rng = np.random.default_rng(2)
    label = rng.integers(-1, 2, n).astype(np.int32)
    return LabelColumns(label, label + 1, rng.random(n, dtype=np.float32), ("seat", "leg"))


def one_line(error):
    assert "\n" not in str(error.value)
    assert error.value.cure
    return str(error.value)


def test_every_format_gives_the_same_box(box):
    (part,) = read_surfaces(box)
    expected = CORNERS[TRIANGLES].reshape(-1, 3) if box.suffix == ".stl" else CORNERS
    np.testing.assert_array_equal(part.vertices, expected)
    corners = part.vertices[part.faces]
    volume = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert abs(volume) == pytest.approx(6)
    assert count_mesh(box) == len(expected)


def test_points_lie_evenly_on_the_surface(box):
    records = read_mesh(box)
    on_side = np.isclose(records.xyz[:, :, None], [[0, 1], [0, 2], [0, 3]], atol=1e-6)
    share = on_side.any(0).ravel()
    assert share.all()
    np.testing.assert_allclose(on_side.mean(0), np.array([[6, 6], [3, 3], [2, 2]]) / AREA, atol=1e-3)
    assert on_side.any((1, 2)).all()
    assert (np.abs(records.normals[np.arange(len(records.xyz)), np.argmax(on_side.any(2), 1)]) == 1).mean() > 0.99
    np.testing.assert_allclose(np.linalg.norm(records.normals, axis=1), 1, atol=1e-6)


def test_each_vertex_knows_its_nearest_point(box):
    records = read_mesh(box)
    vertices = np.concatenate([part.vertices for part in read_surfaces(box)])
    distance = np.stack([np.linalg.norm(records.xyz - vertex, axis=1) for vertex in vertices])
    np.testing.assert_allclose(distance[np.arange(len(vertices)), records.sample_of_vertex], distance.min(1))


def test_the_same_mesh_gives_the_same_points(box):
    np.testing.assert_array_equal(read_mesh(box).xyz, read_mesh(box).xyz)


def test_each_face_gets_its_share_of_points_to_within_one():
    rng = np.random.default_rng(0)
    vertices = rng.random((600, 3)) * 0.2 + rng.random((200, 3)).repeat(3, axis=0)
    part = Surface(vertices, np.arange(600).reshape(-1, 3))
    records = sampled((part,))
    cross = np.cross(vertices[1::3] - vertices[::3], vertices[2::3] - vertices[::3])
    area = np.linalg.norm(cross, axis=1)
    normals = (cross / area[:, None]).astype(np.float32)
    counts = np.array([(records.normals == normal).all(1).sum() for normal in normals])
    assert np.abs(counts - area / area.sum() * len(records.xyz)).max() <= 1 + 1e-9


def test_points_cover_a_face_without_clumps():
    part = Surface(np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]), np.array([[0, 1, 2]]))
    xyz = sampled((part,)).xyz
    cells = np.floor(xyz[:, :2] * 50).astype(int)
    inside = cells.sum(1) < 49
    counts = np.bincount(cells[inside, 0] * 50 + cells[inside, 1])
    counts = counts[counts > 0]
    assert len(counts) == 49 * 50 / 2
    assert counts.std() < 0.35 * np.sqrt(counts.mean())  # white noise has 1


@pytest.mark.parametrize(("thickness", "count"), [(1e-6, FEWEST_SAMPLES), (1.0, MOST_SAMPLES)])
def test_the_number_of_points_is_bounded(thickness, count):
    layers = [CORNERS * [1, 1, thickness] + [0, 0, 0.0001 * i] for i in range(9)]
    many = Surface(np.concatenate(layers), np.concatenate([TRIANGLES + 8 * i for i in range(9)]))
    one = Surface(CORNERS * [1, 1e-6, 1e-6], TRIANGLES)
    assert len(sampled((many if thickness == 1 else one,)).xyz) == count


def test_polygons_become_fans():
    faces = fan(np.array([5, 6, 7, 8, 9, 1, 2, 3, 0, 1]), np.array([5, 3, 2]))
    assert faces.tolist() == [[5, 6, 7], [5, 7, 8], [5, 8, 9], [1, 2, 3]]


# colours


def test_vertex_colours_are_interpolated(tmp_path):
    records = read_mesh(written(tmp_path / "box.obj", obj_text(colours=CORNERS / [1, 2, 3])))
    np.testing.assert_allclose(records.rgb / 255, records.xyz / [1, 2, 3], atol=0.003)


def test_face_colours_belong_to_whole_faces(tmp_path):
    records = read_mesh(written(tmp_path / "box.ply", ply_bytes(">", colours=True)))
    assert sorted(set(map(tuple, records.rgb.tolist()))) == [(10 * i, 0, 255) for i in range(6)]
    np.testing.assert_array_equal(records.rgb[np.isclose(records.xyz[:, 0], 0), 0] == 0, True)


def test_textures_are_looked_up(tmp_path):
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:2, :, 0], picture[2:, :, 1] = 200, 100
    png = io.BytesIO()
    Image.fromarray(picture).save(png, format="PNG")
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4").tobytes()
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], "<f4").tobytes()
    blobs = [points, uv, png.getvalue()]
    starts = np.cumsum([0, *map(len, blobs)]).tolist()
    tree = {
        "nodes": [{"mesh": 0}],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "mode": 6, "material": 0}]},
        ],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "baseColorFactor": [0.5, 1, 1, 1]}}
        ],
        "textures": [{"source": 0}],
        "images": [{"bufferView": 2, "mimeType": "image/png"}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(blob)}
            for start, blob in zip(starts, blobs, strict=False)
        ],
        "buffers": [{"byteLength": starts[-1]}],
    }
    records = read_mesh(written(tmp_path / "quad.glb", glb_bytes(tree, b"".join(blobs))))
    upper = records.xyz[:, 1] < 0.4999
    assert set(map(tuple, records.rgb[upper].tolist())) == {(100, 0, 0)}
    assert set(map(tuple, records.rgb[records.xyz[:, 1] > 0.5001].tolist())) == {(0, 100, 0)}


def test_textures_are_decoded_once_and_not_without_end(tmp_path, monkeypatch):
    png = io.BytesIO()
    Image.new("RGB", (40, 40)).save(png, format="PNG")
    points, picture = CORNERS.astype("<f4").tobytes(), png.getvalue()
    look = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": i}}} for i in range(3)]
    prims = [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "material": i % 3} for i in range(30)]
    view = {"buffer": 0, "byteOffset": 96, "byteLength": len(picture)}
    tree = {
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": prims}],
        "materials": look,
        "textures": [{"source": i} for i in range(3)],
        "images": [{"bufferView": i + 1} for i in range(3)],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"},
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC2"},
        ],
        "bufferViews": [{"buffer": 0, "byteLength": 96}, view, view | {"byteLength": len(picture) + 1}, view],
        "buffers": [{"byteLength": 97 + len(picture)}],
    }
    path = written(tmp_path / "a.glb", glb_bytes(tree, points + picture + b" "))
    assert len({id(part.texture.rgb) for part in read_surfaces(path)}) == 2
    monkeypatch.setattr("lasso3d.io.glb.MOST_PIXELS", 40 * 40 + 1)
    with pytest.raises(ReadError, match="textures of more than") as error:
        read_surfaces(path)
    one_line(error)


def test_meshes_without_colour_have_none(box):
    assert read_mesh(box).rgb is None


# formats


def test_obj_faces_may_count_from_the_end_and_run_over_lines(tmp_path):
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 5 0 0\nv 6 0 0\nv 5 1 0\nf -3//-1 \\\n -2//-1 -1//-1\n"
    (part,) = read_surfaces(written(tmp_path / "a.obj", text))
    assert part.faces.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_obj_vertices_keep_the_order_of_the_file_across_objects(tmp_path):
    text = "o b\nv 9 0 0\nv 1 0 0\nv 0 1 0\nv 7 7 7\nusemtl z\nf 1 2 3\no a\nusemtl a\nv 5 5 5\nf 5 2 1\n"
    (part,) = read_surfaces(written(tmp_path / "a.obj", text))
    assert part.vertices[[0, 3, 4]].tolist() == [[9, 0, 0], [7, 7, 7], [5, 5, 5]]


def test_large_obj_files_are_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr("lasso3d.io.mesh_text.BLOCK_BYTES", 100)
    whole = read_surfaces(written(tmp_path / "a.obj", obj_text(colours=CORNERS / 3)))[0]
    monkeypatch.undo()
    np.testing.assert_array_equal(whole.vertices, CORNERS)
    np.testing.assert_array_equal(whole.faces, read_surfaces(tmp_path / "a.obj")[0].faces)


def test_triangle_strips_of_ply_are_unrolled(tmp_path):
    head = "ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element tristrips 2\nproperty list int int vertex_indices\nend_header\n"
    rows = "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n8 0 1 2 3 -1 1 2 4\n3 4 2 3\n"
    (part,) = read_surfaces(written(tmp_path / "a.ply", head + rows))
    assert part.faces.tolist() == [[0, 1, 2], [2, 1, 3], [1, 2, 4], [4, 2, 3]]


def test_glb_nodes_are_placed_in_the_world_as_trimesh_places_them(tmp_path):
    rng = np.random.default_rng(4)
    scene = trimesh.Scene()
    for i in range(4):
        pose = trimesh.transformations.random_rotation_matrix(rng.random(3))
        pose[:3, 3] = rng.random(3) * 10
        pose[:3, :3] *= -2 if i == 3 else 1 + i
        ball, parent = trimesh.creation.icosphere(1), "node_0" if i > 1 else None
        scene.add_geometry(ball, node_name=f"node_{i}", transform=pose, parent_node_name=parent)
    path = written(tmp_path / "a.glb", scene.export(file_type="glb"))
    expected = np.asarray(trimesh.load_scene(path, process=False).to_geometry().vertices).reshape(4, -1, 3)
    parts = read_surfaces(path)
    found = np.stack([part.vertices for part in parts])
    for balls in (found, expected):  # trimesh has another order of nodes
        balls[:] = balls[np.argsort(balls[:, 0, 0])]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    outward = [np.einsum("fi,fi->f", c := p.vertices[p.faces].mean(1) - p.vertices.mean(0), c) > 0 for p in parts]
    assert all(side.all() for side in outward)


def test_mirrored_glb_nodes_keep_their_faces_turned_outward(tmp_path):
    plain = read_surfaces(written(tmp_path / "a.glb", glb_box()))[0]
    mirrored = read_surfaces(written(tmp_path / "b.glb", glb_box(nodes=[{"mesh": 0, "scale": [-1, 1, 1]}])))[0]

    def volume(part):
        corners = part.vertices[part.faces]
        return np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum()

    assert volume(mirrored) == pytest.approx(volume(plain))


def test_glb_strips_wind_every_second_triangle_the_other_way(tmp_path):
    meshes = [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 5}]}]
    (part,) = read_surfaces(written(tmp_path / "a.glb", glb_box(meshes=meshes)))
    assert part.faces[:2].tolist() == [[0, 1, 2], [2, 1, 3]]


# labels


@pytest.mark.parametrize("name", ["little.ply", "big.ply", "text.ply"])
def test_ply_meshes_get_fields_and_keep_their_faces(tmp_path, name):
    path = written(tmp_path / name, BOXES[name])
    labels = labels_for(8)
    label_mesh(path, tmp_path / "out.ply", labels)
    np.testing.assert_array_equal(read_ply(tmp_path / "out.ply").extra["lasso_label"], labels.label)
    np.testing.assert_array_equal(read_surfaces(tmp_path / "out.ply")[0].faces, read_surfaces(path)[0].faces)


@pytest.mark.parametrize("name", ["box.obj", "box.stl", "text.stl", "box.glb"])
def test_other_meshes_are_copied_as_they_are(tmp_path, name):
    path = written(tmp_path / name, BOXES[name])
    label_mesh(path, tmp_path / f"out{path.suffix}", labels_for(count_mesh(path)))
    assert (tmp_path / f"out{path.suffix}").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["box.obj", "box.stl", "box.glb"])
def test_other_meshes_become_ply_meshes(tmp_path, name):
    path = written(tmp_path / name, BOXES[name])
    (part,) = read_surfaces(path)
    labels = labels_for(len(part.vertices))
    label_mesh(path, tmp_path / "out.ply", labels)
    (copy,) = read_surfaces(tmp_path / "out.ply")
    np.testing.assert_array_equal(copy.vertices, part.vertices)
    np.testing.assert_array_equal(copy.faces, part.faces)
    extra = read_ply(tmp_path / "out.ply").extra
    np.testing.assert_array_equal(extra["lasso_label"], labels.label)
    np.testing.assert_array_equal(extra["lasso_uncertainty"], labels.uncertainty)
    assert len(trimesh.load_mesh(tmp_path / "out.ply", process=False).faces) == len(part.faces)


def test_coordinates_that_f32_would_change_are_written_as_f64(tmp_path):
    path = written(tmp_path / "a.obj", "v 431000.123456 0 0\nv 431001 0 0\nv 431000 1 0\nf 1 2 3\n")
    label_mesh(path, tmp_path / "out.ply", labels_for(3))
    assert read_ply(tmp_path / "out.ply").xyz[0, 0] == 431000.123456


def test_vertex_colours_survive_the_way_to_ply(tmp_path):
    path = written(tmp_path / "box.obj", obj_text(colours=CORNERS / 3))
    label_mesh(path, tmp_path / "out.ply", labels_for(8))
    np.testing.assert_array_equal(read_ply(tmp_path / "out.ply").rgb, read_surfaces(path)[0].rgb)


def test_a_mesh_does_not_become_another_mesh_format(tmp_path):
    path = written(tmp_path / "box.obj", obj_text())
    with pytest.raises(WriteError, match="cannot become") as error:
        label_mesh(path, tmp_path / "out.stl", labels_for(8))
    one_line(error)


def test_labels_of_another_length_are_a_programming_error(tmp_path):
    path = written(tmp_path / "box.obj", obj_text())
    with pytest.raises(ValueError, match="7 labels for 8 vertices"):
        label_mesh(path, tmp_path / "out.ply", labels_for(7))


# damage


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.obj", "", "no faces"),
        ("a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\n", "no faces"),
        ("a.obj", "v 0 0 0\nf 1 2 3\n", "names vertex"),
        ("a.obj", "v 0 0 0\nf -4 1 1\n", "names vertex"),
        ("a.obj", "v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "area of 0"),
        ("a.obj", "v 0 0 0\nv 1 0 0\nv 2 0 nan\nf 1 2 3\n", "not finite"),
        ("a.obj", "v 0 0 0\nv 1e300 0 0\nv 0 1e300 0\nf 1 2 3\n", "area of inf"),
        ("a.obj", "v 0 0\nf 1 1 1\n", "not made of numbers"),
        ("a.obj", "v 0 0 x\nf 1 1 1\n", "not made of numbers"),
        ("a.obj", "v 0 0 0\nf 1 b 1\n", "not made of vertex numbers"),
        ("a.obj", "v 0 0 0\nf 1 0 1\n", "not made of vertex numbers"),
        ("a.obj", "v 0 0 0\nf 1 99999999999999999999999 1\n", "vertex"),
        ("a.stl", b"", "empty"),
        ("a.stl", stl_bytes()[:-70], "10 whole ones"),
        ("a.stl", b"\0" * 84, "no faces"),
        ("a.stl", "solid a\nfacet\nendsolid", "no faces"),
        ("a.stl", stl_text().replace("vertex", "verte", 1), "not three per facet"),
        ("a.stl", stl_text().replace("vertex 0 0 0", "vertex 0 0 0..", 1).replace(" 0.0", " x", 1), "numbers"),
        ("a.ply", ply_bytes()[:-9], "cut off"),
        ("a.ply", ply_bytes().replace(b"face 6", b"face 66666666666"), "cut off"),
        ("a.ply", ply_text().rsplit("\n", 2)[0], "cut off"),
        ("a.ply", ply_text().replace("4 0 1 3 2", "99 0 1 3 2"), "not understood"),
        ("a.ply", ply_text().replace("4 0 1 3 2", "4 0 1 3 9"), "names vertex 9"),
        ("a.ply", ply_text().replace("4 0 1 3 2", "4 0 1 3 z"), "not understood"),
        ("a.ply", ply_text().replace("face 6", "face 0"), "no faces"),
        ("a.glb", b"glTF", "not glTF"),
        ("a.glb", glb_box()[:-40], "cut off"),
        ("a.glb", glb_bytes({}), "no faces"),
        ("a.glb", glb_box(nodes=[]), "names nodes 0"),
        ("a.glb", glb_box(nodes=[{"children": [0]}]), "two ways"),
        ("a.glb", glb_box(nodes=[{"mesh": 7}]), "names meshes 7"),
        ("a.glb", glb_box(nodes=[{"mesh": "x"}]), "names meshes x"),
        ("a.glb", glb_box(nodes=[{"mesh": 0, "matrix": [1, 2]}]), "not understood"),
        ("a.glb", glb_box(nodes=[{"mesh": 0, "scale": [0, 0, 0]}]), "area of 0"),
        ("a.glb", glb_box(nodes=[{"mesh": 0, "scale": [1e308, 1e308, 1]}]), "area of inf|finite"),
        ("a.glb", glb_box(buffers=[{"byteLength": 9, "uri": "../secret.bin"}]), "other files"),
        ("a.glb", glb_box(extensionsRequired=["KHR_draco_mesh_compression"]), "without mesh compression"),
        ("a.glb", glb_box(bufferViews=[{"buffer": 0, "byteLength": 2**40}] * 2), "leaves its"),
        ("a.glb", glb_box(bufferViews=[{"buffer": 0, "byteOffset": -4, "byteLength": 8}] * 2), "makes no sense"),
        ("a.xyz", b"0 0 0", "not a mesh format"),
    ],
)
def test_damage_gives_one_line(tmp_path, name, data, match):
    with pytest.raises(ReadError, match=match) as error:
        read_mesh(written(tmp_path / name, data))
    assert name in one_line(error)


@pytest.mark.parametrize("count", [9, 2**31, 2**62, -1, 1.5, "8", None])
def test_accessors_that_leave_their_bytes_are_refused(tmp_path, count):
    accessors = [
        {"bufferView": 0, "componentType": 5126, "count": count, "type": "VEC3"},
        {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"},
    ]
    for entry in (accessors[0], {k: v for k, v in accessors[0].items() if k != "bufferView"}):
        with pytest.raises(ReadError) as error:
            read_mesh(written(tmp_path / "a.glb", glb_box(accessors=[entry, accessors[1]])))
        one_line(error)


def test_sparse_accessors_are_followed_and_checked(tmp_path):
    plain = {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3"}
    where = {"bufferView": 1, "componentType": 5123, "byteOffset": 2}  # the second number of the faces: 1
    order = {"bufferView": 1, "componentType": 5123, "count": 36, "type": "SCALAR"}
    sparse = {"count": 1, "indices": where, "values": {"bufferView": 0, "byteOffset": 84}}
    (part,) = read_surfaces(written(tmp_path / "a.glb", glb_box(accessors=[plain | {"sparse": sparse}, order])))
    np.testing.assert_array_equal(part.vertices[1], CORNERS[7])
    for change in ({"count": 9}, {"indices": where | {"componentType": 5125}}, {"values": {"bufferView": 9}}):
        bad = glb_box(accessors=[plain | {"sparse": sparse | change}, order])
        with pytest.raises(ReadError) as error:
            read_surfaces(written(tmp_path / "a.glb", bad))
        one_line(error)


def test_a_small_file_cannot_name_a_mesh_until_memory_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr("lasso3d.io.glb.MOST_CORNERS", 1000)
    nodes = [{"children": list(range(1, 200))}, *({"mesh": 0} for _ in range(199))]
    with pytest.raises(ReadError, match="more than 1000 corners") as error:
        read_mesh(written(tmp_path / "a.glb", glb_box(nodes=nodes)))
    one_line(error)


@pytest.mark.parametrize("name", BOXES)
def test_mutated_files_never_raise_anything_else(tmp_path, name, monkeypatch):
    monkeypatch.setattr("lasso3d.io.surface.FEWEST_SAMPLES", 10)
    monkeypatch.setattr("lasso3d.io.surface.MOST_SAMPLES", 100)
    rng = np.random.default_rng(11)
    whole = BOXES[name]
    data = np.frombuffer(whole if isinstance(whole, bytes) else whole.encode(), np.uint8)
    for _ in range(150):
        mutant = data.copy()
        mutant[rng.integers(0, len(data), rng.integers(1, 6))] = rng.choice(
            [0, 10, 45, 47, 57, 255, rng.integers(256)]
        )
        if rng.random() < 0.2:
            mutant = mutant[: rng.integers(0, len(data))]
        try:
            read_mesh(written(tmp_path / name, mutant.tobytes()))
        except LassoError as error:
            assert "\n" not in str(error)  # noqa: PT017


@needs_real
def test_real_meshes_are_read_with_their_vertices_in_order():
    paths = sorted(p for p in Path(REAL).rglob("*") if p.suffix in (".obj", ".stl", ".glb"))
    assert len(paths) >= 260
    for path in paths:
        records = read_mesh(path)
        parts = read_surfaces(path)
        assert len(records.sample_of_vertex) == sum(len(part.vertices) for part in parts)
        if path.suffix != ".obj":
            expected = trimesh.load_scene(path, process=False).to_geometry()
            np.testing.assert_allclose(np.concatenate([p.vertices for p in parts]), expected.vertices, atol=1e-6)
        assert (records.rgb is not None) == (path.suffix == ".glb")
