"""Bytes to columns of text. Nothing here knows a database."""

__all__ = []
