"""Products, variants, pictures, collections."""
