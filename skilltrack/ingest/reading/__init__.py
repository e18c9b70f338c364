"""From bytes to columns of text, without a database."""

__all__ = []
