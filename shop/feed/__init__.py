"""Posts, comments, reactions, shares and the timeline that is ranked from them."""
