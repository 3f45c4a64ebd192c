"""Coupons: what is taken off, for whom, how often; who holds one and who used it."""
