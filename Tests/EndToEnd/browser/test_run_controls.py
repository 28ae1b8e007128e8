"""A run with branches, held, skipped and started again by hand, on the page."""

import importlib.util
import pathlib
import uuid

import pytest
from playwright.sync_api import expect

_specification = importlib.util.spec_from_file_location("isolation_client", pathlib.Path(__file__).resolve().parents[1] / "isolation" / "client.py")
_client = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_client)
Person = _client.Person

FLOW = f"branches-{uuid.uuid4().hex[:8]}"
DOCUMENT = {
    "schema": "provable.dev/flow/v1", "name": FLOW, "title": "Ship an order",
    "nodes": [
        {"id": "start", "type": "trigger", "trigger": {"kind": "manual"}, "next": "ship"},
        {"id": "ship", "type": "parallel", "title": "Pack and bill",
         "branches": [{"title": "Pack", "next": "pack"}, {"title": "Bill", "next": "bill"}], "on": {"joined": "note", "error": "failed"}},
        {"id": "pack", "type": "task", "role": "operator", "title": "Pack the order", "inputs": {"order": "${trigger.order}"}, "ttl": "1d",
         "on": {"completed": "ship", "timeout": "ship"}},
        {"id": "bill", "type": "wait", "title": "Until the bill is paid", "event": "bank.payment.received", "timeout": "7d",
         "on": {"event": "ship", "timeout": "ship"}},
        {"id": "note", "type": "assign", "title": "Note both", "set": {"shipped": "${trigger.order}"}, "next": "done"},
        {"id": "done", "type": "end", "outcome": "success", "output": {"order": "${vars.shipped}"}},
        {"id": "failed", "type": "end", "outcome": "failure"},
    ],
}


@pytest.fixture(scope="module")
def dana(base_url):
    return Person(base_url, "dana@acme.example", "acme")


@pytest.fixture(scope="module")
def flow(base_url, dana):
    answer = dana.ask("POST", "/v1/flows", {"document": DOCUMENT, "note": "for a test"})
    assert answer.status in (200, 201, 202), answer.text
    if answer.json["task_id"]:
        chris = Person(base_url, "chris@acme.example", "acme")
        decision = {"decision": "approve", "subject_digest": chris.get(f"/v1/tasks/{answer.json['task_id']}")["subject_digest"]}
        answer = chris.ask("POST", f"/v1/tasks/{answer.json['task_id']}/decision", decision)
        assert answer.status == 200, answer.text
    return FLOW


@pytest.fixture
def run(dana, flow):
    answer = dana.ask("POST", "/v1/runs", {"flow": flow, "input": {"order": "O-17"}})
    assert answer.status == 201, answer.text
    return answer.json["run_id"]


def opened(visit, run, **how):
    visitor = visit("dana@acme.example", **how)
    visitor.open(f"/runs/{run}")
    visitor.settle()
    return visitor.page


def give_reason(page, reason, act):
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("dialog").get_by_role("button", name=act).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_both_branches_are_told(visit, run):
    page = opened(visit, run)
    why = page.get_by_role("region", name="Why it waits")
    expect(why).to_contain_text("with the role operator to do")
    expect(why).to_contain_text("the event bank.payment.received")


def test_a_run_is_held_and_let_go(visit, dana, run):
    page = opened(visit, run)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Pause")).to_have_attribute("aria-disabled", "true")
    give_reason(page, "the warehouse is shut", "Pause")
    expect(page.get_by_role("region", name="Why it waits")).to_contain_text("aused by dana@acme.example: the warehouse is shut")
    page.get_by_role("button", name="Resume").click()
    give_reason(page, "it is open again", "Resume")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    kinds = [receipt["kind"] for receipt in dana.get(f"/v1/runs/{run}/receipts")["items"]]
    assert kinds.count("run-control/v1") == 2, kinds


def test_steps_are_skipped_and_the_run_started_again_in_its_middle(visit, dana, run):
    page = opened(visit, run)
    for title in ("Pack the order", "Until the bill is paid"):
        step = page.locator("details", has=page.locator("summary", has_text=title))
        step.locator("summary").click()
        step.get_by_role("button", name="Skip this step").click()
        give_reason(page, "done by hand", "Skip this step")
        expect(page.locator("summary", has_text=title)).to_contain_text("skipped")
    expect(page.get_by_role("region", name="It is done")).to_be_visible()
    assert dana.get(f"/v1/runs/{run}")["run"]["state"] == "succeeded"
    note = page.locator("details", has=page.locator("summary", has_text="Note both"))
    note.locator("summary").click()
    note.get_by_role("button", name="Start again from here").click()
    give_reason(page, "a typing mistake", "Start again from here")
    page.wait_for_url(lambda url: "/runs/" in url and run not in url)
    expect(page.get_by_role("region", name="It is done")).to_be_visible()
