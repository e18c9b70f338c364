"""Who asks, what they may see and do, how they sign in, and the trail of what they did."""

from skilltrack.access.accounts import GRANTS, ROLE_ROW, examples, give, roles_in_force, take, viewer_called
from skilltrack.access.choices import MAIL_ROW, choose_mail, stopped_mail
from skilltrack.access.languages import LANGUAGE_ROW, choose_language, languages_chosen
from skilltrack.access.reachable import Addressee, addressees
from skilltrack.access.sessions import CALLBACK, SignIn, claimed_roles, is_loopback, sign_in, why_ended
from skilltrack.access.standing import still, was_away
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
    "LANGUAGE_ROW",
    "LONGEST",
    "MAIL_ROW",
    "ROLES",
    "ROLE_ROW",
    "SCOPES",
    "TOKEN_ROW",
    "USUAL",
    "Addressee",
    "Caller",
    "SignIn",
    "Viewer",
    "addressees",
    "caller",
    "choose_language",
    "choose_mail",
    "claimed_roles",
    "end_token",
    "entries",
    "examples",
    "give",
    "is_loopback",
    "languages_chosen",
    "make_token",
    "roles_in_force",
    "sign_in",
    "still",
    "stopped_mail",
    "take",
    "tokens_in_force",
    "unended_tokens",
    "viewer_called",
    "was_away",
    "why_ended",
]
