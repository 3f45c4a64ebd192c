"""Bare Flask, to measure against in the same run: ``/hello`` and ``/cards`` (one query + 24 cards)."""

import os
import sqlite3
import threading

from flask import Flask, render_template
from jinja2 import DictLoader

CARDS = """<!doctype html><title>Cards</title><main>{% for card in cards %}
<article><a href="/product/{{ card[0] }}"><img src="/media/{{ card[0] }}.webp" width="320" height="320" alt="{{ card[1] }}">
<h2>{{ card[1] }}</h2><p>{{ card[2] / 100 }} €</p></a></article>{% endfor %}</main>"""

_local = threading.local()
app = Flask(__name__)
app.jinja_loader = DictLoader({"cards.html": CARDS})


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        path = os.environ["BENCH_YARDSTICK_DB"]
        with sqlite3.connect(path) as maker:
            maker.execute(
                "CREATE TABLE IF NOT EXISTS cards (id INTEGER PRIMARY KEY, title TEXT, price INTEGER)"
            )
            maker.executemany(
                "INSERT OR IGNORE INTO cards VALUES (?, ?, ?)",
                [(n, f"Product {n}", n * 10) for n in range(1, 1001)],
            )
        _local.connection = sqlite3.connect(path)
    connection: sqlite3.Connection = _local.connection
    return connection


@app.get("/hello")
def hello() -> str:
    """Answer two words."""
    return "Hello, world"


@app.get("/cards")
def cards() -> str:
    """Answer a page made of one query."""
    rows = _connection().execute("SELECT id, title, price FROM cards ORDER BY id DESC LIMIT 24").fetchall()
    return render_template("cards.html", cards=rows)
