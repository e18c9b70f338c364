"""Earned badges as files: read, and checked as far as that can be done here."""
