"""The admin's addresses of posts, under ``/manage/<page>``; the views are beside."""

from flask import Blueprint

from shop.feed import admin_composer as composer
from shop.feed import admin_posts as posts
from shop.feed import admin_standing as standing

blueprint = Blueprint("feed_admin", __name__)

_posts = "/manage/<page_slug>/posts"
_post = f"{_posts}/<int:post_id>"

blueprint.get(_posts)(posts.show_posts)
blueprint.post(_posts)(composer.create_post)
blueprint.get(f"{_posts}/new")(composer.new_post)
blueprint.get(_post)(composer.show_post)
blueprint.post(_post)(composer.update_post)
blueprint.get(f"{_post}/history")(posts.show_history)
blueprint.post(f"{_post}/schedule")(standing.schedule_post)
blueprint.post(f"{_post}/schedule/removal")(standing.unschedule_post)
blueprint.post(f"{_post}/pin")(standing.pin_post)
blueprint.post(f"{_post}/pin/removal")(standing.unpin_post)
blueprint.post(f"{_post}/deletion")(standing.delete_post)
blueprint.post(f"{_post}/restoration")(standing.restore_post)
