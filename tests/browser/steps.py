"""What a person does that leads to another page. The test goes on when that page is there, whole."""


def press(target) -> None:
    """Press a button or a link."""
    with target.page.expect_navigation():
        target.click()


def enter(page) -> None:
    """Press Enter where the keyboard is."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
