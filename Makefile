# make run    install what is needed and start the app on the demo company (PORT=8501)
# make test   install what the tests need, the browser included, check and test everything in about ten minutes (DUCKDB=2.0.0 for another engine)
# make test-long  what those ten minutes have no room for: each older database, each page, each point at which a process may die
# make test-lake   start PostgreSQL on this machine, and keep a company in a lake: equal answers, several processes
# make test-lake-all   the same, and the tests of access, imports and durability on a lake
# make test-spark  start a Spark cluster on this machine (Java 17), and compare every metric with the database's answer
# make demo   build the demo company in data/demo.duckdb, anew where nobody has changed it
# make check  lint, format and types
# make texts  bring the catalogues of translations up to date with the texts of the program
# make docs   write docs/definitions.md, docs/files.md and docs/data-map.md from what they describe
# make wheel  build the package that pipx and pip install, in dist/
# make lock   write the lock files anew from the requirements files
# make audit  look for known vulnerabilities of what is locked, and write sbom.json
# make torture  kill importing processes, feed damaged files, destroy parts of companies and erase people, for hours
# make torture-lake  kill app servers on a lake, PostgreSQL and commands while people click, for hours
# make bench  measure the demo company's pages, three large companies and 300 people clicking, and write bench/RESULTS*.md
# make bench-lake  measure one company in a file, in a lake and on Spark, and several servers on a lake, and write
#             bench/RESULTS-lake.md; needs what test-lake and test-spark need (MEASURED="questions servers S M L 50 100")
# make pictures  take a picture of every page, wide and narrow, light and dark, English and German, empty, with the demo
#             company and with 100,000 people, in pictures/ (STORES="empty demo": without the last)

PYTHON ?= python3
PORT ?= 8501
DUCKDB ?=
# One more than the two cores that it is for: browsers and killed processes are waited for.
JOBS ?= 3

# The engine plans a question in very many small pieces of memory. Kept at hand for the next, instead of the 7 of each size
# that glibc keeps, they make planning a sixth quicker or more. deploy/ keeps 200: an app has more threads. Other C libraries ignore it.
export GLIBC_TUNABLES ?= glibc.malloc.tcache_count=1000

VENV := .venv$(if $(DUCKDB),-duckdb-$(DUCKDB))
BIN := $(VENV)/bin
DEMO_DB := data/demo.duckdb

.PHONY: run test test-long test-lake test-lake-all ducklake test-spark spark postgresql java demo check docs texts wheel lock audit bench bench-lake lakes pictures torture torture-lake killed-lake clean browser proxy

run: $(VENV)/.run
	PORT=$(PORT) $(BIN)/python -m skilltrack --db $(DEMO_DB) serve --demo

demo: $(VENV)/.run
	$(BIN)/python -m skilltrack --db $(DEMO_DB) demo

test: check browser proxy
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder tests

test-long: check browser proxy
	SKILLTRACK_LONG=1 $(BIN)/python -m pytest -m "long or sweep" -n $(JOBS) --dist loadfile --no-loadscope-reorder tests

# In an environment of its own: the extensions want one version of duckdb. Besides the tests of the lake itself, those of
# questions and kept tables run on it: each database file that they name is a lake there. Those of access, imports and
# durability do so by `make test-lake-all`, which takes too long for every change.
ON_LAKE ?= tests/questions tests/kept
test-lake: postgresql
	$(MAKE) VENV=.venv-lake ducklake

test-lake-all: postgresql
	$(MAKE) VENV=.venv-lake ducklake ON_LAKE="$(ON_LAKE) tests/access tests/ingest tests/keeping"

ducklake: $(VENV)/.lake
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder tests/ducklake
	SKILLTRACK_EXAMPLES=$${SKILLTRACK_EXAMPLES:-1} $(BIN)/python -m pytest -m "" -p tests.ducklake.everywhere -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ON_LAKE)

# In an environment of its own: Spark is larger than all the rest.
test-spark: java
	$(MAKE) VENV=.venv-spark spark

spark: $(VENV)/.spark
	$(BIN)/python -m pytest tests/spark

# Their packages start servers, or bring much: only CI installs them. A run that lacks them fails, and leaves nothing out.
INSTALL = [ -n "$(CI)" ] && command -v apt-get >/dev/null && apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { $(INSTALL) postgresql; } \
	|| { echo "The lake's catalogue needs PostgreSQL, which is not installed (apt-get install postgresql)."; exit 1; }

java:
	@command -v java >/dev/null || { $(INSTALL) openjdk-17-jre-headless; } || { $(INSTALL) openjdk-21-jre-headless; } \
	|| { echo "Spark needs Java 17 or 21, which is not installed (apt-get install openjdk-17-jre-headless)."; exit 1; }

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.run
	$(BIN)/python -m skilltrack.reports.definitions > docs/definitions.md
	$(BIN)/python -m skilltrack.kinds.listing > docs/files.md
	$(BIN)/python -m skilltrack.keeping.data_map > docs/data-map.md

texts: $(VENV)/.run
	$(BIN)/python -m skilltrack.ui.texts

wheel: $(VENV)/bin/python
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w dist .

# Every file of every version by its hash, for all platforms; duckdb stays where its files can go back.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	echo 'duckdb==1.5.5' | $(BIN)/$(LOCK) requirements.txt -c - -o requirements.lock
	$(BIN)/$(LOCK) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	$(BIN)/$(LOCK) requirements-lake.txt -c requirements-dev.lock -o requirements-lake.lock
	$(BIN)/$(LOCK) requirements-spark.txt -c requirements-dev.lock -o requirements-spark.lock

audit: $(VENV)/.dev
	$(BIN)/cyclonedx-py requirements requirements.lock --output-file sbom.json
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock \
	|| { echo "Not clean: a vulnerability is listed above, or the advisories could not be fetched, so nothing was looked up."; exit 1; }

bench: $(VENV)/.dev
	$(BIN)/python -m bench
	$(BIN)/python -m bench.large S M L
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.imports
	$(BIN)/python -m bench.badges
	$(BIN)/python -m bench.push
	$(BIN)/python -m bench.reports
	$(BIN)/python -m bench.permission
	$(BIN)/python -m bench.journeys

# In an environment of its own, as the tests of either.
MEASURED ?=
bench-lake: postgresql java
	$(MAKE) VENV=.venv-bench lakes

lakes: $(VENV)/.lake $(VENV)/.spark
	$(BIN)/python -m bench.lake $(MEASURED)

pictures: $(VENV)/.dev browser
	$(BIN)/python -m bench.pictures pictures $(STORES)

# Longer forms of what the suite runs in short: 1,000 kills, 100,000 damaged files read, 5,000 imported, 100,000 badges
# damaged, 500 viewers each of whom asks every metric, page, export and route, 10,000 companies of which a part is
# destroyed, 1,000 people erased while others upload, 1,000 commands beside an app that 50 people use, and 200 examples
# of each property.
PROPERTIES = tests/questions/test_numbers.py tests/kept/test_refresh.py tests/test_days.py tests/keeping/test_keeping.py tests/keeping/test_durability.py \
	tests/keeping/test_erasure_others.py tests/access/test_accounts.py tests/ingest/test_awards.py tests/ingest/test_torture.py \
	tests/reports/test_suppression.py
torture: $(VENV)/.dev
	$(BIN)/python -m tests.torture.kill 1000
	$(BIN)/python -m tests.torture.fuzz 100000 5000
	$(BIN)/python -m tests.torture.badges 100000
	$(BIN)/python -m tests.torture.sight 500
	$(BIN)/python -m tests.torture.destroyer 10000
	$(BIN)/python -m tests.torture.erasing 1000
	$(BIN)/python -m tests.torture.beside 1000
	SKILLTRACK_EXAMPLES=200 $(BIN)/python -m pytest -m "" -n $(JOBS) $(PROPERTIES)

# Servers on a lake, and whatever they need, killed in 500 rounds.
torture-lake: postgresql
	$(MAKE) VENV=.venv-lake killed-lake

killed-lake: $(VENV)/.lake
	$(BIN)/python -m tests.torture.lake 500

clean:
	rm -rf .venv .venv-duckdb-* .venv-lake .venv-spark .venv-bench .pytest_cache .hypothesis .ruff_cache .mypy_cache

# A Chromium that is there, else Debian's package, else Playwright's own download.
browser: $(VENV)/.dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium; } \
	|| $(BIN)/python -m playwright install --with-deps chromium

# nginx, to test deploy/nginx.conf. Its package starts a server, so that only CI installs it; else those tests are left out.
proxy:
	@command -v nginx >/dev/null || { $(INSTALL) nginx-light; } \
	|| echo "nginx is not installed (apt-get install nginx-light): the tests of deploy/nginx.conf are left out."

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "Skilltrack needs Python 3.11 or newer; $(PYTHON) is older. Try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# What is installed is what is locked, file by file; DUCKDB= leaves that block out and asks for another version.
WITHOUT_DUCKDB = sed '/^duckdb==/,/[^\\]$$/d'
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.run: requirements.lock $(VENV)/bin/python
	$(if $(DUCKDB),$(WITHOUT_DUCKDB),cat) requirements.lock > $(VENV)/pins.txt
	$(PIP) --require-hashes -r $(VENV)/pins.txt
	$(if $(DUCKDB),$(PIP) --no-deps duckdb==$(DUCKDB))
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(if $(DUCKDB),$(WITHOUT_DUCKDB),cat) requirements-dev.lock > $(VENV)/pins-dev.txt
	$(PIP) --require-hashes -r $(VENV)/pins-dev.txt
	@touch $@

$(VENV)/.lake: requirements-lake.lock $(VENV)/.dev
	$(PIP) --require-hashes -r requirements-lake.lock
	@touch $@

$(VENV)/.spark: requirements-spark.lock $(VENV)/.dev
	$(PIP) --require-hashes -r requirements-spark.lock
	@touch $@
