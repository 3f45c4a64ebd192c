"""A seeded population that lives on pages: what real and bought likes do to them."""
