"""Tells a person who watches what happens, step by step, and counts what was shown."""

import sys


class Narrator:
    def __init__(self):
        self.receipts = 0
        self.verified = 0
        self.tamperings = 0
        self.leaks = 0
        self.stories = 0

    def chapter(self, title):
        print(f"\n== {title}", flush=True)

    def say(self, text):
        print(f"   {text}", flush=True)

    def see(self, text):
        print(f"   ✓ {text}", flush=True)

    def last_line(self):
        print(
            f"demo: {self.stories} stories, {self.receipts} receipts, {self.verified} verified offline, "
            f"{self.tamperings} tamperings rejected, {self.leaks} leaks",
            flush=True,
        )


def fail(text):
    """Ends the demo; what was started is left running so that it can be looked at."""
    print(f"\ndemo failed: {text}", file=sys.stderr, flush=True)
    sys.exit(1)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)
