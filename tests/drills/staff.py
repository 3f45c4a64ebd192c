"""The admin of a crash drill, who ships and refunds by the forms on an order's page."""

import random
from dataclasses import dataclass, field

from shop.core.db import Database
from tests.drills.people import Person
from tests.drills.processes import Crew


@dataclass
class Admin:
    """Somebody signed in who works through the paid orders."""

    crew: Crew
    database: Database
    chance: random.Random
    password: str
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        self.person = Person(self.crew)

    def work(self) -> None:
        """Ship and refund what is there."""
