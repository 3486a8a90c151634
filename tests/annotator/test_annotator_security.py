"""Who may come in, from where, and how far."""

import os
import subprocess
import sys

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from lasso3d.annotator.access import FAILURES, Access, address_of
from lasso3d.annotator.sandbox import confined
from lasso3d.annotator.scenes import prepare_file, safe_name
from lasso3d.annotator.server import app_of, note_key
from lasso3d.core.errors import LassoError

API = "/api/v1"
BASE = "http://127.0.0.1:8765"
SOCKET = "ws://127.0.0.1:8765/ws"


def test_nothing_is_told_without_a_token(stranger):
    for path in (f"{API}/sessions", f"{API}/server", "/openapi.json", "/", "/static/app.js"):
        assert stranger.get(path).status_code == 401, path
    assert stranger.post(f"{API}/scenes", json={"path": "scans/room.ply"}).status_code == 401
    wrong = {"authorization": "Bearer wrong", "cookie": "lasso3d_8765=wrong"}
    assert stranger.get(f"{API}/sessions", headers=wrong).status_code == 401


def test_a_link_opens_once_for_a_cookie_that_scripts_and_other_sites_cannot_see(stranger, access):
    reply = stranger.get(f"/?token={access.token}")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/"
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("lasso3d_8765=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert access.token not in cookie
    assert stranger.get(f"{API}/sessions").status_code == 200
    # the browser that has the cookie may use its link again, nobody else may
    assert stranger.get(f"/?token={access.token}").status_code == 303
    stranger.cookies.clear()
    assert stranger.get(f"/?token={access.token}").status_code == 401
    assert stranger.get("/?token=wrong").status_code == 401


def test_a_second_browser_gets_a_link_of_its_own(client, stranger):
    link = client.post(f"{API}/invitations", json={}).json()["url"]
    del stranger.headers["authorization"]
    assert stranger.get(link).status_code == 303
    assert stranger.get(f"{API}/sessions").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", "", "localhost, evil.example"])
def test_a_foreign_host_is_refused(client, host):
    assert client.get(f"{API}/sessions", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:8765", "LOCALHOST:8765"])
def test_the_loopback_has_several_names(client, host):
    assert client.get(f"{API}/sessions", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "file://", "http://["])
def test_another_origin_is_refused_with_and_without_a_cookie(page, origin):
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    assert page.post(f"{API}/sessions", json={"scene": "x"}, headers=headers).status_code == 403
    assert page.get(f"{API}/sessions", headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect) as found, page.websocket_connect(SOCKET, headers=headers):
        pass
    assert found.value.code == 4403


def test_a_request_that_the_browser_calls_cross_site_is_refused(page):
    for site in ("cross-site", "same-site"):
        assert page.get(f"{API}/sessions", headers={"sec-fetch-site": site}).status_code == 403
        with (
            pytest.raises(WebSocketDisconnect),
            page.websocket_connect(SOCKET, headers={"sec-fetch-site": site}),
        ):
            pass


def test_a_socket_needs_a_token_and_an_origin(stranger, access):
    with pytest.raises(WebSocketDisconnect) as found, stranger.websocket_connect(SOCKET):
        pass
    assert found.value.code == 4401
    stranger.get(f"/?token={access.token}")
    with pytest.raises(WebSocketDisconnect) as found, stranger.websocket_connect(SOCKET):
        pass
    assert found.value.code == 4403
    with stranger.websocket_connect(SOCKET, headers={"authorization": f"Bearer {access.token}"}) as socket:
        socket.send_text('{"t": "ping"}')
        assert socket.receive_json() == {"t": "pong"}


def test_a_form_of_another_page_changes_nothing(page):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        reply = page.post(f"{API}/sessions", content=b'{"scene": "x"}', headers={"content-type": kind})
        assert reply.status_code == 403
    assert page.put(f"{API}/uploads/a.ply", content=b"x").status_code == 403
    allowed = page.put(f"{API}/uploads/a.ply", content=b"ply\n", headers={"x-lasso3d": "1"})
    assert allowed.status_code == 201


def test_every_reply_forbids_what_pages_could_do_wrong(stranger, access):
    for reply in (stranger.get("/"), stranger.get(f"/?token={access.token}"), stranger.get(f"{API}/server")):
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_there_are_no_pages_that_load_scripts_from_elsewhere(client):
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
    assert client.get("/openapi.json").json()["info"]["title"] == "Lasso3D annotator"


def test_preflights_get_no_permission(page):
    headers = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    reply = page.options(f"{API}/sessions", headers=headers)
    assert reply.status_code in (401, 403)
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_guessing_ends_soon_and_does_not_lock_the_owner_out(stranger, access):
    stranger.get(f"/?token={access.token}")
    cookie = dict(stranger.cookies)
    stranger.cookies.clear()
    seen = [stranger.get(f"{API}/sessions", headers={"authorization": f"Bearer {i}"}) for i in range(FAILURES + 1)]
    assert seen[0].status_code == 401
    assert seen[-1].status_code == 429
    # nor could a hostile page, which can make wrong requests but does not know the right one
    assert stranger.get(f"{API}/sessions", headers={"authorization": f"Bearer {access.token}"}).status_code == 200
    stranger.cookies.update(cookie)
    assert stranger.get(f"{API}/sessions").status_code == 200


def test_requests_that_never_end_are_cut_off(client):
    reply = client.post(f"{API}/sessions", content=b"[" * (2 << 20), headers={"content-type": "application/json"})
    assert reply.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "scans/../secret.ply",
        "scans/..%2fsecret.ply",
        "../secret.ply",
        "/etc/passwd",
        "scans/link.ply",
        "scans/folder/secret.ply",
        "scans/.hidden.ply",
        "scans/..\\secret.ply",
        "scans/\0.ply",
        "elsewhere/room.ply",
        "scans/" + "a" * 3000,
    ],
)
def test_no_path_leads_out_of_the_allowed_folders(client, scan, path):
    secret = scan.parent.parent / "secret.ply"
    secret.write_bytes(scan.read_bytes())
    (scan.parent / ".hidden.ply").write_bytes(scan.read_bytes())
    (scan.parent / "link.ply").symlink_to(secret)
    (scan.parent / "folder").symlink_to(scan.parent.parent)
    reply = client.post(f"{API}/scenes", json={"path": path})
    assert reply.status_code in (403, 404), reply.text
    listed = [entry["name"] for entry in client.get(f"{API}/files", params={"path": "scans"}).json()["entries"]]
    assert listed == ["room.ply"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("..", "scan"),
        ("a\\b\\c.ply", "c.ply"),
        ('x"; rm -rf.ply', "x__ rm -rf.ply"),
        (".ply", "ply"),
        ("\n\0.ply", "__.ply"),
        ("büro 2.ply", "büro 2.ply"),
        ("a" * 300 + ".ply", "a" * 96 + ".ply"),
    ],
)
def test_names_of_uploads_become_plain(name, safe):
    assert safe_name(name) == safe


def test_the_page_is_served_without_following_links(annotator, access, tmp_path):
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("<!doctype html>")
    (static / "app.js").write_text("1")
    (static / "leak.js").symlink_to(tmp_path)
    (static / "leak.css").symlink_to("/etc/hostname")
    with TestClient(app_of(annotator, access, static=static), base_url=BASE, follow_redirects=False) as client:
        client.get(f"/?token={access.token}")
        assert client.get("/").text == "<!doctype html>"
        assert client.get("/static/app.js").text == "1"
        for path in (
            "/static/leak.css",
            "/static/leak.js/index.html",
            "/static/../conftest.py",
            "/static/%2e%2e/x",
        ):
            assert client.get(path).status_code == 404, path


def test_beyond_the_loopback_a_token_and_a_name_are_needed():
    for host in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(LassoError, match="needs a token"):
            address_of(host, 80)
        with pytest.raises(LassoError, match="needs a host name"):
            address_of(host, 80, token="x" * 32)
    with pytest.raises(LassoError, match="32 characters"):
        address_of("127.0.0.1", 80, token="short")
    address = address_of("0.0.0.0", 80, token="x" * 32, names=("lab.example",))
    assert address.names == ("lab.example",)
    assert address.link("t") == "http://lab.example:80/?token=t"


def test_the_key_that_is_left_for_scripts_is_for_its_owner_alone(tmp_path):
    access = Access(address_of("127.0.0.1", 8765))
    forget = note_key(tmp_path, access)
    (path,) = (tmp_path / "servers").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert access.token in path.read_text()
    forget()
    assert not path.exists()


TASKS = """
import os
def greedy(progress):
    return len(bytearray(1 << 46))
def endless(progress):
    while True:
        pass
def abrupt(progress):
    progress(0.5, "half")
    os._exit(3)
"""
TRIAL = """
if __name__ == "__main__":
    import tasks
    from lasso3d.annotator.problems import Problem
    from lasso3d.annotator.sandbox import confined
    for task in (tasks.greedy, tasks.endless, tasks.abrupt):
        try:
            confined(task, progress=lambda share, stage: None, seconds=1.5 if task is tasks.endless else 60.0)
        except Problem as found:
            print(found)
"""


def test_a_file_that_would_eat_the_machine_is_stopped(tmp_path):
    (tmp_path / "tasks.py").write_text(TASKS)
    (tmp_path / "trial.py").write_text(TRIAL)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, str(tmp_path / "trial.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert not done.stderr, done.stderr
    greedy, endless, abrupt = done.stdout.splitlines()
    assert "MemoryError" in greedy
    assert "too long" in endless
    assert "more memory or time than is allowed" in abrupt


def test_what_a_confined_task_says_comes_back(scan, tmp_path):
    told = []
    arguments = (str(scan), "z", 1.0, str(tmp_path / "shown"), "k")
    points = confined(prepare_file, *arguments, progress=lambda share, stage: told.append(stage))
    assert points == 4000
    assert told[0] == "reading"
