"""Pictures of pages, for `docs/pictures`: small files, in two widths."""

import io
import os
from pathlib import Path

from PIL import Image

from page_checks import LARGE, PHONE, resize

# What is further down than that adds nothing to a picture.
HIGHEST = {PHONE: 1600, LARGE: 1200}
QUALITY = 60


def take(page, name):
    """Leave pictures of a page, on a phone and on a large screen, where they are asked for."""
    if not os.environ.get("DRIVE_SCREENSHOTS"):
        return
    for size in (PHONE, LARGE):
        resize(page, size)
        page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        wait_for_images(page)
        height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST[size])
        resize(page, (size[0], max(height, size[1])))
        wait_for_images(page)
        take_screen(page, name)


def take_screen(page, name):
    """Leave a picture of what a screen shows, as wide as it is, where pictures are asked for."""
    folder = os.environ.get("DRIVE_SCREENSHOTS")
    if not folder:
        return
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    width = page.viewport_size["width"]
    picture.convert("RGB").save(Path(folder) / f"{name}-{width}.webp", quality=QUALITY, method=6)


def take_paper(page, name, width, height):
    """Leave a picture of the first sheet of a paper, as it is printed, where pictures are asked for."""
    folder = os.environ.get("DRIVE_SCREENSHOTS")
    if not folder:
        return
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    picture.convert("L").save(Path(folder) / f"paper-{name}.webp", quality=QUALITY, method=6)


def wait_for_images(page):
    page.wait_for_function(
        """() => [...document.images].every(
            (image) => image.complete || image.getBoundingClientRect().top > window.innerHeight
        )"""
    )
