"""The invitation to like a page: always skippable, with a group that sees none to compare with."""
