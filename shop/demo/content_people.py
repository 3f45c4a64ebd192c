"""The people of the demo: everybody here is invented, and every address ends where nobody gets mail."""

from shop.demo.content_types import Address, Follower, Language

_LUMEN, _BRUME, _PAPETERIE = "atelier-lumen", "maison-brume", "papeterie-nord"


def _follower(
    name: str,
    email: str,
    language: Language,
    place: tuple[str, str, str, str],
    *likes: tuple[str, int],
    phone: str | None = None,
) -> Follower:
    line1, postal_code, city, country = place
    return Follower(
        name, email, language, Address(name, line1, postal_code, city, country, phone=phone), likes
    )


# Phone numbers are of the blocks that ARCEP keeps for fiction (01 99 00, 06 39 98).
FOLLOWERS: tuple[Follower, ...] = (
    _follower(
        "Léa Fontaine",
        "lea.fontaine@example.com",
        "fr",
        ("14 rue des Lices", "35000", "Rennes", "FR"),
        (_LUMEN, 38),
        (_BRUME, 20),
        phone="+33639980112",
    ),
    _follower(
        "Antoine Mercier",
        "antoine.mercier@example.com",
        "fr",
        ("3 quai Perrache", "69002", "Lyon", "FR"),
        (_LUMEN, 37),
    ),
    _follower(
        "Nadia Benali",
        "nadia.benali@example.com",
        "fr",
        ("27 rue de la République", "13002", "Marseille", "FR"),
        (_LUMEN, 36),
        (_PAPETERIE, 12),
        phone="+33639980145",
    ),
    _follower(
        "Jürgen Vogt",
        "juergen.vogt@example.com",
        "en",
        ("Lindenstraße 48", "50674", "Köln", "DE"),
        (_LUMEN, 35),
    ),
    _follower(
        "Chiara Ricci",
        "chiara.ricci@example.com",
        "en",
        ("Via Solferino 11", "20121", "Milano", "IT"),
        (_LUMEN, 33),
    ),
    _follower(
        "Margaux Delattre",
        "margaux.delattre@example.com",
        "fr",
        ("8 rue de Gand", "59800", "Lille", "FR"),
        (_LUMEN, 31),
        (_PAPETERIE, 30),
    ),
    _follower(
        "Yann Le Goff",
        "yann.legoff@example.com",
        "fr",
        ("5 place au Beurre", "29000", "Quimper", "FR"),
        (_LUMEN, 30),
        (_BRUME, 29),
        phone="+33639980177",
    ),
    _follower(
        "Sofie De Smet",
        "sofie.desmet@example.com",
        "fr",
        ("Korenmarkt 9", "9000", "Gent", "BE"),
        (_LUMEN, 28),
        (_PAPETERIE, 27),
    ),
    _follower(
        "Julien Roussel",
        "julien.roussel@example.com",
        "fr",
        ("61 cours Franklin", "38000", "Grenoble", "FR"),
        (_LUMEN, 26),
    ),
    _follower(
        "Emma Thompson-Hale",
        "emma.hale@example.com",
        "en",
        ("22 Merrion Row", "D02 XW45", "Dublin", "IE"),
        (_LUMEN, 25),
    ),
    _follower(
        "Pauline Girard",
        "pauline.girard@example.com",
        "fr",
        ("19 rue Paradis", "44000", "Nantes", "FR"),
        (_LUMEN, 24),
        (_BRUME, 10),
    ),
    _follower(
        "Karim Haddad",
        "karim.haddad@example.com",
        "fr",
        ("2 rue Saint-Rome", "31000", "Toulouse", "FR"),
        (_LUMEN, 22),
    ),
    _follower(
        "Marta Kowalska",
        "marta.kowalska@example.com",
        "en",
        ("ul. Piękna 16", "00-539", "Warszawa", "PL"),
        (_LUMEN, 21),
    ),
    _follower(
        "Florian Keller",
        "florian.keller@example.com",
        "en",
        ("Neubaugasse 33", "1070", "Wien", "AT"),
        (_LUMEN, 19),
        (_PAPETERIE, 18),
    ),
    _follower(
        "Clémence Aubry",
        "clemence.aubry@example.com",
        "fr",
        ("40 rue du Bourg", "21000", "Dijon", "FR"),
        (_LUMEN, 17),
    ),
    _follower(
        "Thomas Nguyen",
        "thomas.nguyen@example.com",
        "fr",
        ("112 avenue d'Ivry", "75013", "Paris", "FR"),
        (_LUMEN, 15),
        (_BRUME, 14),
        (_PAPETERIE, 3),
        phone="+33639980203",
    ),
    _follower(
        "Inês Carvalho",
        "ines.carvalho@example.com",
        "en",
        ("Rua da Rosa 75", "1200-382", "Lisboa", "PT"),
        (_LUMEN, 13),
    ),
    _follower(
        "Bérénice Lacroix",
        "berenice.lacroix@example.com",
        "fr",
        ("6 rue Sainte-Catherine", "33000", "Bordeaux", "FR"),
        (_LUMEN, 11),
        (_BRUME, 9),
    ),
    _follower(
        "Maxime Perrin",
        "maxime.perrin@example.com",
        "fr",
        ("15 rue Gambetta", "42000", "Saint-Étienne", "FR"),
        (_LUMEN, 10),
    ),
    _follower(
        "Lucía Navarro",
        "lucia.navarro@example.com",
        "en",
        ("Carrer de Verdi 52", "08012", "Barcelona", "ES"),
        (_LUMEN, 8),
        (_PAPETERIE, 6),
    ),
    _follower(
        "Gwenaëlle Riou",
        "gwenaelle.riou@example.com",
        "fr",
        ("23 rue du Port-Rhu", "29100", "Douarnenez", "FR"),
        (_BRUME, 24),
        (_LUMEN, 7),
    ),
    _follower(
        "Olivier Chastain",
        "olivier.chastain@example.com",
        "fr",
        ("9 place Plumereau", "37000", "Tours", "FR"),
        (_LUMEN, 5),
    ),
    _follower(
        "Anouk van Dijk",
        "anouk.vandijk@example.com",
        "en",
        ("Prinsengracht 311", "1016 GZ", "Amsterdam", "NL"),
        (_LUMEN, 3),
    ),
    _follower(
        "Romane Picard",
        "romane.picard@example.com",
        "fr",
        ("31 rue des Carmes", "54000", "Nancy", "FR"),
        (_LUMEN, 1),
        (_BRUME, 1),
    ),
)
