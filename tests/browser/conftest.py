"""A real Chromium, where there is one; the tests are skipped with a reason where there is none."""

import os
import shutil
from pathlib import Path

import pytest

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", "var/screenshots"))

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: see requirements-ci.txt.")


@pytest.fixture(scope="session", autouse=True)
def _the_browser_keeps_a_loop_on_this_thread():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium():
    if EXECUTABLE is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium.")
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=EXECUTABLE, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server, settings):
    """A phone-sized page without script; a request that leaves our own server fails the test."""
    settings.BASE_URL = live_server.url
    context = chromium.new_context(viewport={"width": 320, "height": 800}, base_url=live_server.url)
    context.set_default_timeout(10_000)
    foreign = []
    page = context.new_page()
    page.on("request", lambda request: None if request.url.startswith(live_server.url) else foreign.append(request.url))
    yield page
    context.close()
    assert foreign == []


@pytest.fixture
def shoot(page):
    """Keep a picture of the page at 320 and 1280 pixels, outside the repository's history."""

    def keep(name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 800})

    return keep
