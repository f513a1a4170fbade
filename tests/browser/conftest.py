"""A real Chromium, where there is one; the tests are skipped with a reason where there is none."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings as conf

from tests import factories
from tests.sinks import MailSink, TextSink

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS", conf.DATA / "screenshots"))


@pytest.fixture(scope="session", autouse=True)
def _the_browser_keeps_a_loop_on_this_thread():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: requirements-ci.txt")
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
        size = page.viewport_size
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(size)

    return keep


@pytest.fixture
def axe(page):
    """A function: every accessibility rule that this page breaks, as sentences; none is expected.

    The rules about colours alone can be asked for where nothing but the colours is another.
    """
    runner = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def broken(rules: list[str] = RULES) -> list[str]:
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        found = runner.run(page, options=options).response["violations"]
        return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]

    return broken


@pytest.fixture
def mail_server(settings):
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def text_provider(settings):
    with TextSink() as sink:
        settings.SMS_PROVIDER_URL, settings.SMS_PROVIDER_TOKEN = sink.url, "a token the provider gave us"
        yield sink


@pytest.fixture
def clinic(transactional_db):
    """A sender with two topics to choose from."""
    first = factories.TopicFactory(name="Health tips")
    factories.TopicFactory(
        sender=first.sender, name="Clinic news", description="What is new at the clinic.", by_sms=False
    )
    return first
