"""People: sign-up, sign-in, passwords."""
