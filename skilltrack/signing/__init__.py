"""The company signs what people take along: its keys, the document that publishes them, and a signature."""

from skilltrack.signing.company import Company, company_of, did_document
from skilltrack.signing.keys import (
    COMPANY_KEY_ROW,
    NO_KEY,
    CompanyKey,
    can_sign,
    company_keys,
    end_key,
    make_key,
    rotate_key,
    signing_key,
)

__all__ = [
    "COMPANY_KEY_ROW",
    "NO_KEY",
    "Company",
    "CompanyKey",
    "can_sign",
    "company_keys",
    "company_of",
    "did_document",
    "end_key",
    "make_key",
    "rotate_key",
    "signing_key",
]
