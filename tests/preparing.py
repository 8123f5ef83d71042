"""What a preparer does at the screen of a batch."""

from playwright.sync_api import expect

TAKE = ".o_drive_taken"
COUNT = ".o_drive_count"
TITLE = ".o_drive_line_step h1"
# More than any page has places to go to.
MOST_TABS = 100


def cells(batch):
    return {cell["line"]: {**cell, "stop": stop} for stop in batch["stops"] for cell in stop["cells"]}


def typed(number):
    return f"{number:.3f}".replace(".", ",")


def press(button):
    """Go to a button by the keyboard, and press it."""
    for _key in range(MOST_TABS):
        if button.evaluate("element => element === document.activeElement"):
            break
        button.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_be_enabled()
    button.page.keyboard.press("Enter")


def take_one(page, batch, use=lambda button: button.tap()):
    """Take what the screen asks for next; a weight is a little more than was ordered."""
    button = page.locator(TAKE)
    field = page.locator(".o_drive_line_step input")
    if field.count():
        name = page.locator(TITLE).inner_text()
        letter = button.inner_text().split()[1]
        [stop] = [stop for stop in batch["stops"] if stop["name"] == name]
        basket = next(row["id"] for row in batch["baskets"] if row["letter"] == letter)
        [cell] = [cell for cell in stop["cells"] if cell["basket"] == basket]
        field.fill(typed(cell["wanted"] * 1.02))
    use(button)
