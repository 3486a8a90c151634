"""The whole service through its transports: REST, WebSocket, files in and out."""

import io
import json
import uuid
import zipfile

import numpy as np
import pytest

from lasso3d.annotator import scenes as scenes_module
from lasso3d.annotator.codec import bitset_size, inflated, unpacked
from lasso3d.annotator.frames import parsed
from lasso3d.io.export import write_scene
from lasso3d.io.scenes import read_scene

API = "/api/v1"
SOCKET = "ws://127.0.0.1:8765/ws"
CHAIR, FLOOR = [1.2, 1.2, 0.3], [3.0, 2.0, 0.02]


def command(t, **fields):
    return {"t": t, "cmd": str(uuid.uuid4()), **fields}


@pytest.fixture
def session(client, until):
    return new_session(client, until)


def new_session(client, until):
    scene = client.post(f"{API}/scenes", json={"path": "scans/room.ply"}).json()
    until(lambda: client.get(f"{API}/scenes/{scene['id']}").json()["status"] == "ready")
    reply = client.post(f"{API}/sessions", json={"scene": scene["id"]})
    assert reply.status_code == 201
    return reply.json()["session"]["id"]


def do(client, session, t, **fields):
    reply = client.post(f"{API}/sessions/{session}/commands", json=command(t, **fields))
    assert reply.status_code == 200, reply.text
    return reply.json()


def masks(client, session):
    header, buffers = parsed(client.get(f"{API}/sessions/{session}/masks").content)
    size, n = bitset_size(header["n"]), header["n"]
    found = zip(header["masks"], buffers, strict=True)
    return {mask["object"]: unpacked(inflated(blob, size=size), n) for mask, blob in found}


def test_from_a_file_to_a_labelled_file(client, session, scan, tmp_path):
    reply = do(client, session, "click", object=1, xyz=CHAIR)
    assert reply["objects"][0]["on"] > 0
    assert reply["pending"] is None
    do(client, session, "click", object=2, xyz=FLOOR)
    do(client, session, "rename", object=1, name="chair")
    shown = masks(client, session)
    reply = client.get(f"{API}/sessions/{session}/export", params={"format": "ply"})
    assert reply.headers["content-disposition"] == 'attachment; filename="room_labelled.ply"'
    (tmp_path / "out.ply").write_bytes(reply.content)
    again, first = read_scene(tmp_path / "out.ply"), read_scene(scan)
    np.testing.assert_array_equal(again.xyz, first.xyz)
    np.testing.assert_array_equal(again.extra["intensity"], first.extra["intensity"])
    scene = client.get(f"{API}/sessions/{session}").json()["session"]["scene"]
    order = np.frombuffer(client.get(f"{API}/scenes/{scene}/order").content, "<u4")
    for number, mask in shown.items():
        np.testing.assert_array_equal(again.extra["lasso_object"][order] == number, mask)
    doubt = again.extra["lasso_uncertainty"]
    assert np.unique(doubt).size > 2
    assert b'["chair", "object 2"]' in reply.content[:4000]


@pytest.mark.parametrize("suffix", ["ply", "npz", "las", "pcd"])
def test_an_export_comes_back_as_labels(client, session, suffix, until):
    do(client, session, "click", object=1, xyz=CHAIR)
    do(client, session, "click", object=2, xyz=FLOOR)
    before = masks(client, session)
    exported = client.get(f"{API}/sessions/{session}/export", params={"format": suffix})
    content, name = exported.content, f"room.{suffix}"
    if exported.headers["content-disposition"].endswith('.zip"'):
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            content = bundle.read(next(n for n in bundle.namelist() if n.endswith(suffix)))
    do(client, session, "clear")
    do(client, session, "delete_object", object=1)
    do(client, session, "delete_object", object=2)
    reply = client.put(f"{API}/sessions/{session}/import/{name}", content=content)
    assert reply.status_code == 200, reply.text
    after = masks(client, session)
    assert [o["source"] for o in reply.json()["objects"]] == ["import", "import"]
    for old, new in zip(before.values(), after.values(), strict=True):
        np.testing.assert_array_equal(old, new)
    do(client, session, "undo")
    assert masks(client, session) == {}


def test_a_journal_is_exported_with_the_labels_and_brings_them_back(client, session):
    do(client, session, "click", object=1, xyz=CHAIR)
    do(client, session, "rename", object=1, name="chair")
    before = masks(client, session)
    exported = client.get(f"{API}/sessions/{session}/export", params={"format": "ply", "journal": True})
    with zipfile.ZipFile(io.BytesIO(exported.content)) as bundle:
        assert bundle.namelist() == ["room_labelled.journal.json", "room_labelled.ply"]
        journal = bundle.read("room_labelled.journal.json")
    assert json.loads(journal) == client.get(f"{API}/sessions/{session}/journal").json()
    do(client, session, "delete_object", object=1)
    reply = client.put(f"{API}/sessions/{session}/import/journal.json", content=journal).json()
    assert [o["name"] for o in reply["objects"]] == ["chair"]
    np.testing.assert_array_equal(next(iter(masks(client, session).values())), before[1])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b"{}"),
        ("x.json", b"[" * 100_000),
        ("x.json", b'{"lasso_label": [1, 2]}'),
        ("x.json", b'{"kind": "lasso3d journal", "scene": 3}'),
        ("x.json", b"\xff\xfe"),
        ("x.ply", b"ply\n"),
        ("x.exe", b"MZ"),
        ("..", b""),
    ],
)
def test_labels_that_cannot_be_read_are_refused_and_change_nothing(client, session, name, content):
    reply = client.put(f"{API}/sessions/{session}/import/{name}", content=content)
    assert reply.status_code in (404, 405, 409, 422), reply.text
    assert client.get(f"{API}/sessions/{session}").json()["rev"] == 0


def test_a_scan_is_uploaded_and_its_session_outlives_a_restart(client, small_scene, tmp_path, until, start):
    write_scene(tmp_path / "mine.npz", small_scene)
    content = (tmp_path / "mine.npz").read_bytes()
    reply = client.put(f"{API}/uploads/my%20scan.npz", content=content)
    assert reply.status_code == 201, reply.text
    scene = reply.json()["id"]
    until(lambda: client.get(f"{API}/scenes/{scene}").json()["status"] == "ready")
    session = client.post(f"{API}/sessions", json={"scene": scene, "name": "first"}).json()["session"]["id"]
    do(client, session, "click", object=1, xyz=CHAIR)
    again = start()
    assert [record.name for record in again.sessions()] == ["first"]
    assert again.desk(session).history.state.objects[1].on > 0


def test_uploads_end_at_their_limit_and_leave_nothing_behind(client, settings, monkeypatch):
    monkeypatch.setattr(scenes_module, "UPLOAD_BYTES", 1000)
    reply = client.put(f"{API}/uploads/a.ply", content=b"x" * 2000)
    assert reply.status_code == 413
    assert reply.json()["error"]["code"] == "too_large"

    def unannounced():
        for _ in range(20):
            yield b"x" * 100

    reply = client.put(f"{API}/uploads/a.ply", content=unannounced())
    assert reply.status_code == 413
    assert list((settings.data / "uploads").iterdir()) == []


def test_a_broken_upload_fails_with_a_reason_and_without_a_path(client, until, settings):
    scene = client.put(f"{API}/uploads/broken.ply", content=b"ply\nnonsense").json()["id"]
    until(lambda: client.get(f"{API}/scenes/{scene}").json()["status"] == "failed")
    error = client.get(f"{API}/scenes/{scene}").json()["error"]
    assert error["code"] == "read_error"
    assert str(settings.data) not in json.dumps(error)
    assert client.get(f"{API}/scenes/{scene}/manifest").status_code == 422


def test_sessions_are_listed_renamed_and_resumed(client, session):
    do(client, session, "click", object=1, xyz=CHAIR)
    reply = client.patch(f"{API}/sessions/{session}", json={"name": "ground floor"})
    assert reply.json()["name"] == "ground floor"
    listed = client.get(f"{API}/sessions").json()
    assert [(s["name"], s["rev"], s["objects"]) for s in listed] == [("ground floor", 1, 1)]
    assert client.get(f"{API}/sessions/{session}").json()["session"]["name"] == "ground floor"


def test_a_prompt_shows_candidates_to_accept(client, session):
    prompt = {"type": "PartNames", "object": "chair", "parts": ["seat", "back", "legs"], "kind": "semantic"}
    reply = do(client, session, "prompt", prompt=prompt)
    assert [row["label"] for row in reply["candidates"]["rows"]] == ["seat", "back", "legs"]
    assert reply["candidates"]["system"] == "stand-in"
    candidate = reply["candidates"]["rows"][1]
    header, (blob,) = parsed(client.get(f"{API}/sessions/{session}/masks/{candidate['mask']}").content)
    mask = unpacked(inflated(blob, size=bitset_size(header["n"])), header["n"])
    assert mask.sum() == candidate["on"]
    accepted = do(client, session, "accept_candidate", candidate=reply["candidates"]["id"], row=1)
    assert accepted["objects"][0]["name"] == "back"
    np.testing.assert_array_equal(masks(client, session)[1], mask)
    do(client, session, "dismiss_candidates")
    assert client.get(f"{API}/sessions/{session}").json()["candidates"] is None


def test_what_cannot_be_answered_says_what_can(client, session):
    fields = {"system": "clicker", "prompt": {"type": "Instruction", "text": "where can I sit?"}}
    reply = client.post(f"{API}/sessions/{session}/commands", json=command("prompt", **fields))
    assert reply.status_code == 422
    error = reply.json()["error"]
    assert error["code"] == "unsupported_prompt"
    assert error["understood"]["clicker"] == ["Clicks"]


def test_uncertainty_comes_by_cell_in_sixteen_levels(client, session):
    assert client.get(f"{API}/sessions/{session}/heat").status_code == 404
    do(client, session, "click", object=1, xyz=CHAIR)
    header, (blob,) = parsed(client.get(f"{API}/sessions/{session}/heat").content)
    level = inflated(blob, size=header["m"])
    assert level.max() <= 15
    cells = client.get(f"{API}/sessions/{session}/cells/0", params={"key": header["cells"]})
    cell = np.cumsum(inflated(cells.content, size=4 * 4000).view("<i4"))
    assert cell.max() == header["m"] - 1
    assert client.get(f"{API}/sessions/{session}/cells/9", params={"key": header["cells"]}).status_code == 404
    bad = client.get(f"{API}/sessions/{session}/cells/0", params={"key": "../../manifest"})
    assert bad.status_code == 409


def test_labels_come_as_one_number_per_point(client, session):
    do(client, session, "click", object=300, xyz=CHAIR)
    header, (blob,) = parsed(client.get(f"{API}/sessions/{session}/labels").content)
    assert header["enc"] == "u16+deflate"
    label = inflated(blob, size=2 * header["n"]).view("<u2")
    np.testing.assert_array_equal(label == 300, masks(client, session)[300])


def test_tiles_are_sent_once(client, session):
    scene = client.get(f"{API}/sessions/{session}").json()["session"]["scene"]
    reply = client.get(f"{API}/scenes/{scene}/tiles/0")
    assert len(reply.content) == 11 * 4000
    assert "immutable" in reply.headers["cache-control"]
    again = client.get(f"{API}/scenes/{scene}/tiles/0", headers={"if-none-match": reply.headers["etag"]})
    assert again.status_code == 304
    assert client.get(f"{API}/scenes/{scene}/tiles/1").status_code == 404
    assert len(client.get(f"{API}/scenes/{scene}/tiles/0/normals").content) == 3 * 4000


class Line:
    """A WebSocket that is asked for messages of one kind."""

    def __init__(self, socket):
        self.socket, self.seen = socket, []

    def send(self, **message):
        self.socket.send_text(json.dumps(message))

    def next(self, t):
        while True:
            message = self.socket.receive()
            found = parsed(message["bytes"])[0] if message.get("bytes") else json.loads(message["text"])
            self.seen.append(found)
            if found["t"] == t:
                return found


def test_a_page_sees_state_masks_and_what_others_do(client, page, session):
    with page.websocket_connect(SOCKET) as first, page.websocket_connect(SOCKET) as second:
        one, two = Line(first), Line(second)
        for line in (one, two):
            line.send(t="open", session=session)
            assert line.next("state")["rev"] == 0
            assert line.next("masks")["masks"] == []
        one.send(session=session, **command("click", object=1, xyz=CHAIR))
        assert one.next("saved")["rev"] == 1
        shown = one.next("masks")
        assert [mask["object"] for mask in shown["masks"]] == [1]
        assert two.next("saved")["objects"][0]["number"] == 1
        assert two.next("masks")["masks"] == shown["masks"]
        two.send(t="want", session=session, heat=True)
        assert two.next("heat")["levels"] == 16
        two.send(session=session, **command("undo"))
        assert one.next("saved")["can_redo"]
        assert one.next("masks")["cleared"] == [1]
        one.send(session=session, **command("redo"))
        assert one.next("masks")["masks"] == shown["masks"]
        one.send(t="suggestion", session=session)
        assert "suggestion" in one.next("suggestion")
        assert not any(seen["t"] == "error" for seen in one.seen + two.seen)


def test_a_prompt_over_the_socket_brings_candidates_and_their_masks(client, page, session):
    with page.websocket_connect(SOCKET) as socket:
        line = Line(socket)
        line.send(t="open", session=session)
        line.next("masks")
        line.send(
            session=session,
            **command("prompt", prompt={"type": "ClassNames", "names": ["a", "b"], "kind": "semantic"}),
        )
        assert len(line.next("candidates")["candidates"]["rows"]) == 2
        shown = line.next("masks")
        assert [(mask["object"], mask["row"]) for mask in shown["masks"]] == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    "message",
    ["no json", "[]", "{}", '{"t": "open", "session": "nowhere"}', '{"t": "click", "session": 3}', '{"t": "fly"}'],
)
def test_nonsense_on_the_socket_is_answered_with_an_error_and_nothing_breaks(page, message):
    with page.websocket_connect(SOCKET) as socket:
        line = Line(socket)
        socket.send_text(message)
        assert line.next("error")["error"]["what"]
        line.send(t="ping")
        assert line.next("pong")


def test_a_command_that_makes_no_sense_names_itself_in_the_error(page, client, session):
    with page.websocket_connect(SOCKET) as socket:
        line = Line(socket)
        line.send(t="open", session=session)
        wrong = command("rename", object=5, name="x")
        line.send(session=session, **wrong)
        error = line.next("error")
        assert (error["cmd"], error["session"], error["error"]["code"]) == (wrong["cmd"], session, "not_found")


def test_a_wrong_address_is_not_found(client):
    for path in ("/scenes/none", "/sessions/none", "/sessions/none/masks", "/nowhere"):
        assert client.get(f"{API}{path}").status_code == 404
