"""Loaded with the server, not installed: the shop lists 200 articles on a page."""

from odoo.addons.cafoutch_drive.models import drive_catalogue_pages

drive_catalogue_pages.PAGE_SIZE = 200
