// The invitation to like the page: asked for a moment after the page, shown where nothing else is going on.
