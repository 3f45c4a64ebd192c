"""Vitrine: a shop inside a brand's page."""
