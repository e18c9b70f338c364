"""A real OpenID Connect provider on loopback, whose people and tokens a test decides."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from tests.ports import free_port

SECRET = "0123456789abcdef" * 4


@contextmanager
def provider(people, *, lasts=3600):
    """Serves `people` (e-mail address to further claims), whose tokens hold `lasts` seconds; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-e", str(lasts)]
    for email, claims in people.items():
        command += ["--user-claims", json.dumps({"sub": email, "email": email} | claims)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_800):
            try:
                urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError("the provider did not start within 180 s")
        yield address
    finally:
        process.terminate()
        process.wait(60)


def settings(address, url, **more):
    """What the environment says to sign in with the provider at `address`."""
    return os.environ | {
        "SKILLTRACK_LOCAL": "",
        "SKILLTRACK_URL": url.rstrip("/"),
        "SKILLTRACK_COOKIE_SECRET": SECRET,
        "SKILLTRACK_OIDC_URL": f"{address}/.well-known/openid-configuration",
        "SKILLTRACK_OIDC_CLIENT_ID": "skilltrack",
        "SKILLTRACK_OIDC_CLIENT_SECRET": "a secret of the test",
        "SKILLTRACK_ROLES_CLAIM": "groups",
        "SKILLTRACK_ROLES": "LnD.Admin=ld",
        **more,
    }
