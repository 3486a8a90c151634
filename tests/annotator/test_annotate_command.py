"""`lasso3d annotate` as a process, driven by the Python client: nothing that was acknowledged is ever lost."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest

import lasso3d
from lasso3d.core.errors import LassoError
from lasso3d.core.prompts import ReferringExpression
from lasso3d.io.scenes import read_scene

LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}\n")


class Served:
    """A server of its own process, with folders that outlive it."""

    def __init__(self, scan, folder):
        self.scan, self.folder, self.process = scan, folder, None

    def start(self):
        home = {"LASSO3D_CACHE": str(self.folder / "cache"), "XDG_DATA_HOME": str(self.folder / "data")}
        command = [sys.executable, "-m", "lasso3d.cli", "annotate", str(self.scan), "--port", "0"]
        environment = {**os.environ, **home, "PYTHONUNBUFFERED": ""}
        self.process = subprocess.Popen(
            [*command, "--system", "geodesic"],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
        )  # fmt: skip
        self.link = self.process.stdout.readline()
        assert LINK.fullmatch(self.link), self.link + self.process.stderr.read()
        return lasso3d.connect(self.link.strip())

    def stop(self, how):
        self.process.send_signal(how)
        output, errors = self.process.communicate(timeout=30)
        return self.process.returncode, output, errors


@pytest.fixture
def served(scan, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    server = Served(scan, tmp_path)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.stop(signal.SIGKILL)


def status_of(url, **headers):
    try:
        with urlopen(Request(url, headers=headers), timeout=20) as reply:
            return reply.status
    except HTTPError as error:
        with error:
            return error.code


def test_one_line_is_printed_and_ctrl_c_ends_it_cleanly(served):
    connection = served.start()
    base = served.link.partition("/?")[0]
    assert status_of(f"{base}/api/v1/sessions") == 401
    assert status_of(f"{base}/", Host="evil.example") in (400, 421)
    # on this machine the address alone finds the key that was left for its user
    assert lasso3d.connect(base).server()["default_system"] == "geodesic"
    assert connection.invite().startswith(f"{base}/?token=")
    with pytest.raises(LassoError, match="no token"):
        lasso3d.connect(f"{base}/?token=wrong")
    assert served.stop(signal.SIGINT) == (0, "", "")
    with pytest.raises(LassoError, match="nobody answers"):
        lasso3d.connect(base)


def test_a_server_killed_in_the_middle_has_everything_it_acknowledged(served, scan):
    connection = served.start()
    session = connection.new_session(connection.scenes()[0]["id"], name="killed")
    first = session.click(1, xyz=(1.2, 1.2, 0.3))
    before, doubt = session.masks(), session.uncertainty()
    assert before[1].sum() == first["objects"][0]["on"] > 0
    assert 0 <= doubt.min() <= doubt.max() <= 1
    acknowledged = [first["rev"]]

    def click_until_it_dies():
        with suppress(LassoError, OSError):
            while True:
                reply = session.do("rename", {"object": 1, "name": f"name {len(acknowledged)}"})
                acknowledged.append(reply["rev"])

    clicker = threading.Thread(target=click_until_it_dies)
    clicker.start()
    while len(acknowledged) < 20:
        clicker.join(0.01)
    served.stop(signal.SIGKILL)
    clicker.join()
    again = served.start().session(session.id)
    state = again.state()
    assert acknowledged == list(range(1, len(acknowledged) + 1))
    assert state["rev"] in (acknowledged[-1], acknowledged[-1] + 1)
    assert state["objects"][0]["name"] == f"name {state['rev'] - 1}"
    np.testing.assert_array_equal(again.masks()[1], before[1])
    np.testing.assert_array_equal(again.uncertainty(), doubt)
    np.testing.assert_allclose(again.xyz(), read_scene(scan).xyz, atol=1e-3)


def test_the_client_does_what_the_page_does(served, scan, tmp_path, small_scene):
    connection = served.start()
    session = connection.upload(scan)
    assert session.manifest["n"] == len(small_scene)
    session.click(1, point=17)
    mark = session.state()["objects"][0]["clicks"][0]
    np.testing.assert_allclose(mark["xyz"], small_scene.xyz[17])
    session.click(2, xyz=(3.0, 2.0, 0.02))
    masks = session.masks()
    session.undo()
    assert sorted(session.masks()) == [1]
    session.redo()
    assert sorted(session.masks()) == [1, 2]
    assert session.suggestion() is None or session.suggestion()["object"] in (0, 1, 2)
    session.do("rename", {"object": 2, "name": "floor"})
    for suffix in ("ply", "las"):
        session.export(tmp_path / f"out.{suffix}")
        label = read_scene(tmp_path / f"out.{suffix}").extra["lasso_object"]
        np.testing.assert_array_equal(label == 2, masks[2])
    names = json.loads((tmp_path / "out.las.labels.json").read_text())["lasso_names"]
    assert names == ["object 1", "floor"]
    session.do("clear", {})
    session.import_labels(tmp_path / "out.ply")
    np.testing.assert_array_equal(list(session.masks().values()), list(masks.values()))
    assert session.journal()["events"][-1]["t"] == "import"
    with pytest.raises(LassoError, match="geodesic understands Clicks"):
        session.prompt(ReferringExpression("the chair"), system="geodesic")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["no_such.ply"], 1, "there is no such file"),
        (["--port", "70000"], 2, "--port must be 0 to 65535"),
        (["--host", "0.0.0.0"], 1, "needs a token"),
        (["--unit", "0"], 2, "--unit"),
    ],
)
def test_what_cannot_start_says_why_in_one_line(arguments, code, said, capsys, monkeypatch):
    from lasso3d.cli import main

    monkeypatch.delenv("LASSO3D_TOKEN", raising=False)
    assert main(["annotate", *arguments]) == code
    found = capsys.readouterr()
    assert found.out == ""
    assert said in found.err
    assert found.err.count("\n") == 1
