"""Who asks, what they may see and do, how they sign in, and the trail of what they did."""

from skilltrack.access.accounts import GRANTS, ROLE_ROW, examples, give, roles_in_force, take, viewer_called
from skilltrack.access.sessions import CALLBACK, SignIn, claimed_roles, is_loopback, sign_in, why_ended
from skilltrack.access.tokens import (
    LONGEST,
    SCOPES,
    TOKEN_ROW,
    USUAL,
    Caller,
    caller,
    end_token,
    make_token,
    tokens_in_force,
    unended_tokens,
)
from skilltrack.access.trail import EVENTS, entries
from skilltrack.access.viewer import AREAS, ROLES, Viewer

__all__ = [
    "AREAS",
    "CALLBACK",
    "EVENTS",
    "GRANTS",
    "LONGEST",
    "ROLES",
    "ROLE_ROW",
    "SCOPES",
    "TOKEN_ROW",
    "USUAL",
    "Caller",
    "SignIn",
    "Viewer",
    "caller",
    "claimed_roles",
    "end_token",
    "entries",
    "examples",
    "give",
    "is_loopback",
    "make_token",
    "roles_in_force",
    "sign_in",
    "take",
    "tokens_in_force",
    "unended_tokens",
    "viewer_called",
    "why_ended",
]
