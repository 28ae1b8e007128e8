"""A browser on the running system. PROVABLE_URL says where it stands; nothing here starts or stops it."""

import os
import shutil
import uuid

import pytest
from playwright.sync_api import expect, sync_playwright

# The machine may be building something beside this; what is slow is not yet wrong.
expect.set_options(timeout=15_000)

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")


def pytest_configure(config):
    if not os.environ.get("PROVABLE_URL"):
        pytest.exit("PROVABLE_URL is not set: these tests drive a running system", returncode=2)


@pytest.fixture(scope="session")
def base_url():
    return os.environ["PROVABLE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        # Chromium's own sandbox needs a user that is not root.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Faults:
    """What a page complained about by itself: uncaught errors, refused scripts and styles."""

    def __init__(self, page):
        self.found = []
        page.on("pageerror", lambda error: self.found.append(f"uncaught: {error}"))
        page.on("console", self.heard)

    def heard(self, message):
        text = message.text
        if message.type == "error" and ("Content Security Policy" in text or "Refused to" in text):
            self.found.append(text)


class Visitor:
    """A page of one person; without a person it is signed out."""

    def __init__(self, base_url, context):
        self.base_url = base_url
        self.context = context
        self.page = context.new_page()
        self.faults = Faults(self.page)

    def open(self, path):
        self.page.goto(self.base_url + path)

    def get(self, path):
        response = self.context.request.get(self.base_url + path)
        assert response.ok, f"GET {path}: {response.status} {response.text()}"
        return response.json()

    def settle(self):
        """Waits until nothing is being loaded or verified any more."""
        self.page.wait_for_function("() => !document.querySelector('.bone') && document.querySelector('h1')", timeout=15_000)
        self.page.wait_for_function("() => ![...document.querySelectorAll('.chip')].some((chip) => chip.textContent.trim().startsWith('checking'))", timeout=20_000)


@pytest.fixture
def visit(browser, base_url):
    contexts = []

    def make(person=None, tenant="acme", theme="light", width=1360, height=860):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", accept_downloads=True)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            answer = context.request.post(
                base_url + "/v1/auth/dev/sign-in", data={"email": person, "tenant": tenant}, headers={"Idempotency-Key": str(uuid.uuid4())})
            assert answer.ok, f"sign-in of {person}: {answer.status} {answer.text()}"
        visitor = Visitor(base_url, context)
        made.append(visitor)
        return visitor

    made = []
    yield make
    found = [fault for visitor in made for fault in visitor.faults.found]
    for context in contexts:
        context.close()
    assert not found, found
