"""Journeys through the page in a real browser on the real server."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import uvicorn

from lasso3d.annotator.access import Access, address_of
from lasso3d.annotator.listening import listening
from lasso3d.annotator.server import app_of
from lasso3d.core.scene import Scene
from lasso3d.core.segmentation import Segmentation
from lasso3d.io.export import write_scene
from lasso3d.io.scenes import read_scene

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
FLAGS = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox", "--disable-dev-shm-usage"]
# a shared machine without a GPU: what takes a second there may take ten here
PATIENCE = 180_000
REAL = "indoor_instances/labelCloud/exemplary.ply"


class Server:
    """`lasso3d annotate` in a process of its own; may be killed and started again on the same folders."""

    def __init__(self, folder, scans, *options):
        self.folder, self.scans, self.options, self.port = folder, scans, options, 0
        self.start()

    def start(self):
        environment = {**os.environ, "LASSO3D_CACHE": str(self.folder / "cache"), "OMP_WAIT_POLICY": "passive"}
        words = [sys.executable, "-m", "lasso3d.cli", "annotate", *map(str, self.scans), "--port", str(self.port)]
        words += ["--sessions", str(self.folder / "sessions"), *self.options]
        self.log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        self.link = self.process.stdout.readline().strip()
        assert self.link.startswith("http://127.0.0.1:"), (self.folder / "server.log").read_text()
        self.port = urlsplit(self.link).port
        self.key = self.link.partition("token=")[2]

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.log.close()


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    path = tmp_path_factory.mktemp("scans") / "boxes.ply"
    write_scene(path, boxes_on_a_floor())
    return path


def boxes_on_a_floor():
    """Four coloured boxes, a centimetre between points; one stands in the middle of the picture."""
    rng = np.random.default_rng(11)
    floor = rng.random((16_000, 3)) * [3, 2.4, 0] + [-1.5, -1.2, 0]
    parts, colours = [floor], [np.full((len(floor), 3), 170)]
    places = [
        ((0, 0), (200, 60, 50)),
        ((-0.9, 0.5), (60, 90, 200)),
        ((0.9, 0.5), (70, 160, 80)),
        ((0.3, -0.8), (210, 180, 60)),
    ]
    for (x, y), colour in places:
        surface = rng.random((5_000, 3)) - 0.5
        axis = rng.integers(0, 3, len(surface))
        surface[np.arange(len(surface)), axis] = np.where(axis == 2, 0.5, rng.choice([-0.5, 0.5], len(surface)))
        parts.append(surface * [0.5, 0.4, 0.5] + [x, y, 0.25])
        colours.append(np.tile(colour, (len(surface), 1)))
    noise = rng.integers(-12, 13, (sum(map(len, parts)), 3))
    rgb = np.clip(np.concatenate(colours) + noise, 0, 255).astype(np.uint8)
    return Scene(np.concatenate(parts).astype(np.float32), rgb=rgb)


@pytest.fixture(scope="module")
def server(tmp_path_factory, generated):
    running = Server(tmp_path_factory.mktemp("server"), [generated])
    yield running
    running.stop()


@pytest.fixture
def context(browser):
    """A browser that has seen nothing, and whose every error and request is looked at."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, accept_downloads=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    wrong, asked = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.wrong, context.asked = wrong, asked
    yield context
    context.close()


def opened(context, link):
    page = context.new_page()
    page.goto(link)
    settled(page)
    return page


def settled(page):
    shows(page, idle="true", pending="false", saved="true", connection="open")


def shows(page, **state):
    for name, value in state.items():
        expect(page.locator("html")).to_have_attribute(f"data-{name}", value, timeout=PATIENCE)


def state(page, name):
    return page.locator("html").get_attribute(f"data-{name}")


def status(page):
    return page.get_by_role("status").inner_text()


def click(page, x, y, **how):
    """Click at a share of the view; the number of points of the selected object afterwards."""
    box = page.locator("#view").bounding_box()
    rev = state(page, "rev")
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"], **how)
    expect(page.locator("html")).not_to_have_attribute("data-rev", rev, timeout=PATIENCE)
    settled(page)
    return int(state(page, "on"))


def press(page, keys):
    rev = state(page, "rev")
    page.keyboard.press(keys)
    expect(page.locator("html")).not_to_have_attribute("data-rev", rev, timeout=PATIENCE)
    settled(page)


def pixels(page):
    """The picture of the scan, without what lies over it."""
    return page.locator("#view").screenshot()


def annotate_and_return(context, link, tmp_path, *, first, second):
    """Every step of an ordinary day; `first` and `second` say where two objects lie, in shares of the view."""
    page = opened(context, link)
    before = pixels(page)
    on = click(page, *first)
    assert on > 0
    assert "points" in status(page)
    assert pixels(page) != before

    press(page, "Control+z")
    shows(page, objects="0")
    press(page, "Control+Shift+Z")
    shows(page, objects="1", on=str(on))
    expect(page.get_by_role("button", name="Delete positive click 1")).to_be_visible()

    fewer = click(page, *second, button="right")
    expect(page.get_by_role("button", name="Delete negative click 2")).to_be_visible()
    press(page, "Control+z")
    shows(page, on=str(on))
    press(page, "Control+y")
    shows(page, on=str(fewer))
    press(page, "Control+z")

    press(page, "n")
    shows(page, objects="2", active="2")
    other = click(page, *second)
    page.get_by_role("textbox", name="Name of object 2").fill("second thing")
    press(page, "Enter")
    settled(page)
    shows(page, objects="2")

    plain = pixels(page)
    page.keyboard.press("h")
    expect(page.locator("html")).to_have_attribute("data-heat", re.compile(r"\d+"), timeout=PATIENCE)
    settled(page)
    expect(page.get_by_role("complementary", name="Legend")).to_contain_text("uncertain")
    assert pixels(page) != plain
    page.keyboard.press("h")
    settled(page)
    shows(page, mode="colour")

    page.locator("#clip summary").click()
    page.get_by_label("Greatest height").fill("300")
    page.keyboard.press("Escape")
    settled(page)
    assert pixels(page) != plain
    page.locator("#view").focus()
    page.keyboard.press("c")
    settled(page)

    page.reload()
    settled(page)
    shows(page, objects="2")
    page.keyboard.press("2")
    shows(page, active="2", on=str(other))
    page.keyboard.press("1")
    shows(page, active="1")
    expect(page.get_by_role("textbox", name="Name of object 2")).to_have_value("second thing")
    sizes = {1: int(state(page, "on")), 2: other}

    page.locator("#export summary").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(r"^\.ply")).click()
    exported = tmp_path / "labelled.ply"
    waiting.value.save_as(exported)
    labels = read_scene(exported).extra["lasso_object"]
    assert {number: int((labels == number).sum()) for number in (1, 2)} == sizes

    page.locator("#view").focus()
    press(page, "Delete")
    shows(page, objects="1")
    rev = state(page, "rev")
    page.locator("#import-file").set_input_files(exported)
    expect(page.locator("html")).not_to_have_attribute("data-rev", rev, timeout=PATIENCE)
    settled(page)
    press(page, "Control+z")
    shows(page, objects="1")
    press(page, "Control+z")
    shows(page, objects="2")
    assert not context.wrong
    return page


def test_a_generated_scan_from_the_first_click_to_the_import(context, server, tmp_path):
    page = annotate_and_return(context, server.link, tmp_path, first=(0.5, 0.5), second=(0.4, 0.55))
    assert state(page, "session")
    assert {urlsplit(url).netloc for url in context.asked if not url.startswith(("data:", "blob:"))} == {
        f"127.0.0.1:{server.port}"
    }


def test_a_real_scan_from_the_first_click_to_the_import(context, tmp_path):
    data = os.environ.get("LASSO3D_DATA")
    if not data:
        pytest.skip("LASSO3D_DATA is not set")
    server = Server(tmp_path, [Path(data) / REAL])
    try:
        annotate_and_return(context, server.link, tmp_path, first=(0.52, 0.53), second=(0.3, 0.52))
    finally:
        server.stop()


@pytest.fixture
def link(server):
    return lambda context: invited(context, server)


def invited(context, server):
    """A fresh one-time link; the server's own is used up."""
    key = {"authorization": f"Bearer {server.key}", "content-type": "application/json"}
    answer = context.request.post(f"http://127.0.0.1:{server.port}/api/v1/invitations", headers=key, data="{}")
    assert answer.ok, answer.text()
    return answer.json()["url"]


def fresh(page, server):
    """A session of its own on the scan."""
    scenes = page.request.get(f"http://127.0.0.1:{server.port}/api/v1/scenes").json()
    headers = {
        "content-type": "application/json",
        "origin": f"http://127.0.0.1:{server.port}",
        "sec-fetch-site": "same-origin",
    }
    url = f"http://127.0.0.1:{server.port}/api/v1/sessions"
    made = page.request.post(url, headers=headers, data=f'{{"scene": "{scenes[0]["id"]}"}}').json()
    page.goto(f"http://127.0.0.1:{server.port}/#session={made['session']['id']}")
    page.reload()
    settled(page)
    shows(page, session=made["session"]["id"])


def test_everything_works_without_a_mouse(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys and mouse")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#view").focus()
    for keys in ("ArrowLeft", "ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown", "+", "-", "t", "Home"):
        page.keyboard.press(keys)
    settled(page)
    page.keyboard.press("x")
    expect(page.locator("#crosshair")).to_be_visible()
    press(page, "Space")
    on = int(state(page, "on"))
    assert on > 0
    press(page, "Shift+Space")
    expect(page.get_by_role("button", name="Delete negative click 2")).to_be_visible()
    press(page, "Control+z")
    press(page, "n")
    page.keyboard.press("Tab")
    shows(page, active="1")
    expect(page.locator("#view")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("button", name="Lock object 1")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#view")).not_to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("n123 hv")
    expect(page.get_by_label("Ask for it")).to_have_value("n123 hv")
    shows(page, objects="2", mode="colour")
    assert not context.wrong


def test_a_click_on_nothing_does_nothing_and_hidden_things_are_not_in_the_way(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    rev = state(page, "rev")
    box = page.locator("#view").bounding_box()
    page.mouse.click(box["x"] + 8, box["y"] + box["height"] - 8)
    expect(page.get_by_role("status")).to_have_text("No point there")
    shows(page, rev=rev, objects="0")
    first = click(page, 0.5, 0.5)
    seen = pixels(page)
    page.get_by_role("button", name="Hide object 1").click()
    settled(page)
    assert pixels(page) != seen
    shows(page, on=str(first))
    page.keyboard.press("2")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # what stood in front is not there to be clicked; what lies behind it, if anything, is
    expect(page.get_by_role("status")).to_have_text(re.compile("^(No point there|Object 2: )"))
    settled(page)
    address = f"http://127.0.0.1:{server.port}/api/v1/sessions/{state(page, 'session')}"
    places = [mark["xyz"] for found in page.request.get(address).json()["objects"] for mark in found["clicks"]]
    assert len(set(map(tuple, places))) == len(places)
    page.keyboard.press("Shift+V")
    expect(page.get_by_role("button", name="Hide object 1")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Show object 1 alone").click()
    settled(page)
    assert pixels(page) != seen


def test_a_held_digit_sends_one_click_to_that_object(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    click(page, 0.5, 0.5)
    page.locator("#view").focus()
    page.keyboard.down("4")
    click(page, 0.3, 0.5)
    shows(page, objects="2", active="4")
    page.keyboard.up("4")
    shows(page, active="1")


def test_the_suggested_click_is_gone_to_and_made(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    # the edge of a box and the floor: unsure on purpose
    for x in (0.5, 0.53, 0.56, 0.6):
        click(page, x, 0.57)
        page.wait_for_timeout(400)
        if page.locator("#suggestion").is_visible():
            break
    else:
        pytest.skip("the model is sure of everything here")
    page.keyboard.press("g")
    expect(page.locator("#crosshair")).to_be_visible()
    settled(page)
    rev = int(state(page, "rev"))
    press(page, "Shift+G")
    assert int(state(page, "rev")) == rev + 1


def test_two_browsers_share_one_server(browser, context, server, link):
    mine = opened(context, link(context))
    fresh(mine, server)
    other_context = browser.new_context(viewport={"width": 900, "height": 700})
    try:
        theirs = opened(other_context, link(context))
        theirs.goto(f"http://127.0.0.1:{server.port}/#session={state(mine, 'session')}")
        theirs.reload()
        settled(theirs)
        on = click(mine, 0.5, 0.5)
        shows(theirs, objects="1", on=str(on))
        fresh(theirs, server)
        click(theirs, 0.5, 0.5)
        shows(mine, rev=state(mine, "rev"), on=str(on))
    finally:
        other_context.close()


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(context, generated, tmp_path):
    # the base line needs no weights, so that the second start costs little
    server = Server(tmp_path, [generated], "--system", "geodesic")
    try:
        page = opened(context, server.link)
        click(page, 0.5, 0.5)
        page.keyboard.press("2")
        on = click(page, 0.3, 0.5)
        rev = state(page, "rev")
        server.stop(signal.SIGKILL)
        shows(page, connection="lost")
        server.start()
        page.goto(server.link)
        settled(page)
        shows(page, objects="2", rev=rev)
        page.keyboard.press("2")
        shows(page, active="2", on=str(on))
        press(page, "Control+z")
        shows(page, objects="1")
    finally:
        server.stop()


def accessibility(page):
    """What axe-core finds wrong, one line each."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is not installed")
    page.evaluate(Path(axe.AXE_FILE_PATH).read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def test_axe_finds_nothing_wrong_anywhere(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    assert accessibility(page) == []
    click(page, 0.5, 0.5)
    page.keyboard.press("h")
    settled(page)
    page.locator("#look summary").click()
    assert accessibility(page) == []
    page.locator("#clip summary").click()
    assert accessibility(page) == []
    page.locator("#export summary").click()
    assert accessibility(page) == []
    page.get_by_role("button", name="Keys and help").click()
    assert accessibility(page) == []
    page.get_by_role("dialog", name="Keys and mouse").get_by_role("button", name="Close").click()
    page.locator("#open-sessions").click()
    expect(page.locator("#file-list li").first).to_be_visible()
    assert accessibility(page) == []


def test_a_narrow_window_loses_nothing(context, server, link):
    page = opened(context, link(context))
    page.set_viewport_size({"width": 480, "height": 800})
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 480
    for name in ("Undo", "Redo", "Import", "New"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_label("Ask for it")).to_be_visible()
    assert accessibility(page) == []


def test_sessions_are_listed_renamed_and_resumed(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    page.get_by_label("Session name").fill("the one to find")
    page.keyboard.press("Enter")
    first = state(page, "session")
    fresh(page, server)
    page.locator("#open-sessions").click()
    page.get_by_role("button", name=re.compile("^the one to find")).click()
    settled(page)
    shows(page, session=first)
    expect(page.get_by_label("Session name")).to_have_value("the one to find")


def test_a_scan_of_this_computer_is_uploaded_and_labelled(context, server, link, generated):
    page = opened(context, link(context))
    before = state(page, "session")
    page.locator("#open-sessions").click()
    page.get_by_label("Choose a scan or drop it here").set_input_files(generated)
    expect(page.locator("html")).not_to_have_attribute("data-session", before, timeout=PATIENCE)
    settled(page)
    assert click(page, 0.5, 0.5) > 0
    page.locator("#open-sessions").click()
    page.get_by_role("button", name="Link for another browser").click()
    expect(page.get_by_label("One-time link for another browser")).to_have_value(
        re.compile(r"^http://127\.0\.0\.1:\d+/\?token=")
    )
    assert not context.wrong


STRANGER = b"""<!doctype html><title>stranger</title><p id=http></p><p id=ws></p><script>
const say = (id, text) => (document.getElementById(id).textContent = text);
const there = {credentials: "include"};
fetch("http://127.0.0.1:PORT/api/v1/sessions", there).then(() => say("http", "read"), () => say("http", "refused"));
const socket = new WebSocket("ws://127.0.0.1:PORT/ws");
socket.onopen = () => say("ws", "open");
socket.onerror = () => say("ws", "refused");
</script>"""


def test_a_page_of_another_origin_is_refused(context, server, link):
    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(STRANGER.replace(b"PORT", str(server.port).encode()))

        def log_message(self, *words):
            pass

    opened(context, link(context))
    with HTTPServer(("127.0.0.1", 0), Stranger) as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{elsewhere.server_address[1]}/")
        expect(page.locator("#http")).to_have_text("refused")
        expect(page.locator("#ws")).to_have_text("refused")
        elsewhere.shutdown()


@contextlib.contextmanager
def serving(annotator):
    """The service of this process, with a stand-in system, on a port of its own."""
    listener = listening("127.0.0.1", 0)
    access = Access(address_of("127.0.0.1", listener.getsockname()[1]))
    config = uvicorn.Config(
        app_of(annotator, access), log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield access.address.link(access.token)
    finally:
        server.should_exit = True
        thread.join(20)


def test_words_bring_candidates_to_accept_and_refine(context, annotator, scan, until):
    record = annotator.scenes.open(scan)
    until(lambda: annotator.scenes.record(record.id).status != "preparing")
    with serving(annotator) as link:
        page = opened(context, link)
        page.keyboard.press("/")
        page.keyboard.type("table, shelf")
        expect(page.locator("#prompt-note")).to_have_text("Sent as names to stand-in")
        page.keyboard.press("Enter")
        shows(page, candidates="2")
        settled(page)
        seen = pixels(page)
        page.get_by_role("button", name=re.compile("^shelf")).click()
        settled(page)
        assert pixels(page) != seen
        page.get_by_role("button", name="Accept shelf").click()
        shows(page, objects="1")
        settled(page)
        expect(page.get_by_role("textbox", name="Name of object 1")).to_have_value("shelf")
        on = int(state(page, "on"))
        assert on > 0
        page.keyboard.press("Escape")
        shows(page, candidates="0")
        page.keyboard.press("f")
        settled(page)
        for share in (0.5, 0.45, 0.55, 0.4, 0.6):
            box = page.locator("#view").bounding_box()
            page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
            expect(page.get_by_role("status")).to_have_text(re.compile("No point there|points|click added"))
            settled(page)
            if page.get_by_role("button", name="Delete positive click 1").is_visible():
                break
        expect(page.get_by_role("button", name="Delete positive click 1")).to_be_visible()


def test_candidates_say_what_fits_what_is_doubtful_and_what_is_taken(context, annotator, stand_in, scan, until):
    def doubting(encoding, prompt, previous, seed):
        """A table, a second that hardly is one, a chair; no shelf."""
        x = encoding.centroid[:, 0]
        rows = np.stack([x < 1, x >= 3, (x >= 1) & (x < 2)]).astype(np.float32)
        score, doubt = np.array([0.6, 0.05, 0.9]), np.zeros(len(x))
        return Segmentation(rows, encoding.of_point, ("table", "table", "chair"), score, doubt, exclusive=False)

    stand_in._segment = doubting
    record = annotator.scenes.open(scan)
    until(lambda: annotator.scenes.record(record.id).status != "preparing")
    with serving(annotator) as link:
        page = opened(context, link)
        page.keyboard.press("/")
        page.keyboard.type("chair, table, shelf")
        expect(page.locator("#prompt-note")).to_have_text("Sent as names to stand-in")
        plain = pixels(page)
        page.keyboard.press("Enter")
        shows(page, candidates="3")
        expect(page.locator("#reply")).to_contain_text("Nothing fits “shelf”")
        settled(page)
        assert pixels(page) != plain
        expect(page.locator("#candidate-list li")).to_have_text(
            [re.compile("^chair.*90 %"), re.compile("^table 1")]
        )
        expect(page.get_by_role("button", name="Accept table 2")).to_be_hidden()
        page.get_by_text("1 less likely").click()
        expect(page.get_by_role("button", name="Accept table 2")).to_be_visible()
        assert accessibility(page) == []
        page.locator("#view").focus()
        press(page, "Enter")
        page.get_by_role("button", name="chair is object 1").wait_for()
        press(page, "Enter")
        page.get_by_role("button", name="table 1 is object 2").wait_for()
        expect(page.get_by_role("textbox", name="Name of object 2")).to_have_value("table")
        press(page, "Control+z")
        page.get_by_role("button", name="Accept table 1").wait_for()
        assert accessibility(page) == []


def test_the_box_says_what_cannot_be_answered_yet(context, server, link):
    page = opened(context, link(context))
    fresh(page, server)
    page.get_by_label("Ask for it").fill("where can I sit?")
    expect(page.locator("#prompt-note")).to_contain_text("No installed system answers instructions yet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(re.compile("cannot|understand|answers", re.IGNORECASE))
    shows(page, candidates="0", connection="open")
