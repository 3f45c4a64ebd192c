"""What docs/simulation.md says whatever the figures are: whose code decides, where numbers come from, what it is not."""

from shop.simulation.sources import SOURCES
from shop.simulation.wording import table


def real_code() -> str:
    """Return what is decided by the shop's own code and what is not."""
    return """
## What is the shop's own code, and what is not

| Decided by the shop's own code | Done by the simulation |
| --- | --- |
| Score of a post for a reader: `feed.ranking.weigh`, affinity by `core.fading` and `page.affinity.WEIGHTS` | Who opens the network when, how far they read, what they answer |
| Weight of a page after tests: `feed.learning.learn` | That there is a test at all, and its sample: Vitrine has none |
| What looks bought: `quality.signs.judge` | Who is a real person and who is not |
| What a coupon takes off and whether it may be used: `coupons.service`, `coupons.discounting`, `coupons.redeeming`, in a SQLite file of its own | Who takes it |
| Entering, drawing and the prize: `contests.service`, `contests.entering`, `contests.closing`, and the public check of the draw | Who enters |
| What an order comes to: `pricing.totals` | That it is paid: orders are priced, not placed and paid one by one |

Accounts, likes, friendships and posts are kept in memory, and written in bulk where the tables are needed: going through
sign-up, page and feed for each of more than a million visits a seed would take days. Of a crude farm's 1,400 liked pages only some 40 are kept
one by one; a real look would see more of them, not less."""


def numbers() -> str:
    """Return the numbers of the world with their sources."""
    return "## The numbers of the world\n\n" + table(
        ["What", "Number", "Where it comes from"], [list(row) for row in SOURCES]
    )


def limits() -> str:
    """Return what nobody should read into the figures."""
    return """
## What this does not say

- It is a model. What is assumed is marked so above; orders above all hang on assumed rates, so compare pages, not amounts.
- No network tells how its feed tests posts. The size of the loss of reach hangs on that, its direction does not while
  accounts that never answer are in the sample.
- The careful farm is one kind, after one farm of 2014. A farm whose accounts share nothing but this one page leaves
  nothing to find.
- The signs were weighed with farms such as these in mind. Another farm will be found less well than these two.
- That a crowd which comes back is no burst became a rule after this world's article had been flagged (6.9 % of its
  readers), so its figure is no test of that rule. It hangs on how many come back: here readers get what all fans get.
- Networks also delete farms' accounts, and then the number falls; nobody is deleted here.
- Word of mouth ends after one step, prices never change, and nobody grows tired of posts."""
