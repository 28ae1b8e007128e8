"""Runs the end-to-end tests against a running platform: `make e2e`."""

import argparse
import json
import os
import pathlib
import subprocess
import sys


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    arguments.add_argument("tests", nargs="*", help="paths or node ids; all tests if none is named")
    options = arguments.parse_args()
    told = json.loads((pathlib.Path(options.state) / "dev.json").read_text())
    here = pathlib.Path(__file__).resolve().parent
    environment = os.environ | {"PROVABLE_URL": told["gateway_url"], "PROVABLE_STUBS_URL": told["stubs_url"]}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(here), *(options.tests or [str(here)])], env=environment, cwd=here).returncode


if __name__ == "__main__":
    sys.exit(main())
