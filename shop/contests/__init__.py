"""Contests: entries, rules, a draw that anyone can check, prizes."""
