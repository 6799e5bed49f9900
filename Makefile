# The only way in: each target is one sentence. Needs python3 (3.11 or later) and make.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ASSETS := api/pages/static/dist/manifest.json
SOURCES := $(shell find api/pages/assets -name node_modules -prune -o -type f -print)
READY := $(INSTALLED) $(ASSETS)

.DEFAULT_GOAL := help
.PHONY: help serve test check format lock reference assets messages bench clean
.PHONY: audit browser quick screenshots soak torture

help: ## Say what the targets do
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

# On Debian, `venv` is a package of its own. The lock file is complete: older versions
# of pip, left to resolve it again, stumble over extras with newer releases.
$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv || { [ "$$(id -u)" = 0 ] && apt-get update -qq \
	  && apt-get install -qqy python3-venv && $(PYTHON) -m venv --clear .venv; }
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(INSTALLED)

$(ASSETS): $(SOURCES) hatch_build.py | $(INSTALLED)
	$(BIN)/python hatch_build.py

serve: $(READY) ## Create the registry in ./data, load the datasets, serve on 127.0.0.1:8000
	$(BIN)/registry init --if-missing
	$(BIN)/registry load
	$(BIN)/registry serve

# Tests that need a browser, nginx, PostgreSQL or Virtuoso are skipped where there is none,
# and none can be had. The services that come with the last two are of no use to them.
browser:
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] \
	  || { apt-get update -qq && apt-get install -qqy chromium; } || true
	@command -v nginx >/dev/null || [ "$$(id -u)" != 0 ] \
	  || { apt-get update -qq && apt-get install -qqy nginx-light; } || true
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] \
	  || { apt-get update -qq && apt-get install -qqy postgresql; } || true
	@command -v virtuoso-t >/dev/null || [ "$$(id -u)" != 0 ] \
	  || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
	    apt-get install -qqy virtuoso-opensource-7; } || true

test: $(READY) browser ## Run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

# Whatever starts a server, a browser or a benchmark is left out.
quick: $(READY) ## Run the everyday tests, which take a few minutes
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder tests \
	  --ignore tests/system --ignore tests/torture --ignore tests/benchmarks \
	  --ignore tests/conformance/test_openapi_fuzz.py

# The short forms of these are among the tests.
torture: export REGISTRY_TEST_FUZZ ?= 25
torture: export REGISTRY_TEST_TORTURE ?= 500
torture: export REGISTRY_TORTURE_KILLS ?= 1000
torture: export REGISTRY_TORTURE_QUERIES ?= 10000
torture: export REGISTRY_TORTURE_LOSSES ?= 400
torture: export REGISTRY_TORTURE_FLIPS ?= 1000
torture: export REGISTRY_TORTURE_SLOW ?= 300
torture: $(READY) ## Kill, fill and break everything many times, and print the figures
	$(BIN)/python -m pytest -s tests/torture tests/shapes/test_second_opinion.py \
	  tests/registry/store/test_gate.py \
	  tests/registry/journal/test_power_loss.py \
	  tests/registry/journal/test_flipped_bits.py tests/system/test_full_disk.py \
	  tests/system/test_recovery.py tests/system/test_backup.py
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest tests/registry/test_jsonld.py \
	  tests/registry/test_second_reading.py tests/registry/test_strangers.py
	REGISTRY_TEST_FUZZ=25 $(BIN)/python -m pytest -s tests/conformance/test_openapi_fuzz.py

soak: export REGISTRY_SOAK_SECONDS ?= 3600
soak: $(READY) ## Serve honest readers, writers and some hostile strangers for an hour
	$(BIN)/python -m pytest -s tests/torture/test_soak.py

check: $(READY) ## Check style, types, the direction of imports, and the documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/docs

audit: $(READY) ## Ask whether any dependency has a known vulnerability; needs the network
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock
	cd api/pages/assets && npm audit --omit=dev

assets: $(READY) ## Build what the pages load: scripts, style sheet, fonts, the map

messages: $(READY) ## Write what the pages say into the catalogues; LOCALE=uk begins one
	$(BIN)/python -m tests.docs.catalogues $(LOCALE)

bench: $(READY) ## Measure against peers on this machine and print ratios
	$(BIN)/python -m benchmarks

format: $(READY) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(READY) browser ## Take the pictures of the documentation anew
	$(BIN)/python -m tests.docs.screenshots

reference: $(READY) ## Write docs/reference.md from the code
	$(BIN)/python -m tests.docs.reference > docs/reference.md

lock: $(READY) ## Pin the newest versions of every dependency with their hashes
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes \
	  --python-version 3.11 --upgrade --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --output-file requirements.lock

clean: ## Remove everything that was made, but for ./data
	rm -rf api/pages/assets/node_modules api/pages/static/dist
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
