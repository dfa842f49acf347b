# SPDX-License-Identifier: Apache-2.0
# The only command surface. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.8
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
IMAGE_EXTRAS := operator steps embed catalogue upstream vectors

##@ Help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} /^[a-zA-Z_-]+:.*## / {printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Set up
$(VENV)/.ready: pyproject.toml locks/all.txt cluster/bootstrap.sh
	@cluster/bootstrap.sh $(VENV) $(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python locks/all.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

setup: $(VENV)/.ready ## Install the locked dependencies into .venv

lock: ## Resolve the dependencies anew and write locks/*.txt
	$(COMPILE) pyproject.toml --all-extras --group dev -o locks/all.txt locks/build.in
	@set -e; for extra in $(IMAGE_EXTRAS); do $(COMPILE) pyproject.toml --extra $$extra -c locks/all.txt -o locks/$$extra.txt; done
