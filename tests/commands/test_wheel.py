"""The wheel is all that a machine needs: `pipx install` of it, then `skilltrack`, from any folder."""

import os
import shutil
import signal
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
from tests.ports import free_port

FOLDERS = {"skilltrack": "skilltrack", "pages": "skilltrack/root/pages", "data/demo": "skilltrack/root/data/demo"}
"""Folders of the checkout, and where the wheel has them."""
FILES = {"app.py": "skilltrack/root/app.py", ".streamlit/config.toml": "skilltrack/root/.streamlit/config.toml"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made of what the image is made of: whatever deploy/Containerfile copies, and nothing else."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    lines = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    for line in lines[: lines.index("FROM ${BASE}")]:
        if line.startswith("COPY "):
            *names, place = line.split()[1:]
            for name in names:
                target = source / place / name if place == "./" else source / place
                target.parent.mkdir(exist_ok=True)
                copy = shutil.copyfile if (ROOT / name).is_file() else _copy_folder
                copy(ROOT / name, target)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", made, source], check=True)
    return next(made.glob("*.whl"))


def _copy_folder(source, target):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


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
        "skilltrack",
        f"skilltrack-{__version__}.dist-info",
    }


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
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    program = installed / "venv/bin/skilltrack"
    words = [program, "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(words, **here(installed), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as app:
        try:
            _answering(app, f"{url}healthz")
            assert b"<title>" in urllib.request.urlopen(f"{url}coverage", timeout=120).read()
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


CONTAINED = """
mount --bind "$1" "$1" && mount -t tmpfs none "$2" && mount -o remount,bind,ro / || exit 99
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$3" serve
"""
"""Start the app as deploy/compose.yaml does: nothing can be written but one folder and a temporary one, no capability."""


def test_the_app_runs_by_the_settings_of_deploy_where_it_may_write_to_its_one_folder_only(installed, tmp_path):
    """Else the image and the unit, which are started like this, do not start at a company."""
    data, scratch = tmp_path / "data", tmp_path / "tmp"
    data.mkdir(), scratch.mkdir()
    if os.geteuid() or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("needs to make the root read-only for one process")
    port = free_port()
    lines = (ROOT / "deploy" / "skilltrack.env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    settings = {name: value or "a secret of 32 characters or more" for name, _, value in pairs}
    settings |= {"SKILLTRACK_DB": str(data / "x.duckdb"), "SKILLTRACK_HOST": "0.0.0.0", "PORT": str(port)}
    settings |= {"HOME": str(scratch), "TMPDIR": str(scratch), "PATH": os.environ["PATH"]}
    words = ["unshare", "--mount", "sh", "-c", CONTAINED, "sh", data, scratch, installed / "venv/bin/skilltrack"]
    with subprocess.Popen(words, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as app:
        try:
            _answering(app, f"http://127.0.0.1:{port}/healthz")
            (data / "skills.csv").write_text("skill_id,name\ns1,One\n")
            for asked in (["import", data / "skills.csv"], ["backup", data / "copy.duckdb"], ["check"]):
                done = run(installed, "--db", data / "x.duckdb", *asked)
                assert done.returncode == 0, done.stderr
            doctor = run(installed, "--db", data / "x.duckdb", "doctor", "--offline")
            assert "is missing" not in doctor.stdout  # no package of an extra that nobody has asked for
            assert (data / "copy.duckdb").exists()
        finally:
            app.send_signal(signal.SIGTERM)
    assert app.returncode in (0, -signal.SIGTERM)


def _answering(app, url):
    until = time.monotonic() + 180
    while True:
        try:
            assert urllib.request.urlopen(url, timeout=5).read() == b"ok"
            return
        except OSError:
            assert app.poll() is None, app.stdout.read()
            assert time.monotonic() < until
            time.sleep(0.1)
