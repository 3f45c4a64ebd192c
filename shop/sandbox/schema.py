"""The tables of the stand-in's SQLite file."""

from __future__ import annotations

import sqlite3

# One table holds every Stripe object as JSON; the columns beside it are what lists filter by.
SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    customer TEXT,
    payment_intent TEXT,
    charge TEXT,
    label TEXT,
    email TEXT,
    parent TEXT,
    is_deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_customer ON objects (kind, customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_intent ON objects (kind, payment_intent, seq) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_charge ON objects (kind, charge, seq) WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_label ON objects (kind, label, seq) WHERE label IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_parent ON objects (kind, parent, seq) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_email ON objects (kind, email, seq) WHERE email IS NOT NULL;

CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at REAL NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_at);

CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (created_at);

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'succeeded', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL,
    last_status INTEGER,
    last_error TEXT,
    last_ms INTEGER,
    updated_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);

CREATE TABLE IF NOT EXISTS tries (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL,
    at REAL NOT NULL,
    status INTEGER,
    error TEXT,
    ms INTEGER NOT NULL,
    response TEXT
);
CREATE INDEX IF NOT EXISTS tries_delivery ON tries (delivery);

CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    method TEXT,
    path TEXT NOT NULL,
    event TEXT NOT NULL,
    count INTEGER,
    used INTEGER NOT NULL,
    probability REAL NOT NULL,
    seconds REAL NOT NULL
);
"""

# What a reset empties.
TABLES = ("objects", "jobs", "idempotency", "deliveries", "tries", "faults")

# Columns that a file made by an earlier version has not.
_ADDED = (("objects", "parent", "TEXT"),)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file, new or of an earlier version, to the tables above."""
    for table, column, kind in _ADDED:
        known = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if known and column not in known:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    connection.executescript(SCHEMA)
