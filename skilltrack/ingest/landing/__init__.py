"""From columns of text to the rows of one upload."""

__all__ = []
