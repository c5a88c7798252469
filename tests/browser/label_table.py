"""The label table as a person uses it: a canvas that takes clicks and keys."""

from __future__ import annotations

from playwright.sync_api import Page, expect

HEADER_PX, ROW_PX = 34, 33
CLIP, PERSON, EMOTION, GROUP = 1, 2, 3, 4
CLIP_CENTRE_PX = 150
"""A place inside the column Clip, from the left edge of the table."""


def choose(page: Page, row: int, column: int) -> None:
    """Make a cell the active one: click on the clip's name in its row, then go right by arrow key.

    The page may still move under the pointer, so it is clicked again until the table says that it was hit.
    """
    wanted = page.get_by_test_id(f"glide-cell-{column}-{row}").first
    for _ in range(20):
        box = page.get_by_test_id("stDataFrame").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + CLIP_CENTRE_PX, box["y"] + HEADER_PX + ROW_PX * row + ROW_PX / 2)
        page.wait_for_timeout(200)
        for _ in range(column - CLIP):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        if wanted.get_attribute("aria-selected") == "true":
            return
    raise AssertionError(f"the cell in column {column} of row {row} cannot be reached")


def write(page: Page, row: int, column: int, text: str) -> None:
    """Open the cell, write `text` (or choose it from the list), and see that the table has taken it."""
    cell = page.get_by_test_id(f"glide-cell-{column}-{row}").first
    choose(page, row, column)
    page.keyboard.press("Enter")
    editor = page.locator("#portal").locator("input, textarea").first
    expect(editor).to_be_focused()
    page.wait_for_timeout(300)  # the editor opens with an animation and drops keys until it stands
    editor.fill(text)
    expect(editor).to_have_value(text)
    page.keyboard.press("Enter")
    expect(cell).to_have_text(text)
    wait_until_still(page)


def wait_until_still(page: Page) -> None:
    """Wait until the script run that the last change has started is over."""
    page.wait_for_timeout(300)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
