"""What every page of a member must hold, checked in a real browser at every width."""

# 320 px; a phone; a large screen at 200 %, which lays out like one of half the width; a large screen.
NARROW, PHONE, ZOOMED, LARGE = (320, 640), (360, 740), (640, 400), (1280, 800)

# Text that its box cuts off, words broken in their middle, fields with no room to type, and
# controls that lie under something else when they are in view.
# Of controls that repeat, as in a list, a few stand for all.
HIDDEN = """() => {
    const found = [];
    const shown = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
    // For screen readers alone, or only there once it has the focus.
    const apart = (e) => e.closest(".sr, .skip, .visually-hidden-focusable") || e.clientWidth === 1;
    const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
    for (const e of document.querySelectorAll("body *")) {
        const style = getComputedStyle(e);
        const wide = cuts(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
        const high = cuts(style.overflowY) && e.scrollHeight > e.clientHeight + 1;
        if ((wide || high) && e.innerText?.trim() && shown(e) && !apart(e)) {
            found.push("cut: " + e.outerHTML.slice(0, 150));
        }
    }
    // A whole word on several lines: its column is too narrow for what is in it.
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        if (!text.parentElement.checkVisibility() || apart(text.parentElement)) continue;
        for (const word of text.data.matchAll(/(?<=^|\\s)\\p{L}{2,15}(?=\\s|$)/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
            if (lines.size > 1) found.push("broken: " + word[0] + " in " + text.parentElement.outerHTML.slice(0, 150));
        }
    }
    const seen = {};
    const controls = "a[href], button, summary, select, textarea, input:not([type=hidden])";
    for (const e of document.querySelectorAll(controls)) {
        const kind = [e.tagName, e.className, e.parentElement.className].join();
        if (!shown(e) || apart(e) || (seen[kind] = (seen[kind] || 0) + 1) > 3) continue;
        e.scrollIntoView({block: "center", behavior: "instant"});
        const box = e.getClientRects()[0];
        if (!box?.width || !box.height) continue;
        if (e.matches("input:not([type=checkbox], [type=radio])") && box.width < 32) {
            found.push("squeezed: " + e.outerHTML.slice(0, 150));
        }
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const same = top && (e.contains(top) || top.contains(e) || top.closest("label")?.control === e);
        if (!same) found.push("covered: " + e.outerHTML.slice(0, 150) + " by " + top?.outerHTML.slice(0, 80));
    }
    scrollTo(0, 0);
    return found;
}"""


def resize(page, size):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})


def faults(page, axe) -> list[str]:
    """All that is wrong with a page, as sentences; none if all is well."""
    found = []
    language = page.get_attribute("html", "lang")
    if not (language or "").startswith("fr"):
        found.append(f"the page says that its language is {language}")
    titles = page.locator("h1").all_inner_texts()
    if len(titles) != 1:
        found.append(f"{len(titles)} headings of the first level: {titles}")
    for size in (NARROW, ZOOMED, LARGE):
        resize(page, size)
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        here = [f"scrolls sideways by {too_wide} px"] if too_wide > 0 else []
        here += page.evaluate(HIDDEN)
        # Between the two others nothing else begins.
        here += [] if size == ZOOMED else axe(page)
        found += [f"at {size[0]} px: {fault}" for fault in here]
    return found
