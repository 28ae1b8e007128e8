"""The golden path on a running system, told as it happens. `make demo` starts the system first and leaves it running."""

import argparse
import json
import os
import pathlib
import sys
import traceback

import change
import cost
import faults
import incident
import isolation
import proof
from narrator import Narrator, fail
from people import Cast


class World:
    """The running platform as a person on this machine finds it."""

    def __init__(self, state):
        self.state = os.path.abspath(state)
        told = json.loads((pathlib.Path(self.state) / "dev.json").read_text())
        self.base_url = told["gateway_url"]
        self.stubs_url = told["stubs_url"]
        self.provable = told["provable"]
        self.checkout = told["checkout"]
        self.redis = told["redis"]
        self.narrator = Narrator()
        self.cast = Cast(self.base_url)
        self.auditor_python = proof.auditor_python(self.state)

    def pid_of(self, service):
        return (pathlib.Path(self.state) / "pids" / service).read_text().split()[0]

    def redis_command(self):
        pki = pathlib.Path(self.state) / "pki"
        command = ["redis-cli", "-h", self.redis["host"], "-p", str(self.redis["port"]), "--user", self.redis["user"], "--pass", self.redis["password"]]
        return command + ["--no-auth-warning"] + (["--tls", "--cacert", str(pki / "ca.pem")] if self.redis.get("tls") else [])


def play(world):
    narrator = world.narrator
    stories = []
    for title, story in (
        ("a. Incident: a signed webhook, a ticket, a message, and containment that waits for a person", incident),
        ("b. Change: published by one, approved by another, applied and verified", change),
        ("c. Cost anomaly: raised, throttled with finance's approval, lifted when it is over", cost),
    ):
        narrator.chapter(title)
        stories.append(story.tell(world))
        narrator.stories += 1
    narrator.chapter("What if processes die? kill -9, twice, and an empty Redis")
    survivor = faults.tell(world)
    narrator.chapter("What if another tenant asks?")
    isolation.tell(world, *stories[0])
    narrator.chapter("What does an auditor see? Offline, with two verifiers, and three forgeries")
    proof.tell(world, stories + [survivor])


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    world = World(arguments.parse_args().state)
    try:
        play(world)
    except Exception as error:  # Whatever it was, the demo says it and ends with another exit code.
        traceback.print_exc()
        fail(error)
    print(f"\nThe system runs on at {world.base_url}; stop it with `make down`.")
    world.narrator.last_line()


if __name__ == "__main__":
    sys.exit(main())
