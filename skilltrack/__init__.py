"""Skilltrack: who can demonstrably do what, on any date, and what it cost."""

__version__ = "0.1.0"
