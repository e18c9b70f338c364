"""A real OpenID Connect provider on loopback, whose people and tokens a test decides."""

import os
from contextlib import contextmanager
from datetime import timedelta

import oidc_provider_mock
from oidc_provider_mock import User

SECRET = "0123456789abcdef" * 4


@contextmanager
def provider(people, *, lasts=timedelta(hours=1)):
    """Serves `people` (e-mail address to further claims); yields its address."""
    users = [User(sub=email, claims={"email": email} | claims) for email, claims in people.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users, access_token_max_age=lasts) as server:
        yield f"http://localhost:{server.server_port}"


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
