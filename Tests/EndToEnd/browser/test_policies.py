"""Policies in the browser: errors while typing, two people, replay, and why something was decided."""

import re

from playwright.sync_api import expect

import incident

ADMIN = "dana@acme.example"
APPROVER = "chris@acme.example"


def editor(visitor):
    visitor.open("/policies?tab=edit")
    visitor.settle()
    area = visitor.page.get_by_label("Policies (Cedar)")
    expect(area).to_be_editable()
    expect(visitor.page.get_by_text("Parsed, validated, nothing wrong.")).to_be_visible()
    return area


def test_an_error_stands_at_its_line_while_typing(visit):
    visitor = visit(ADMIN)
    area = editor(visitor)
    page = visitor.page
    good = area.input_value()
    area.fill('permit(principal, action, resource)\nwhen { context.input.amount > };\n')
    expect(page.locator(".code-line.error .code-mark").first).to_be_visible()
    place = page.get_by_role("button", name=re.compile(r"^policies 2:\d+$")).first
    expect(place).to_be_visible()
    expect(page.get_by_role("button", name="Publish…")).to_have_attribute("aria-disabled", "true")
    place.click()
    expect(area).to_be_focused()
    assert area.evaluate("(it) => it.value.slice(0, it.selectionStart).split('\\n').length") == 2
    area.fill(good)
    expect(page.get_by_text("Parsed, validated, nothing wrong.")).to_be_visible()
    expect(page.locator(".code-line.error")).to_have_count(0)


def test_a_second_person_puts_policies_in_force(visit):
    admin = visit(ADMIN)
    admin.open("/policies?tab=history")
    admin.settle()
    page = admin.page
    if page.get_by_role("button", name="Ask two people").count():
        page.get_by_role("button", name="Ask two people").click()
    expect(page.get_by_role("button", name="Lift the rule")).to_be_visible()
    try:
        area = editor(admin)
        marker = f"never-{admin.get('/v1/policies/bundles?limit=1')['items'][0]['digest'][:8]}"
        area.fill(area.input_value() + f'\n@id("{marker}")\nforbid(principal, action == Action::"github.never", resource);\n')
        page.get_by_role("button", name="Publish…").click()
        page.get_by_label("Note").fill("never is never")
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("Somebody else must approve that they come into force.")).to_be_visible()
        page.get_by_role("link", name="See what waits").click()
        waiting = page.get_by_role("group", name="Waits for a second person").first
        expect(waiting).to_contain_text("never is never")
        expect(waiting.get_by_role("button", name="Approve")).to_have_attribute("aria-disabled", "true")

        second = visit(APPROVER)
        second.open("/policies?tab=history")
        second.settle()
        waiting = second.page.get_by_role("group", name="Waits for a second person").first
        waiting.get_by_role("link", name="Compare").click()
        difference = second.page.get_by_role("group", name="What they say otherwise")
        expect(difference).to_contain_text(marker)
        expect(difference).to_contain_text("1 added")
        waiting.get_by_role("button", name="Approve").click()
        expect(second.page.get_by_text("The policies are in force")).to_be_visible()
        assert marker in second.get("/v1/policies/active")["policies"]
    finally:
        lift_the_rule(visit)


def lift_the_rule(visit):
    """To lift it takes two, too: the tests after this one publish alone."""
    admin = visit(ADMIN)
    admin.open("/policies?tab=history")
    admin.settle()
    admin.page.get_by_role("button", name="Lift the rule").click()
    second = visit(APPROVER)
    incident.wait_until("the proposal", lambda: any(
        each["state"] == "awaiting-approval" and each["kind"] == "settings" for each in second.get("/v1/policies/activations")["items"]))
    second.open("/policies?tab=history")
    second.settle()
    second.page.get_by_role("group", name="Waits for a second person").filter(has_text="the rules of activation").get_by_role("button", name="Approve").first.click()
    incident.wait_until("the rule's end", lambda: not second.get("/v1/policies/settings")["two_person"])


def test_a_replay_shows_coverage_before_its_matrix_and_examples_open(visit):
    visitor = visit(ADMIN)
    incident.inbox_item(visitor, incident.start(visitor))
    area = editor(visitor)
    page = visitor.page
    area.fill(area.input_value() + '\n@id("no-issues")\nforbid(principal, action == Action::"jira.issue.create", resource);\n')
    expect(page.get_by_text("Parsed, validated, nothing wrong.")).to_be_visible()
    page.get_by_label("Window").select_option("1")
    page.get_by_role("button", name="Replay", exact=True).click()
    panel = page.get_by_role("group", name="Replay", exact=True)
    expect(panel.get_by_role("heading", name="Coverage")).to_be_visible()
    cell = panel.get_by_role("button", name=re.compile(r"decisions allowed that would be denied"))
    expect(cell).to_be_visible()
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    panel.locator(".example").get_by_role("link", name="jira.issue.create").first.click()
    expect(page).to_have_url(re.compile(r"/decisions/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", level=1, name="jira.issue.create")).to_be_visible()


def test_a_gated_step_says_why_and_who_may_approve(visit):
    visitor = visit("omar@acme.example")
    run = incident.start(visitor)
    item = incident.inbox_item(visitor, run)
    visitor.open(f"/inbox?item={item['id']}")
    page = visitor.page
    page.get_by_role("link", name="Why this was decided").click()
    expect(page.get_by_role("heading", name="Why", exact=True)).to_be_visible()
    gates = page.get_by_role("group", name="Gates")
    expect(gates).to_contain_text("containment-needs-on-call")
    expect(gates).to_contain_text("On call")
    expect(page.get_by_role("group", name="What would flip it")).to_be_visible()
    expect(page.get_by_role("table", name="Each part of its conditions").first).to_be_visible()
    page.get_by_role("link", name=run[-8:]).click()
    visitor.settle()
    gated = page.locator(".fold").filter(has_text="waits").first
    gated.locator("summary").click()
    gated.get_by_role("link", name="Why this was decided").click()
    expect(gates).to_contain_text("containment-needs-on-call")


def test_the_parts_of_the_page_are_reached_by_arrow_keys(visit):
    visitor = visit(ADMIN)
    visitor.open("/policies")
    visitor.settle()
    page = visitor.page
    page.get_by_role("tab", name="Decisions").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Editor")).to_be_focused()
    expect(page).to_have_url(re.compile(r"tab=edit"))
