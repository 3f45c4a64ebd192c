"""People to each other: friends, who follows whom, blocks, their public profiles."""
