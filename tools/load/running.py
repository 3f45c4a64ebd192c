"""One load from an empty database to its table."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert, select

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.core.db import Database
from shop.page.models import Page, Role, StaffMember
from tools.bench.seeding import SLUG, seed
from tools.bench.stack import ROOT, SECRET_KEY, shop_environ
from tools.load.checking import violations, wait_until_quiet
from tools.load.client import Browser
from tools.load.figures import Figures
from tools.load.serving import Serving, serving
from tools.load.shoppers import Pace, Shopper
from tools.load.staff import Clerk

PASSWORD = "a long pass phrase for a load"
CLERKS = 3
FOLLOWERS_IN = 5
"""One shopper of so many is a follower who is signed in."""
WEIGHINGS = 60
"""How often memory is looked at in a load: every 10 s of ten minutes, and often enough in a short sample."""
QUIET_S = 120


@dataclass(frozen=True)
class Load:
    """How many shop for how long. ``think`` is the least and the most that passes between two pages, in seconds."""

    shoppers: int
    seconds: float
    think: tuple[float, float] = (5.0, 15.0)
    products: int = 1000
    seed: int = 20261124


@dataclass(frozen=True)
class Outcome:
    """What came of a load: its figures, the lines to print, what is wrong."""

    figures: Figures
    lines: list[str]
    wrong: list[str]


def run(load: Load, database_url: str, folder: Path) -> Outcome:
    """Fill the empty database at ``database_url``, run the shop over it and let the load loose."""
    command = [sys.executable, "-m", "shop.cli", "migrate"]
    subprocess.run(
        command, env=shop_environ(database_url, folder), cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    database = Database(database_url, pool_size=4)
    try:
        seed(database, load.products, secret_key=SECRET_KEY)
        cookies, emails = _people(database, load)
        with serving(database_url, folder) as running:
            figures = asyncio.run(_let_loose(load, running, cookies, emails))
            is_quiet = wait_until_quiet(database, seconds=QUIET_S)
            told, wrong = violations(database, f"http://127.0.0.1:{running.sandbox_port}")
        if not is_quiet:
            wrong.append(f"jobs were still due {QUIET_S} s after the load")
        return Outcome(figures, [*_heading(load, database), *figures.table(), *told], wrong)
    finally:
        database.dispose()


def _heading(load: Load, database: Database) -> list[str]:
    low, high = load.think
    told = (
        f"load on {database.engine.dialect.name}: {load.shoppers:,} shoppers and {CLERKS} of the staff for "
        f"{load.seconds:.0f} s, {low:g} to {high:g} s between two pages, {load.products:,} products, seed {load.seed}"
    )
    return [told]


def _people(database: Database, load: Load) -> tuple[list[str], list[str]]:
    """Add followers and staff; return the followers' session cookies and the staff's addresses."""
    password_hash = hash_password(PASSWORD).value
    with database.transaction() as session:
        page_id = session.scalars(select(Page.id).where(Page.slug == SLUG)).one()
        moment = session.scalars(select(Page.created_at).where(Page.id == page_id)).one()
        count = load.shoppers // FOLLOWERS_IN + CLERKS
        rows = [
            {"email": f"load{number}@example.com", "name": f"Shopper {number}", "password_hash": password_hash,
             "language": "en", "created_at": moment}
            for number in range(count)
        ]  # fmt: skip
        session.execute(insert(Account), rows)
        accounts = session.scalars(
            select(Account).where(Account.email.in_([row["email"] for row in rows])).order_by(Account.id)
        ).all()
        clerks, followers = accounts[:CLERKS], accounts[CLERKS:]
        for clerk in clerks:
            session.add(
                StaffMember(page_id=page_id, account_id=clerk.id, role=Role.MANAGER, created_at=moment)
            )
    signer = Flask("load")
    signer.secret_key = SECRET_KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    cookies = [
        str(
            serializer.dumps(
                {"_user_id": f"{one.id}:{one.session_epoch}", "_fresh": True, "_permanent": True}
            )
        )
        for one in followers
    ]
    return cookies, [clerk.email for clerk in clerks]


async def _let_loose(load: Load, running: Serving, cookies: list[str], emails: list[str]) -> Figures:
    figures = Figures()
    pace = Pace(*load.think, ends_at=figures.started + load.seconds)
    people = []
    for number in range(load.shoppers):
        browser, bank = Browser(running.port, figures), Browser(running.sandbox_port, figures)
        is_follower = number % FOLLOWERS_IN == 0 and bool(cookies)
        if is_follower:
            browser.cookies["vitrine_session"] = cookies.pop()
        chance = random.Random(f"{load.seed} {number}")
        people.append(Shopper(browser, bank, pace, chance, load.products, is_follower=is_follower).shop())
    staff_pace = replace(pace, least_s=load.think[0] / 2, most_s=load.think[1] / 2)
    for number, email in enumerate(emails):
        chance = random.Random(f"{load.seed} staff {number}")
        clerk = Clerk(Browser(running.port, figures), staff_pace, chance, load.products, email, PASSWORD)
        people.append(clerk.work())
    with _weighing(running, figures, every_s=load.seconds / WEIGHINGS):
        await asyncio.gather(*people)
    figures.seconds = time.perf_counter() - figures.started
    return figures


@contextmanager
def _weighing(running: Serving, figures: Figures, *, every_s: float) -> Iterator[None]:
    async def weigh() -> None:
        while True:
            figures.memory.append((time.perf_counter() - figures.started, running.memory_mb()))
            await asyncio.sleep(every_s)

    task = asyncio.get_running_loop().create_task(weigh())
    try:
        yield
    finally:
        task.cancel()
