# `make demo` and `make test` are all a newcomer needs; each sets up its own environment in .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test bench soak offline lock messages screenshot clean

demo: .venv/lead
	$(BIN)/souspli demo --again

test: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not soak" --numprocesses auto --dist loadfile

bench: .venv/dev
	$(BIN)/python tests/bench.py

soak: .venv/dev
	$(BIN)/python -m pytest -m soak

# The folder dist/offline: what sets up a field laptop without network.
offline: .venv/lead
	$(BIN)/python docs/make_offline.py

# The marks below are files, so that a second `make` installs nothing. The project itself is
# installed in place: what is edited is what runs.
.venv/python:
	$(PYTHON) -m venv .venv
	touch $@

.venv/lead: .venv/python requirements/lead.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/lead.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

.venv/dev: .venv/lead requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

# One lock for each system: the base alone, in the versions of lead.txt.
OFFLINE := uv pip compile pyproject.toml --generate-hashes --no-header --python-version 3.11 --quiet \
  --upgrade -c requirements/lead.txt

# For maintainers: new locks (needs uv), new message catalogues (after editing messages).
lock:
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --no-header \
	  --python-version 3.11 --extra lead --quiet --upgrade -o requirements/lead.txt
	uv pip compile pyproject.toml requirements/build.in --universal --generate-hashes --no-header \
	  --python-version 3.11 --extra lead --extra dev --quiet --upgrade -c requirements/lead.txt \
	  -o requirements/dev.txt
	$(OFFLINE) --python-platform x86_64-manylinux_2_17 -o requirements/offline-linux.txt
	$(OFFLINE) --python-platform x86_64-pc-windows-msvc -o requirements/offline-windows.txt
	$(OFFLINE) --python-platform aarch64-apple-darwin -o requirements/offline-macos.txt

messages: .venv/dev
	$(BIN)/python tests/messages.py --update

screenshot: .venv/dev
	$(BIN)/python docs/make_screenshot.py

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
