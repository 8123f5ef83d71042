"""Volunteers scan what they take: with a scanner, with the camera of a phone; what does not belong is heard."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from reportlab.graphics.barcode import createBarcodeDrawing

from preparing import COUNT, TITLE, fill_batch, go_to_batch
from support import Rpc, scan, sign_in_by_form

# A shop's own code that no article has.
UNKNOWN = "2999999000013"
# What the device would have played.
LISTEN = """window.heard = [];
HTMLMediaElement.prototype.play = function () {
    window.heard.push(this.src);
    return Promise.resolve();
};"""
WIDTH, HEIGHT = 640, 480


@pytest.fixture(scope="module")
def shop(new_server):
    return new_server("demo")


@pytest.fixture(scope="module")
def batch(shop):
    """A batch that somebody has begun."""
    batch = fill_batch(shop, 2, 6)
    begin = {"uuid": "begins", "no": 1, "kind": "begin", "args": {}}
    assert Rpc(shop.url, shop.database, "benevole")("drive.preparation", "apply", batch["id"], "begins", [begin])[
        "done"
    ]
    return batch


def open_batch(page, batch):
    go_to_batch(page, batch)
    expect(page.locator(COUNT)).to_be_visible()


def scannable(batch):
    """The last articles of the walk that have a code: nobody is sent there yet."""
    return [stop for stop in batch["stops"] if stop["barcode"]][-2:]


def heard(page):
    return page.evaluate("heard.length")


def test_what_does_not_belong_is_heard(shop, batch, new_page, sign_in):
    page = new_page(360, 740, base_url=shop.url)
    page.add_init_script(LISTEN)
    sign_in(page, "benevole")
    open_batch(page, batch)
    notice = page.locator(".o_drive_notice")
    scan(page, UNKNOWN)
    expect(notice).to_be_visible()
    page.wait_for_function("heard.length === 1")
    notice.locator("button").click()
    _filmed, scanned = scannable(batch)
    scan(page, scanned["barcode"])
    expect(page.locator(TITLE)).to_have_text(scanned["name"])
    assert heard(page) == 1

    page.get_by_role("button", name="Couper le son").click()
    scan(page, UNKNOWN)
    expect(notice).to_be_visible()
    assert heard(page) == 1
    # The device stays silent.
    page.reload()
    page.get_by_role("button", name="Remettre le son").click()
    scan(page, UNKNOWN)
    page.wait_for_function("heard.length === 1")


@pytest.fixture
def camera(shop, batch, launch, browser, tmp_path):
    """A phone before whose camera the code of an article is held."""
    code = createBarcodeDrawing("EAN13", value=scannable(batch)[0]["barcode"], barWidth=3, barHeight=200)
    paper = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    paper.set_content(f"<body style='display: grid; place-items: center'>{code.asString('svg')}")
    picture = Image.open(io.BytesIO(paper.screenshot())).convert("L")
    paper.close()
    film = tmp_path / "code.y4m"
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
    film.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)
    phone = launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    return phone.new_page(base_url=shop.url, viewport={"width": 360, "height": 740}, locale="fr-FR")


def test_an_article_is_scanned_with_the_camera(camera, batch):
    page = camera
    page.goto("/web/login")
    sign_in_by_form(page, "benevole")
    open_batch(page, batch)
    name = scannable(batch)[0]["name"]
    expect(page.locator(TITLE)).not_to_have_text(name)
    page.get_by_role("button", name="Scanner avec l’appareil photo").click()
    expect(page.locator(TITLE)).to_have_text(name, timeout=30_000)
    expect(page.locator(".modal")).to_have_count(0)
