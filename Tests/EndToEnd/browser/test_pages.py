"""What each page lets a person do, by keyboard where it promises so."""

import re

from playwright.sync_api import expect

import incident

OMAR = "omar@acme.example"


def test_a_new_page_takes_the_focus_and_the_skip_link_leads_into_it(visit):
    visitor = visit(OMAR)
    visitor.open("/inbox")
    page = visitor.page
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_focused()
    expect(page).to_have_title("Runs · Provable")
    page.reload()
    visitor.settle()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_inbox_moves_by_keys(visit):
    visitor = visit(OMAR)
    first, second = incident.start(visitor), incident.start(visitor)
    incident.inbox_item(visitor, first)
    incident.inbox_item(visitor, second)
    visitor.open("/inbox")
    page = visitor.page
    chosen = page.locator(".item[aria-current='true']")
    expect(chosen).to_have_count(1)
    before = chosen.get_attribute("data-id")
    page.keyboard.press("j")
    expect(page.locator(f".item[data-id='{before}'][aria-current='true']")).to_have_count(0)
    page.keyboard.press("k")
    expect(page.locator(f".item[data-id='{before}'][aria-current='true']")).to_have_count(1)


def test_a_narrow_inbox_shows_one_thing_at_a_time(visit):
    visitor = visit(OMAR, width=360, height=740)
    item = incident.inbox_item(visitor, incident.start(visitor))
    visitor.open("/inbox")
    page = visitor.page
    page.locator(f"[data-id='{item['id']}']").click()
    expect(page.get_by_role("button", name="Approve")).to_be_in_viewport()
    page.get_by_role("button", name="Inbox").click()
    expect(page.locator(f"[data-id='{item['id']}']")).to_be_visible()


def test_a_receipt_is_drawn_and_a_changed_copy_is_caught(visit):
    visitor = visit(OMAR)
    receipt = visitor.get("/v1/receipts?limit=1")["items"][0]
    visitor.open(f"/receipts/{receipt['id']}")
    visitor.settle()
    page = visitor.page
    expect(page.get_by_role("img", name=re.compile("which is the root of the checkpoint"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"All \d checks hold"))).to_be_visible()
    for press in ("Flip a byte of the payload", "Alter the log entry", "Move it in the log"):
        page.get_by_role("button", name=press).click()
        expect(page.get_by_text("Caught. The changed copy does not verify:")).to_be_visible()


def test_a_draft_is_checked_while_it_is_typed(visit):
    visitor = visit("dana@acme.example")
    visitor.open("/flows/new")
    page = visitor.page
    editor = page.get_by_role("textbox", name="Document", exact=True)
    expect(page.get_by_text(re.compile("^valid"))).to_be_visible()
    text = editor.input_value()
    editor.fill(text.replace('"success": "done"', '"success": "nowhere"'))
    expect(page.locator(".code-line.error .code-mark")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_attribute("aria-disabled", "true")
    editor.fill(text[:-1])
    expect(page.get_by_text("not JSON yet")).to_be_visible()
    editor.fill(text)
    expect(page.get_by_text(re.compile("^valid"))).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).not_to_have_attribute("aria-disabled", "true")


def test_another_tenant_sees_nothing(visit):
    omar = visit(OMAR)
    run = omar.get("/v1/runs?limit=1")["items"]
    run_id = run[0]["id"] if run else incident.start(omar)
    nora = visit("nora@northwind.example", tenant="northwind-agency")
    nora.open(f"/runs/{run_id}")
    expect(nora.page.get_by_text("There is nothing here")).to_be_visible()


def test_an_agency_changes_workspace(visit):
    visitor = visit("nora@northwind.example", tenant="northwind-agency")
    visitor.open("/runs")
    page = visitor.page
    page.get_by_role("button", name="change workspace").click()
    page.get_by_role("button", name=re.compile("^Contoso")).click()
    expect(page.get_by_role("button", name="Contoso, change workspace")).to_be_visible()
    assert visitor.get("/v1/session")["tenant"]["slug"] == "contoso"


def test_the_copilot_answers_with_receipts(visit):
    visitor = visit(OMAR)
    run_id = incident.start(visitor)
    incident.inbox_item(visitor, run_id)
    visitor.open(f"/runs/{run_id}")
    page = visitor.page
    page.get_by_role("button", name="Why is this run waiting?").click()
    expect(page.locator(".answer .cite").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"(\d+) of \1 cited receipts verified here"))).to_be_visible()
