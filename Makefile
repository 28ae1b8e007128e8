# What a newcomer types. Everything is safe to repeat; a target says in one line what it could not do.
#   make up      sets up and starts the platform on this machine    make test    every test that a change must pass
#   make down    stops it, and only it                              make demo    the golden path, narrated
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c

STATE ?= .provable
BIN := .build/debug
PROVABLE := $(BIN)/provable
WEB := Services/Gateway/Web
VENVS := .build/venv
AREA ?= golden
VECTORS ?=
SECONDS ?= 600
TARGET ?=

.PHONY: help packages build web up down status test demo check check-cost bench fuzz conformance e2e e2e-mesh simulate asan generate images

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -n 3
	@echo "also: status check check-cost bench fuzz conformance simulate e2e e2e-mesh asan web generate images"

packages:
	@deploy/dev/install-packages.sh

build: packages
	@command -v swift >/dev/null || { echo "swift is missing: install Swift 6.3 from swift.org" >&2; exit 1; }
	@swift build

# The page is built anew only where something it is made of has changed.
web: packages $(WEB)/dist/index.html
$(WEB)/dist/index.html: $(shell find $(WEB) -type f -not -path '$(WEB)/dist*' 2>/dev/null)
	@$(WEB)/build.sh
	@touch $@

up: build web
	@$(PROVABLE) dev up --state $(STATE)

# Works where nothing was ever built, too: then nothing can run.
down:
	@if [ -x $(PROVABLE) ]; then $(PROVABLE) dev down --state $(STATE); else echo "nothing runs: nothing is built"; fi

status:
	@$(PROVABLE) dev status --state $(STATE)

# Many tests start servers and wait for each other's answers: a few at a time, so that two cores can keep their deadlines.
test: packages
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 swift test
	@$(WEB)/test.sh

demo: up
	@python3 deploy/dev/demo/demo.py --state $(STATE)

check: packages $(VENVS)/helm/ready
	@swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift $(shell find Shared Services loadtests Tests -name '*.swift' -not -path '*/Generated/*' -not -path '*/WireProbe/Swift/*' -not -path '*/.build*')
	@Protos/generate.sh --check
	@$(VENVS)/helm/bin/python deploy/helm/check.py

# Instructions per call against those recorded; RECORD=1 records them anew. Not a part of `check`: it needs a release build.
check-cost: packages
	@loadtests/cost/run.sh $(if $(RECORD),--record)

# AREA=golden (the default), rpc, wire, tls, policy, cel or postgres.
bench: packages
	@loadtests/run.sh "$(AREA)" "$(STATE)"

# SECONDS for each target; TARGET=wire for one alone.
fuzz: packages
	@loadtests/fuzz/run.sh "$(SECONDS)" $(TARGET)

# SEEDS histories of the flow engine's core under faults, from FIRST on; a failing one is printed, as small as it gets.
simulate: packages
	@swift run -c release --quiet flow-simulation --first $(or $(FIRST),0) --seeds $(or $(SEEDS),10000)

conformance: build $(VENVS)/conformance/ready
	@[ -n "$(VECTORS)" ] || { echo "say where the vectors are: make conformance VECTORS=DIR" >&2; exit 1; }
	@Tests/Conformance/run.sh $(PROVABLE) "$(VECTORS)"

e2e: up $(VENVS)/e2e/ready
	@$(VENVS)/e2e/bin/python Tests/EndToEnd/run.py --state $(STATE)

# The mesh from outside: TLS scanned and attacked, certificates and services replaced under load, telemetry against its formats.
e2e-mesh: up $(VENVS)/e2e-mesh/ready
	@Tests/EndToEnd/mesh.sh $(VENVS)/e2e-mesh/bin/python $(STATE)

# What touches C, under AddressSanitizer and LeakSanitizer.
asan: packages
	@Tests/Sanitizers/run.sh

generate: packages
	@Protos/generate.sh

images:
	@docker build --file deploy/docker/Dockerfile --tag provable:dev .

# Python tools stand in environments of their own; each is made again where its requirements change.
$(VENVS)/helm/ready: deploy/helm/requirements.txt
$(VENVS)/conformance/ready: Tests/Conformance/python/requirements.txt
$(VENVS)/e2e/ready: Tests/EndToEnd/requirements.txt
$(VENVS)/e2e-mesh/ready: Tests/EndToEnd/mesh.txt Tests/EndToEnd/tls/requirements.txt Tests/EndToEnd/telemetry/requirements.txt
$(VENVS)/%/ready:
	@rm -rf $(VENVS)/$*
	@python3 -m venv $(VENVS)/$*
	@$(VENVS)/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
