"""A page whose catalogue is worked on."""

import pytest
from flask import Flask

from shop.core.db import Database
from tests.catalog.rooms import Rooms


@pytest.fixture
def rooms(app: Flask, database: Database) -> Rooms:
    return Rooms(app, database)
