"""Edges only: the pages that show several domains at once."""
