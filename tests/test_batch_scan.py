"""Volunteers scan what they take: with a scanner, with the camera of a phone; what does not belong is heard."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect
from reportlab.graphics.barcode import createBarcodeDrawing

from preparing import COUNT, LISTEN, TITLE, fill_batch, go_to_batch
from support import Rpc, scan, sign_in_by_form

# A shop's own code that no article has.
UNKNOWN = "2999999000013"
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


def weighed(batch):
    """An article that is weighed, and that no other test opens."""
    return next(stop for stop in batch["stops"] if stop["measured"])


@pytest.fixture
def odd_codes(shop, batch, query):
    """Codes that look like weights, or that only the shop knows: of a place, an order, a card."""
    [(place,)] = query("UPDATE drive_place SET barcode = '0417' WHERE barcode = 'PLACE-A1' RETURNING name")
    [(short,)] = query("UPDATE drive_place SET barcode = '417' WHERE barcode = 'PLACE-A2' RETURNING name")
    card = "042007"
    query(
        "UPDATE res_partner SET barcode = jsonb_build_object('1', %s::text)"
        " WHERE id = (SELECT partner_id FROM sale_order WHERE id = %s)",
        card,
        batch["baskets"][0]["id"],
    )
    yield {"0417": place, "417": short, "PLACE-F1": "Frigo 1", card: None, batch["baskets"][0]["code"].lower(): None}
    query("UPDATE drive_place SET barcode = 'PLACE-A1' WHERE barcode = '0417'")
    query("UPDATE drive_place SET barcode = 'PLACE-A2' WHERE barcode = '417'")


def test_a_code_is_no_weight(shop, batch, new_page, sign_in, odd_codes, query):
    """At a computer a scanner types into the field of the weight: what it types is scanned."""
    page = new_page(base_url=shop.url)
    page.add_init_script(LISTEN)
    sign_in(page, "benevole2")
    open_batch(page, batch)
    stop = weighed(batch)
    notice = page.locator(".o_drive_notice")
    sounds = 0
    for code, place in odd_codes.items():
        page.locator(COUNT).click()
        page.locator(".o_drive_line", has_text=stop["name"]).click()
        expect(page.locator(TITLE)).to_have_text(stop["name"])
        field = page.locator(".o_drive_line_step input")
        expect(field).to_be_focused()
        scan(page, code)
        if place:
            # No crate was scanned before it.
            expect(notice).to_contain_text(place)
            expect(field).to_have_value("")
            sounds += 1
            notice.locator("button").click()
        else:
            expect(page.locator("h1")).to_contain_text("Cagettes du panier")
        page.wait_for_function("count => heard.length === count", arg=sounds)
    lines = [cell["line"] for cell in stop["cells"]]
    assert query("SELECT count(*) FROM sale_order_line WHERE drive_picked AND id = ANY(%s)", lines) == [(0,)]


def test_a_crate_is_scanned_to_its_place(shop, batch, new_page, sign_in, query):
    """Also without network; a place of another way to keep is heard, and changes nothing."""
    rpc = Rpc(shop.url, shop.database, "benevole2")
    basket = batch["baskets"][1]
    crates = [
        {"uuid": f"crate-{number}", "no": number, "kind": "crate", "args": {"order": basket["id"], **crate}}
        for number, crate in enumerate(
            ({"storage_class": "ambient", "number": 1}, {"storage_class": "chilled", "number": 2}), 1
        )
    ]
    assert len(rpc("drive.preparation", "apply", batch["id"], "crates", crates)["done"]) == 2
    page = new_page(360, 740, base_url=shop.url)
    page.add_init_script(LISTEN)
    sign_in(page, "benevole2")
    open_batch(page, batch)
    notice = page.locator(".o_drive_notice")
    scan(page, "PLACE-A3")
    expect(notice).to_contain_text("Étagère A3")
    page.wait_for_function("heard.length === 1")

    shelf, fridge = f"{basket['code']}-1", f"{basket['code']}-2"
    scan(page, shelf)
    expect(page.locator("h1")).to_contain_text(f"Cagettes du panier {basket['letter']}")
    expect(notice).to_have_count(0)
    crate = page.locator(".o_drive_crate", has_text=shelf)
    expect(crate).to_contain_text("Scannez son emplacement")
    scan(page, "PLACE-F2")
    expect(notice).to_contain_text("Frigo 2")
    page.wait_for_function("heard.length === 2")
    scan(page, "PLACE-A3")
    expect(crate.locator("strong")).to_have_text("Étagère A3")
    expect(notice).to_have_count(0)
    # What stands somewhere stays there, until its crate is scanned again.
    scan(page, "PLACE-A4")
    page.wait_for_function("heard.length === 3")

    page.context.set_offline(True)
    scan(page, fridge)
    crate = page.locator(".o_drive_crate", has_text=fridge)
    expect(crate).to_contain_text("Scannez son emplacement")
    # It is in sight, and not under the bar below.
    page.wait_for_function(
        """() => {
            const [crate, bar] = [".o_drive_at_hand", ".o_drive_crates .o_drive_bar"].map(
                (selector) => document.querySelector(selector).getBoundingClientRect());
            return crate.top > 0 && crate.bottom <= bar.top;
        }"""
    )
    scan(page, "PLACE-F2")
    expect(crate.locator("strong")).to_have_text("Frigo 2")
    page.context.set_offline(False)
    expect(page.locator(".o_drive_waiting")).to_have_text("")
    assert query(
        "SELECT c.name, p.barcode FROM drive_crate c JOIN drive_place p ON p.id = c.place_id"
        " WHERE c.order_id = %s ORDER BY c.name",
        basket["id"],
    ) == [(shelf, "PLACE-A3"), (fridge, "PLACE-F2")]


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
