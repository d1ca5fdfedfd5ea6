# The verbs of the project; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint dev scorecard full-refresh query event-log catalogue benchmark benchmark-service benchmark-texts lock clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: .venv/ready demo ## build the warehouse of the demonstration company, or of CXW_COMPANY
	@$(BIN)/python -m orchestration run

test: .venv/ready ## run every test
	@$(BIN)/python -m pytest

lint: .venv/ready ## check SQL, Python and YAML
	@$(BIN)/ruff check .
	@$(BIN)/yamllint --strict .
	@CXW_BUILD_DATABASE=:memory: $(BIN)/sqlfluff lint models tests/data_tests

dev: .venv/ready demo ## open the Dagster UI on http://127.0.0.1:3000, with schedules
	@$(BIN)/python -m orchestration dev

scorecard: .venv/ready ## show the published scorecard again
	@$(BIN)/python -m orchestration scorecard

full-refresh: .venv/ready demo ## build every model anew from what has been landed
	@$(BIN)/python -m orchestration run --full-refresh

query: .venv/ready ## ask the semantic layer, e.g. make query METRICS=nps BY=metric_time__month
	@$(BIN)/mf query --metrics $(METRICS) --group-by $(or $(BY),metric_time__month)

event-log: .venv/ready ## write an event log for process mining, e.g. make event-log CASE=ticket TO=log.parquet
	@$(BIN)/python -m orchestration event-log --case $(or $(CASE),customer) --to $(or $(TO),warehouse/event_log.parquet)

catalogue: .venv/ready ## write docs/metrics.md anew from the published catalogue
	@$(BIN)/python -m orchestration catalogue

benchmark: .venv/ready ## time the generator and a whole run at several sizes
	@$(BIN)/python -m benchmarks

benchmark-service: .venv/ready ## time the service layer beside SQL written by hand
	@$(BIN)/python -m benchmarks.service_metrics

benchmark-texts: .venv/ready ## count texts read a second, beside the same rules in plain Python
	@$(BIN)/python -m benchmarks.texts

lock: .venv/ready ## resolve the dependencies of pyproject.toml anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra huggingface --extra splink \
		--no-emit-index-url --custom-compile-command 'make lock' pyproject.toml -o requirements.lock

clean: ## remove the environment, the demonstration company's data and all state
	rm -rf .venv demo/data warehouse

# The demonstration company is only written where no other company is named.
.PHONY: demo
demo: .venv/ready
	@[ -n "$$CXW_COMPANY" ] || $(BIN)/python -m demo --if-missing

.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else \
		"error: expected Python 3.11 to 3.13, found %d.%d; name one with make PYTHON=python3.12" % v)'
	@echo "environment: installing into .venv ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	@touch $@
