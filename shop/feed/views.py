"""The one door to posts as they are shown: what they look like (``shown``) and how they are read (``view_queries``)."""

from shop.feed.shown import NO_MARKS, Counts, Marks, PhotoView, Point, PostPage, PostView
from shop.feed.view_queries import list_post_ids, load_marks, load_posts

__all__ = [
    "NO_MARKS",
    "Counts",
    "Marks",
    "PhotoView",
    "Point",
    "PostPage",
    "PostView",
    "list_post_ids",
    "load_marks",
    "load_posts",
]
