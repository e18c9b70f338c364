"""The wheel is all that a machine needs: `pipx install` of it, then `skilltrack`, from any folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from skilltrack import __version__
from skilltrack.config import ROOT
from tests.access import wire

FOLDERS = {"skilltrack": "skilltrack", "pages": "skilltrack/root/pages", "data/demo": "skilltrack/root/data/demo"}
"""Folders of the checkout, and where the wheel has them."""
FILES = {"app.py": "skilltrack/root/app.py", ".streamlit/config.toml": "skilltrack/root/.streamlit/config.toml"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, made from a copy so that nothing is left in it."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "requirements.txt", *FILES):
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", made, source], check=True)
    return next(made.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A new environment with the wheel in it, and nothing of the checkout; what it runs on is lent by the tests' own."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "venv", symlinks=True)
    packages = next((home / "venv" / "lib").glob("python*/site-packages"))
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", home / "venv/bin/python"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    return home


def run(home, *words):
    """What the installed `skilltrack` says, run by an account that has nothing but a home."""
    return subprocess.run([home / "venv/bin/skilltrack", *words], **here(home), capture_output=True, text=True)


def here(home):
    return {"cwd": home, "env": {"PATH": os.environ["PATH"], "HOME": str(home)}}


def test_the_wheel_holds_everything_that_the_checkout_runs_with_and_nothing_else(wheel):
    wanted = set(FILES.values())
    for folder, place in FOLDERS.items():
        paths = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        wanted |= {str(place / path.relative_to(ROOT / folder)) for path in paths}

    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert names == wanted
    assert {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()} == {
        "skilltrack", f"skilltrack-{__version__}.dist-info",
    }  # fmt: skip


def test_version_dependencies_and_licences_of_the_wheel_are_those_of_the_checkout(wheel):
    with zipfile.ZipFile(wheel) as content:
        folder = f"skilltrack-{__version__}.dist-info"
        told = BytesParser().parsebytes(content.read(f"{folder}/METADATA"))
        licences = {name for name in content.namelist() if name.startswith(f"{folder}/licenses/")}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [Requirement(line.split("#")[0]) for line in lines if not line.startswith("#")]

    assert (told["Version"], told["License-Expression"]) == (__version__, "Apache-2.0")
    needed = [r for r in map(Requirement, told.get_all("Requires-Dist")) if "extra" not in str(r.marker)]
    assert {(canonicalize_name(r.name), r.specifier) for r in needed} == {
        (canonicalize_name(r.name), r.specifier) for r in asked
    }
    assert {name.rsplit("/", 1)[1] for name in licences} == {"LICENSE", "NOTICE", "LICENSES.txt"}


def test_the_installed_command_serves_the_demo_company_and_reports_on_it_from_any_folder(installed):
    assert "Usage: skilltrack" in run(installed, "--help").stdout
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    program = installed / "venv/bin/skilltrack"
    words = [program, "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(words, **here(installed), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as app:
        try:
            for _ in range(600):
                try:
                    assert urllib.request.urlopen(f"{url}healthz", timeout=5).read() == b"ok"
                    break
                except OSError:
                    assert app.poll() is None, app.stdout.read()
                    time.sleep(0.1)
            assert b"<title>" in urllib.request.urlopen(f"{url}coverage", timeout=20).read()
            with wire.opened(url, {}) as browser:
                browser.send(wire.page_of("coverage", ""))
                drawn = [browser.recv(timeout=120)]
                while "script_finished" not in wire.kinds(drawn[-1:]):
                    drawn.append(browser.recv(timeout=120))
            demo = Path(installed, ".local/share/skilltrack/demo.duckdb")
            report = run(installed, "--db", str(demo), "report", "board", "--format", "pdf", "--output", "board.pdf")
        finally:
            app.send_signal(signal.SIGTERM)

    assert b"Wind offshore" in b"".join(drawn)
    assert b"Something went wrong" not in b"".join(drawn)
    assert (report.returncode, report.stderr) == (0, "")
    assert (installed / "board.pdf").read_bytes().startswith(b"%PDF")
    assert run(installed, "uploads").returncode == 2  # the demo company is not among the company's own records
