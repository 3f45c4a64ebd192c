"""Brand pages: settings, staff and roles, followers."""
