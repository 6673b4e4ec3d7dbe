# The commands of the project. Needs only Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
# The locks are complete and pinned by hash, so pip has nothing to resolve; bytecode is made where it is first used.
INSTALL := "$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile
unexport PYTHONDONTWRITEBYTECODE

# A plugin that no test of ours uses in this process loads Jupyter in each of three for a second.
PYTEST := "$(BIN)/python" -m pytest -n 2 -p no:nbmake

.PHONY: briefing test test-fast lint types lab bench quality train fuzz sample setup lock clean

briefing: $(READY)
	@"$(BIN)/zhenggai" briefing

test: $(READY_DEV)
	@$(PYTEST)

# The daily loop: everything that needs no browser and no run of the whole suite.
test-fast: $(READY_DEV)
	@$(PYTEST) --dist loadfile -m "not slow and not browser"

lint: $(READY_DEV)
	@"$(BIN)/ruff" check analysis tests && "$(BIN)/ruff" format --check analysis tests

types: $(READY_DEV)
	@"$(BIN)/mypy" analysis

lab: $(READY)
	@"$(BIN)/jupyter" lab --ip=127.0.0.1 --notebook-dir=. $(if $(filter 0,$(shell id -u)),--allow-root) --LabApp.default_url=/lab/tree/notebooks/00_start.ipynb

bench: $(READY_DEV)
	@"$(BIN)/python" -m tests.bench $(if $(LONG),--long)

# Some thousand damaged files through a whole parse; FILES and SEED choose others.
fuzz: $(READY_DEV)
	@"$(BIN)/python" -m tests.fuzz $(or $(FILES),3000) $(or $(SEED),1)

quality: $(READY_DEV)
	@"$(BIN)/python" -m tests.quality

# The small models of the parser, from the gold in the repository, to the same bytes each time.
train: $(READY_DEV)
	@"$(BIN)/python" -m tests.quality.train


# The edition of the five reports that is committed in reports/sample.
sample: $(READY_DEV)
	@"$(BIN)/python" -m tests.sample

setup: $(READY)

# What a briefing and the lab need; installed anew when the lock changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "zhenggai needs Python 3.11, 3.12 or 3.13; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11")'
	@echo "[setup] virtual environment …"
	@test -x "$(BIN)/python" || $(PYTHON) -m venv "$(VENV)"
	@echo "[setup] packages (up to a minute the first time) …"
	@$(INSTALL) --require-hashes -r requirements.lock
	@echo "[setup] project and kernel …"
	@$(INSTALL) --no-build-isolation --editable .
	@"$(BIN)/python" -m ipykernel install --prefix="$(VENV)" --name=python3 --display-name="Python 3 (zhenggai)" >/dev/null
	@touch "$(READY)"

# What tests and benchmarks need beside it: the tools, and all that is installed on request.
$(READY_DEV): $(READY) requirements-dev.lock
	@echo "[setup] packages for development …"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch "$(READY_DEV)"

# Both locks from pyproject.toml, for Python 3.11 to 3.13; needs uv. A version stays unless its line is deleted first.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
lock:
	@$(LOCK) --extra build -o requirements.lock
	@$(LOCK) --extra dev --constraints requirements.lock -o requirements-dev.lock

clean:
	rm -rf "$(VENV)" build ./*.egg-info
