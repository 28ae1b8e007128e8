"""No page has an axe violation, in either theme, on a wide or a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import incident

OMAR = "omar@acme.example"
PAGES = [
    "/inbox", "/inbox?state=closed", "/runs", "/runs?state=cancelled", "/runs/{run}", "/receipts", "/receipts/{receipt}", "/receipts?view=verify", "/flows", "/flows/incident-response",
    "/flows/new", "/policies", "/policies?tab=edit", "/policies?tab=history", "/policies?tab=proposals", "/decisions/{decision}",
    "/decisions/0192f000-0000-7000-8000-00000000ffff", "/connections", "/costs", "/copilot", "/no-such-page", "/runs/0192f000-0000-7000-8000-00000000ffff",
]


@pytest.fixture(scope="module")
def places(browser, base_url):
    """Ids of a run that exists and of one of its receipts."""
    context = browser.new_context()
    context.request.post(base_url + "/v1/auth/dev/sign-in", data={"email": OMAR, "tenant": "acme"}, headers={"Idempotency-Key": "places"})

    class Here:
        pass

    here = Here()
    here.base_url = base_url
    here.get = lambda path: context.request.get(base_url + path).json()
    runs = here.get(f"/v1/runs?flow={incident.FLOW}&limit=5")["items"]
    run = runs[0]["id"] if runs else incident.start(here)
    receipts = incident.wait_until("receipts of the run", lambda: here.get(f"/v1/runs/{run}/receipts")["items"])
    decisions = incident.wait_until("decisions of the run", lambda: here.get(f"/v1/decisions?run_id={run}")["items"])
    context.close()
    return {"run": run, "receipt": receipts[0]["id"], "decision": decisions[0]["id"]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_where_policies_are_changed(visit, theme):
    visitor = visit("dana@acme.example", theme=theme)
    page = visitor.page
    visitor.open("/policies?tab=edit")
    visitor.settle()
    area = page.get_by_label("Policies (Cedar)")
    expect(page.get_by_text("Parsed, validated, nothing wrong.")).to_be_visible()
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("heading", name="Coverage")).to_be_visible()
    assert violations(page) == ""
    area.fill("permt(principal, action, resource);")
    expect(page.locator(".code-mark").first).to_be_visible()
    assert violations(page) == ""
    for tab in ("history", "proposals"):
        visitor.open(f"/policies?tab={tab}")
        visitor.settle()
        assert violations(page) == "", tab


def violations(page):
    results = Axe().run(page)
    return results.generate_report() if results.violations_count else ""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_violation(visit, places, path, theme):
    visitor = visit(OMAR, theme=theme)
    visitor.open(path.format(**places))
    visitor.settle()
    assert violations(visitor.page) == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_signed_out(visit, theme):
    visitor = visit(theme=theme)
    visitor.open("/")
    visitor.settle()
    assert violations(visitor.page) == ""
    visitor.open("/receipts?view=verify")
    visitor.settle()
    assert violations(visitor.page) == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_narrow_and_in_dialogs(visit, places, theme):
    visitor = visit(OMAR, theme=theme, width=360, height=740)
    page = visitor.page
    for path in ("/inbox", "/runs/{run}", "/receipts/{receipt}"):
        visitor.open(path.format(**places))
        visitor.settle()
        assert violations(page) == "", path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
    page.get_by_role("button", name="Menu").click()
    assert violations(page) == ""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to or ask")).to_be_visible()
    assert violations(page) == ""


def test_the_theme_is_chosen_and_kept(visit):
    visitor = visit(OMAR, theme="light")
    visitor.open("/inbox")
    visitor.page.get_by_role("button", name="Dark theme").click()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.page.reload()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
