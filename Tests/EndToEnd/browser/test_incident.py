"""Story a, as the person on call lives it: the incident arrives, is read, signed in the page, and proved without a network."""

import re

from playwright.sync_api import expect

import incident

OMAR = "omar@acme.example"


def sign_in_by_hand(visitor, email, tenant):
    visitor.open("/")
    person = visitor.page.get_by_role("listitem").filter(has_text=email)
    person.get_by_role("button", name=re.compile(tenant)).click()


def test_the_person_on_call_approves_in_the_page_and_the_run_is_proved_offline(visit, tmp_path):
    visitor = visit()
    page = visitor.page
    sign_in_by_hand(visitor, OMAR, "Acme")
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    # The page stands open while the event arrives: the item comes by itself.
    run_id = incident.start(visitor)
    item = incident.inbox_item(visitor, run_id)
    entry = page.locator(f"[data-id='{item['id']}']")
    expect(entry).to_be_visible()
    entry.click()

    # What is signed is recomputed here, and the evidence is verified here.
    expect(page.get_by_role("heading", name="What you sign")).to_be_visible()
    expect(page.get_by_text("digest recomputed here: same")).to_be_visible()
    signed = page.get_by_role("table", name="The resolved inputs that the signature covers")
    expect(signed.get_by_role("row", name=re.compile("payments-api")).first).to_be_visible()
    for heading in ("Why you are asked", "What happens then", "Evidence"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    verified = page.get_by_text(re.compile(r"^(\d+) of \1 receipts verified here$"))
    expect(verified).to_be_visible()

    # One key opens the last look; the signature is a second act.
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Approve and sign")
    task = visitor.get(f"/v1/tasks/{item['task_id']}")
    expect(dialog.get_by_text(task["subject_digest"])).to_be_visible()
    dialog.get_by_label("Comment (optional)").fill("Contain it")
    dialog.get_by_role("button", name="Sign and approve").click()
    expect(page.get_by_text(re.compile("^Approved: "))).to_be_visible()
    expect(entry).to_have_count(0)

    # The run goes on and closes, and its page says so without a reload.
    visitor.open(f"/runs/{run_id}")
    expect(page.get_by_role("heading", name="It is done")).to_be_visible(timeout=60_000)
    decided = visitor.get(f"/v1/tasks/{item['task_id']}")
    assert decided["state"] == "approved" and decided["decided_by"] == OMAR
    expect(page.get_by_text(re.compile(r"^(\d+) of \1 receipts verified here$"))).to_be_visible(timeout=30_000)

    def closed():
        receipts = visitor.get(f"/v1/runs/{run_id}/receipts?limit=200")["items"]
        return any(receipt["kind"] == "run-close/v1" for receipt in receipts) and visitor.get(f"/v1/runs/{run_id}/bundle")["pending"] == 0

    # What the closing receipt commits to may still be on its way to the log.
    incident.wait_until("the closed set in the log", closed)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download proof").click()
    bundle = tmp_path / "bundle.json"
    download.value.save_as(bundle)

    verify_offline(visitor, bundle)


def verify_offline(visitor, bundle):
    page = visitor.page
    visitor.open("/receipts?view=verify")
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    visitor.context.set_offline(True)
    page.locator("#bundle-file").set_input_files(bundle)
    expect(page.get_by_role("heading", name="This bundle verifies")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("covered", exact=True)).to_be_visible()
    for press, said in (
        ("Flip one byte", "Receipts that do not verify"), ("Drop a receipt", "Receipts that the run was closed with are not here"), ("Swap two", "out of the log's order")
    ):
        page.get_by_role("button", name=press).click()
        expect(page.get_by_role("heading", name="This bundle does not verify")).to_be_visible()
        expect(page.get_by_text(said).first).to_be_visible()
        page.get_by_role("button", name="Restore the file").click()
        expect(page.get_by_role("heading", name="This bundle verifies")).to_be_visible()
    visitor.context.set_offline(False)


def test_who_may_not_decide_reads_why(visit):
    omar = visit(OMAR)
    run_id = incident.start(omar)
    item = incident.inbox_item(omar, run_id)
    dana = visit("dana@acme.example")
    # Items are every member's to read where their list shows them; the task itself always is.
    seen = [each["id"] for each in dana.get("/v1/inbox?state=open&limit=200")["items"]]
    if item["id"] in seen:
        dana.open(f"/inbox?item={item['id']}")
        approve = dana.page.get_by_role("button", name="Approve", exact=False)
        expect(approve).to_have_attribute("aria-disabled", "true")
        expect(dana.page.get_by_role("note")).to_be_visible()
        dana.page.keyboard.press("a")
        expect(dana.page.get_by_role("dialog")).to_have_count(0)
    task = dana.get(f"/v1/tasks/{item['task_id']}")
    assert task["can_decide"] is False and task["cannot_decide_reason"]


def test_a_rejection_wants_a_reason(visit):
    omar = visit(OMAR)
    item = incident.inbox_item(omar, incident.start(omar))
    omar.open(f"/inbox?item={item['id']}")
    page = omar.page
    expect(page.get_by_role("heading", name="What you sign")).to_be_visible()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Reject and sign")
    expect(dialog.get_by_role("button", name="Sign and reject")).to_have_attribute("aria-disabled", "true")
    dialog.get_by_label("Say why you reject it").fill("The checks are green again")
    dialog.get_by_role("button", name="Sign and reject").click()
    expect(page.get_by_text(re.compile("^Rejected: "))).to_be_visible()
    assert omar.get(f"/v1/tasks/{item['task_id']}")["state"] == "rejected"
