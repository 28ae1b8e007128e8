"""Story c: Contoso's model spend jumps; a throttle is proposed, approved, applied, watched, and lifted."""

import datetime
import time

from client import wait_until
from incident import run_ids, run_titled
from narrator import expect
from people import decide, ended_run, open_task

FLOW = "cost-anomaly"
SERVICE = "model-api"
# Cents per hour over a working day: what the series usually costs.
SHAPE = [210, 190, 180, 170, 180, 240, 420, 880, 1460, 1830, 2010, 2080, 1990, 1920, 2040, 2010, 1790, 1390, 1010, 820, 610, 500, 410, 320]


def point(hour, factor=1.0):
    """The bucket that begins at `hour`, with a little noise that is the same in every run of the demo."""
    noise = 1 + ((hour * 2_654_435_761) % 97 - 48) / 1_200
    micros = int(SHAPE[hour % 24] * 10_000 * noise * factor)
    at = datetime.datetime.fromtimestamp(hour * 3_600, datetime.timezone.utc)
    return {"at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "cost": {"micros": micros, "currency": "USD"}}


def tell(world):
    say, see = world.narrator.say, world.narrator.see
    nora, nils = world.cast.person("nora@northwind.example", "contoso"), world.cast.person("nils@northwind.example", "contoso")
    # A series of its own for each run of the demo, since a series only ever moves forward in time.
    meter = f"tokens-{int(time.time())}"
    now = int(time.time()) // 3_600
    start = now - 15 * 24

    def ingest(hours, factor=1.0):
        points = [point(hour, factor) for hour in hours]
        return nora.post("/v1/costs/points", {"service": SERVICE, "meter": meter, "points": points})

    usual = ingest(range(start, now - 8))
    expect(not usual["anomalies_opened"], "two usual weeks raised an anomaly")
    see(f"{usual['accepted']} hours of Contoso's usual model spend raise nothing")

    known = run_ids(nora, FLOW)
    jump = ingest(range(now - 8, now - 6), factor=3.4)
    expect(len(jump["anomalies_opened"]) == 1, f"the jump should open one anomaly, but: {jump}")
    anomaly = next(a for a in nora.get("/v1/anomalies?state=open")["items"] if a["meter"] == meter)
    see(f"the detector raises it: {anomaly['ratio_milli'] / 1000:.1f} times what was expected")
    run = run_titled(nora, FLOW, known)
    item = open_task(nils, run["id"])
    see(f"the mitigation flow proposes a throttle; Nils of finance is asked: {item['title']}")
    decide(nils, item["task_id"], "approve", "Throttle it until we know why")

    def throttled():
        return next((t for t in nora.get("/v1/throttles")["items"] if t["meter"] == meter), None)

    throttle = wait_until("the throttle", throttled)
    see(f"applied: {SERVICE} {meter} lets {throttle['percent']} % through")
    say("The source obeys, and the series comes back.")
    calm = ingest(range(now - 6, now - 1))
    expect(len(calm["anomalies_closed"]) == 1, f"the anomaly should have closed, but: {calm}")
    ended = ended_run(nora, run["id"])
    expect(ended["state"] == "succeeded", f"the mitigation ended as {ended['state']}: {ended['outcome']}")
    expect(throttled() is None, "the throttle was not lifted")
    see("the anomaly closed, the throttle was lifted by the same run, the run closed")
    return ("contoso", nora, run["id"])
