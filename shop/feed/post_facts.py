"""What a post says as JSON: for its revisions, for the audit log and to tell whether an edit changed anything."""

from collections.abc import Mapping
from typing import Any

from shop.feed.drafts import PostDraft
from shop.feed.marking import plain
from shop.feed.models import Post

TITLE_LENGTH = 80


def facts_of(draft: PostDraft, titles: Mapping[int, str]) -> dict[str, Any]:
    """Return a draft's content; ``titles`` names the products that it tags.

    ``{"body", "link_url", "link_title", "link_description", "photos": [{"key", "alt", "is_decorative",
    "picture"}], "tags": [{"product_id", "title", "photo" (a key or None), "x", "y"}]}``.
    """
    return {
        "body": draft.body,
        "link_url": draft.link_url,
        "link_title": draft.link_title,
        "link_description": draft.link_description,
        "photos": [
            {
                "key": photo.key,
                "alt": photo.alt,
                "is_decorative": photo.is_decorative,
                "picture": photo.picture,
            }
            for photo in draft.photos
        ],
        "tags": [
            {
                "product_id": tag.product_id,
                "title": titles.get(tag.product_id, ""),
                "photo": None if tag.photo is None else draft.photos[tag.photo].key,
                "x": tag.x,
                "y": tag.y,
            }
            for tag in draft.tags
        ],
    }


def audit_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a post's content as the audit log keeps it: readable, without the pictures' sizes."""
    return {
        "body": facts["body"],
        "link_url": facts["link_url"] or "",
        "link_title": facts["link_title"],
        "link_description": facts["link_description"],
        "photos": [photo["alt"] or photo["key"].rpartition("/")[2][:8] for photo in facts["photos"]],
        "products": [tag["title"] for tag in facts["tags"]],
    }


def subject_of(post: Post) -> tuple[str, str, str]:
    """Return a post as the audit log names it: by how it begins."""
    title = plain(post.body, TITLE_LENGTH) or post.link_title or f"#{post.id}"
    return "post", str(post.id), title
