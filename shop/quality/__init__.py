"""Fan quality: how many of a page's likes look real, why, and how sure that is."""
