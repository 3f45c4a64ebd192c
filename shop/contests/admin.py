"""The admin's addresses of contests, under ``/manage/<page>``; the views are beside."""

from flask import Blueprint

from shop.contests import admin_contests as contests
from shop.contests import admin_photos as photos
from shop.contests import admin_standing as standing

blueprint = Blueprint("contest_admin", __name__)

_contests = "/manage/<page_slug>/contests"
_contest = f"{_contests}/<int:contest_id>"

blueprint.get(_contests)(contests.list_contests)
blueprint.post(_contests)(contests.create_contest)
blueprint.get(f"{_contests}/new")(contests.new_contest)
blueprint.get(_contest)(contests.show_contest)
blueprint.get(f"{_contest}/form")(contests.edit_contest)
blueprint.post(f"{_contest}/form")(contests.update_contest)
blueprint.post(f"{_contest}/publication")(standing.publish_contest)
blueprint.post(f"{_contest}/publication/removal")(standing.unpublish_contest)
blueprint.post(f"{_contest}/cancellation")(standing.cancel_contest)
blueprint.post(f"{_contest}/deletion")(standing.delete_contest)
blueprint.post(f"{_contest}/restoration")(standing.restore_contest)
blueprint.post(f"{_contest}/winners/<int:rank>/replacement")(standing.replace_winner)
blueprint.get(f"{_contest}/photos")(photos.show_photos)
blueprint.post(f"{_contest}/photos/decisions")(photos.create_decision)
blueprint.post(f"{_contest}/photos/decisions/removal")(photos.delete_decision)
