"""Where each number of the world comes from, as docs/simulation.md tells it."""

_FRAUD = "De Cristofaro et al., Paying for Likes?, IMC 2014"
_MORO = "Moro et al., J. Business Research 2016: 500 posts of one brand's page"
_OWN = "assumed"
SOURCES: tuple[tuple[str, str, str], ...] = (
    ("Pages that a person likes", "log-normal, median 34, mean 40", f"{_FRAUD}: a random sample of the directory"),
    ("Pages that an account of a crude farm likes", "log-normal, median 1,400", f"{_FRAUD}: medians 1,200 to 1,800"),
    ("Pages that an account of a careful farm likes", "log-normal, median 63", f"{_FRAUD}: BoostLikes"),
    ("Burst", "4,000 likes in 6 hours", f"{_FRAUD}: most likes of three farms within two hours of one day"),
    ("Drip", "1,000 likes over 40 days, cells of 40 befriended accounts, cover likes",
     f"{_FRAUD}: BoostLikes, 621 likes in 15 days, densely befriended; slower here, so harder"),
    ("Price of 1,000 likes", "14.99 and 190.00", f"{_FRAUD}, table 1 (as remembered, not looked up again; dollars taken as euros)"),
    ("Fans in friend groups", "30 %, groups of 4 to 12, 6 shared evenings besides", _OWN),
    ("Opens the network on a day", "75 %, half of them twice, around an hour of their own", _OWN),
    ("Peaks of the day", "8:00, 12:30, 18:30 and 21:00, as 2 : 2 : 3 : 4", _OWN),
    ("Answers a post that was seen", "5 % react, comment or share, log-normal by person (sigma 1); 7 % click",
     f"{_MORO}: of the fans reached a median of 12 % engage, clicks included"),
    ("Reaction : comment : share", "84 : 3 : 13", f"{_MORO}: means 177.6, 7.5 and 27.0"),
    ("Fans who only look", "35 %: they click and buy, and never answer in public", _OWN),
    ("Posts of a page", "one a day, every third with a product", _OWN),
    ("What competes in a feed", ("posts of the other pages that one likes, 0.7 a day each, and 11 acts of friends a day; 7 places a visit in the mean, exponential, "
     "so about a fifth of what comes is seen"), "Facebook, News Feed FYI: A Window Into News Feed, 2013: 1,500 stories could be shown, 300 are"),
    ("How close fans are to other pages", "as the fans of this page are to it, drawn anew each week from the page that does nothing", "follows from the world itself"),
    ("Test of a post", ("shown first to 10 % of the followers for 3 hours; a page's weight is learned from what that brought, "
     "by the house's own shrinkage (feed/learning.py)"), f"{_OWN}; described for Facebook in the video Facebook Fraud (Veritasium, 2014), never published in numbers"),
    ("Accounts of farms in that test", "count as followers who did not answer", f"{_OWN}; the variant 'unserved' drops it"),
    ("New fans", "1.5 a day by themselves; a share brings 0.2, another answer 0.004", _OWN),
    ("Orders", "6.5 % of clicks on a post with a product; 0.012 % of fans a day without a post", _OWN),
    ("Contest", ("14 days, prize worth 180.00; 25 % of those who see it enter, 10 strangers a day enter for the prize; "
     "45 % of entrants and 60 % of strangers like the page though they need not"), _OWN),
    ("Coupon", "15 % for 28 days, on a foreign site with 12 visits a day of which 20 % take it; 35 % of takers like the page; 10 % buy", _OWN),
    ("An article", "150 likes in one evening on every page, half of them without a look before", f"{_OWN}: a hard case for the flags"),
    ("Circles of friends", "every 9 days 5 to 10 friends like the page within one evening", f"{_OWN}: a hard case for the flags"),
)  # fmt: skip
