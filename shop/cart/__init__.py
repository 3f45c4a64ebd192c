"""A visitor's cart on a page."""
