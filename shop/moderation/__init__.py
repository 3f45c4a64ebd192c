"""What must not be seen: reports, the queue of a page's moderators, word filters, bans, spam."""
