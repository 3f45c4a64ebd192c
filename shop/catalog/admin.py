"""The admin's addresses of the catalogue, under ``/manage/<page>``; the views are beside."""

from flask import Blueprint

from shop.catalog import admin_bulk as bulk
from shop.catalog import admin_collections as collections
from shop.catalog import admin_products as products
from shop.catalog import admin_standing as standing
from shop.catalog import admin_stock as stock

blueprint = Blueprint("catalog_admin", __name__)

_products = "/manage/<page_slug>/products"
_product = f"{_products}/<int:product_id>"
_bulk_edit = f"{_products}/bulk-edits/<int:edit_id>"
_collections = "/manage/<page_slug>/collections"
_collection = f"{_collections}/<int:collection_id>"

blueprint.get(_products)(products.list_products)
blueprint.post(_products)(products.create_product)
blueprint.get(f"{_products}/new")(products.new_product)
blueprint.post(f"{_products}/selection")(bulk.choose_products)
blueprint.get(f"{_products}/bulk-edits")(bulk.list_bulk_edits)
blueprint.get(f"{_products}/bulk-edits/new")(bulk.new_bulk_edit)
blueprint.post(f"{_products}/bulk-edits")(bulk.propose_bulk_edit)
blueprint.get(_bulk_edit)(bulk.show_bulk_edit)
blueprint.post(f"{_bulk_edit}/application")(bulk.apply_bulk_edit)
blueprint.post(f"{_bulk_edit}/reversal")(bulk.undo_bulk_edit)
blueprint.get(f"{_products}/low-stock")(stock.list_low_stock)
blueprint.post(f"{_products}/low-stock")(stock.update_low_stock)
blueprint.get(f"{_product}/stock-history")(stock.show_stock_history)
blueprint.get(_product)(products.show_product)
blueprint.post(_product)(products.update_product)
blueprint.post(f"{_product}/publication")(standing.publish_product)
blueprint.post(f"{_product}/withdrawal")(standing.withdraw_product)
blueprint.post(f"{_product}/archive")(standing.archive_product)
blueprint.post(f"{_product}/restoration")(standing.restore_product)
blueprint.post(f"{_product}/copies")(standing.duplicate_product)

blueprint.get(_collections)(collections.list_collections)
blueprint.post(_collections)(collections.create_collection)
blueprint.post(f"{_collections}/order")(collections.reorder_collections)
blueprint.get(f"{_collections}/new")(collections.new_collection)
blueprint.get(_collection)(collections.show_collection)
blueprint.post(_collection)(collections.update_collection)
blueprint.post(f"{_collection}/deletion")(collections.delete_collection)
