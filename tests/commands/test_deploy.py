"""What deploy/ says is what the program knows: else an administrator finds out at the start, or at night."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from skilltrack.config import ROOT, VARIABLES
from tests.commands.test_beside import BADGES, company_in
from tests.forked import skilltrack

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_the_files_that_compose_names_are_there_and_the_app_has_the_memory_that_it_takes():
    app, proxy = COMPOSE["services"]["skilltrack"], COMPOSE["services"]["proxy"]
    context = (DEPLOY / app["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / app["build"]["dockerfile"]) == DEPLOY / "Containerfile"
    assert (DEPLOY / f"{app['env_file']}.example").exists()
    mounts = [mount.split(":") for service in (app, proxy) for mount in service["volumes"]]
    assert {source for source, *_ in mounts if not source.startswith(".")} == set(COMPOSE["volumes"])
    assert all((DEPLOY / source).exists() for source, *_ in mounts if source.startswith("."))
    assert re.search(r"^VOLUME (.+)$", CONTAINERFILE, re.MULTILINE)[1] in mounts[0]
    assert int(app["environment"]["SKILLTRACK_MEMORY"]) <= int(app["mem_limit"].removesuffix("g")) * 1024 / 2
    assert proxy["environment"]["SKILLTRACK_AT"] == "skilltrack:" + re.search(r"EXPOSE (\d+)", CONTAINERFILE)[1]
    assert "{$SKILLTRACK_AT:" in (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    checks = re.search(r'CMD (\["python3".+\])', CONTAINERFILE)[1]
    assert app["healthcheck"]["test"][1:] == yaml.safe_load(checks)


def test_every_setting_that_deploy_names_is_one_of_ours():
    """A name that is misspelt here is a setting that nobody has."""
    texts = [path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()]
    named = {name for text in texts for name in re.findall(r"\bSKILLTRACK_\w+", text)}
    assert named - VARIABLES == {"SKILLTRACK_AT"}  # Caddy's own


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", sorted(path.name for path in DEPLOY.glob("skilltrack*.[st]*er*")))
def test_systemd_takes_each_unit(unit, tmp_path):
    """A word that systemd does not know is left out there, and with it what it protects."""
    for path in DEPLOY.glob("skilltrack*.[st]*er*"):
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", tmp_path / unit], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or line.startswith("skilltrack")]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_caddy_takes_its_file(tmp_path):
    words = ["caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | {"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr


def night(folder, fails=0, code=1, **settings):
    """What deploy/nightly.sh does with the inbox of a folder: exit code, and what it says.

    So many times the import ends with a code without having judged the files, as beside an app that is killed; MEANWHILE
    names a file that comes then, and BACKUP makes an empty file of each backup.
    """
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "skilltrack"
    (folder / "fails").write_text("x" * fails)
    program.write_text(f"""#!/bin/sh
if [ "$1" = import ] && [ -s {folder}/fails ]; then
    truncate -s -1 {folder}/fails
    [ -z "$MEANWHILE" ] || echo newer > "$MEANWHILE"
    echo "The app that was doing this has stopped." >&2
    exit {code}
fi
[ "$1" != backup ] || [ -z "$BACKUP" ] || exec touch "$2"
exec {sys.executable} -m skilltrack "$@"
""")
    program.chmod(0o755)
    known = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "KEEP": "2", "RETRY": "0"}
    words = ["sh", DEPLOY / "nightly.sh", folder / "inbox", folder / "backups"]
    return subprocess.run(words, env=os.environ | known | settings, capture_output=True, text=True, check=False)


def settings_of(unit, file):
    """The environment that systemd gives a unit, with the settings of `file` in the place of those of the app."""
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    named = [line.partition("=")[2] for line in lines if line.startswith("EnvironmentFile=")]
    assert named in ([], ["/etc/skilltrack/skilltrack.env"])
    own = [line.removeprefix("Environment=") for line in lines if line.startswith("Environment=")]
    own += file.read_text(encoding="utf-8").splitlines() if named else []  # these overrule those of the unit
    return dict(line.split("=", 1) for line in own)


def test_a_night_without_the_app_has_its_settings(tmp_path):
    """Without the key the audit log would read as forged, and without the database's name there would be a second one."""
    db, inbox, settings = tmp_path / "company" / "c.duckdb", tmp_path / "inbox", tmp_path / "skilltrack.env"
    inbox.mkdir(), (tmp_path / "backups").mkdir()
    settings.write_text(f"SKILLTRACK_DB={db}\nSKILLTRACK_AUDIT_KEY=secret\nSKILLTRACK_AUDIT_ANCHOR={tmp_path}/anchor\n")
    app = settings_of("skilltrack.service", settings)
    company_in(db.parent, **app)

    (inbox / "badges.csv").write_text(BADGES + "a1,01,c1,2024-01-05\n")
    done = night(tmp_path, **settings_of("skilltrack-nightly.service", settings))
    assert done.returncode == 0, done.stderr

    verified = skilltrack("audit", "verify", db=db, **app)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "badges.csv" in skilltrack("uploads", db=db, **app).stdout
    started = skilltrack("serve", "--local", "--port", "1", db=db)
    assert (started.returncode, "sealed with another key" in started.stderr) == (2, True)


def test_each_line_of_cron_that_the_documents_show_has_the_settings_of_the_app():
    shown = [
        line[1]
        for path in (ROOT / "docs").glob("*.md")
        for line in re.finditer(r"^[\d*/,]+(?: +[\d*/,]+){4} +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(shown) >= 3
    assert [line for line in shown if not re.match(r"root +/usr/local/bin/skilltrack ", line)] == []
    assert "deploy/skilltrack.sh /usr/local/bin/skilltrack" in (ROOT / "docs/operating.md").read_text(encoding="utf-8")


def test_a_night_brings_the_files_keeps_what_was_refused_apart_and_has_a_backup_whatever_came(tmp_path):
    """Else a feed is lost, or a bad one costs the backup of that night."""
    db, inbox, backups = company_in(tmp_path / "company"), tmp_path / "inbox", tmp_path / "backups"
    inbox.mkdir(), backups.mkdir()
    for day in ("20240101T030000Z", "20240102T030000Z"):
        (backups / f"skilltrack-{day}.duckdb").touch()
    (backups / "skilltrack-by-hand.duckdb").touch()
    (inbox / "badges.csv").write_text(BADGES + "a2,09,c1,2024-01-05\n")  # nobody has this number

    done = night(tmp_path, SKILLTRACK_DB=str(db))
    assert (done.returncode, "'09': is an employee no roster lists" in done.stderr) == (2, True), done.stderr
    (refused,) = tmp_path.glob("inbox-refused-*")
    assert [path.name for path in refused.iterdir()] == ["badges.csv"]
    assert list(inbox.iterdir()) == []
    kept = sorted(path.name for path in backups.iterdir())
    assert kept[0] == "skilltrack-20240102T030000Z.duckdb"
    assert kept[-1] == "skilltrack-by-hand.duckdb"
    assert (len(kept), (backups / kept[1]).stat().st_size > 0) == (3, True)

    (inbox / "badges.csv").write_text(BADGES + "a1,01,c1,2024-01-05\n")
    done = night(tmp_path, SKILLTRACK_DB=str(db))
    assert (done.returncode, '"new": 1' in done.stdout) == (0, True), done.stderr
    assert [path.name for path in Path(tmp_path / "inbox-done").rglob("*.csv")] == ["badges.csv"]


@pytest.mark.parametrize("code", [1, 2])
def test_files_that_nobody_has_judged_are_brought_again_and_then_wait_for_the_next_night(tmp_path, code):
    """They lay as refused where nobody looks, though the app had only been started anew, or was of another version."""
    db, inbox, backups = company_in(tmp_path / "company"), tmp_path / "inbox", tmp_path / "backups"
    inbox.mkdir(), backups.mkdir()
    (inbox / "badges.csv").write_text(BADGES + "a1,01,c1,2024-01-05\n")

    done = night(tmp_path, fails=3, code=code, SKILLTRACK_DB=str(db), BACKUP="empty")
    assert (done.returncode, f"the files are in {inbox} again" in done.stderr) == (1, True), done.stderr
    assert [path.name for path in inbox.iterdir()] == ["badges.csv"]
    assert [path.name for path in tmp_path.glob("inbox-*")] == ["inbox-done"]
    assert len(list(backups.iterdir())) == 1

    done = night(tmp_path, fails=2, code=code, SKILLTRACK_DB=str(db), BACKUP="empty")
    assert (done.returncode, '"status": "stored"' in done.stdout) == (0, True), done.stderr
    assert list(inbox.iterdir()) == []


def test_what_is_put_back_takes_no_newer_file_away_and_files_of_no_kind_are_refused(tmp_path):
    db, inbox = company_in(tmp_path / "company"), tmp_path / "inbox"
    inbox.mkdir(), (tmp_path / "backups").mkdir()
    (inbox / "badges.csv").write_text("older\n")

    done = night(tmp_path, fails=3, SKILLTRACK_DB=str(db), MEANWHILE=str(inbox / "badges.csv"), BACKUP="empty")
    assert (done.returncode, "Newer files have come" in done.stderr) == (1, True), done.stderr
    assert (inbox / "badges.csv").read_text() == "newer\n"
    assert [path.read_text() for path in tmp_path.glob("inbox-older-*/badges.csv")] == ["older\n"]
    (inbox / "badges.csv").rename(inbox / "of no kind.csv")

    done = night(tmp_path, SKILLTRACK_DB=str(db), BACKUP="empty")
    assert (done.returncode, "has no file named after its kind" in done.stderr) == (2, True), done.stderr
    assert [path.name for path in tmp_path.glob("inbox-refused-*/*")] == ["of no kind.csv"]
