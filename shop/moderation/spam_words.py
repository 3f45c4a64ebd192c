"""Words, phrases and addresses that spam is made of, in both languages, as ``core.text_search`` folds words."""

SHORTENERS = frozenset(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly cutt.ly rebrand.ly shorturl.at rb.gy t.ly tiny.cc "
    "lnkd.in bl.ink s.id v.gd urlz.fr u.to clck.ru adf.ly t.me wa.me".split()
)
TOP_LEVELS = (
    "com", "net", "org", "biz", "xyz", "fr", "ru", "cn", "io", "ly", "cc", "tk", "ml", "ga", "gl", "gd", "gy", "uk",
)  # fmt: skip
"""Endings after which an address without ``https://`` is taken for one."""
TOP_LEVELS_THAT_ARE_WORDS = (
    "info", "shop", "store", "site", "online", "top", "click", "link", "club", "live", "me", "at", "de", "be", "to", "id",
)  # fmt: skip
"""Endings that are one only before a slash: people leave out the blank after a full stop."""
CONTACT_WORDS = frozenset("whatsapp telegram wechat viber snapchat skype".split())
CRYPTO_WORDS = frozenset(
    "bitcoin bitcoins btc ethereum usdt crypto cryptos cryptomonnaie cryptomonnaies forex trading nft airdrop "
    "binance".split()
)
PROMISES = (
    "earn money", "make money", "extra income", "passive income", "work from home", "financial freedom",
    "double your money", "guaranteed profit", "guaranteed returns", "get rich", "free followers", "buy followers",
    "free gift card", "you have won", "you won", "claim your prize", "click here", "click the link", "click on my profile",
    "check my profile", "visit my profile", "link in my bio", "dm me", "inbox me", "message me on", "write me on",
    "loan offer", "need a loan", "spell caster", "love spell", "recovery expert", "recover your", "investment platform",
    "thanks to mrs", "thanks to mr", "a day from home", "limited offer", "act now",
    "gagner de l argent", "gagnez de l argent", "gagner plus", "revenu passif", "revenus passifs",
    "revenu complementaire", "travail a domicile", "travailler a domicile", "liberte financiere", "doubler votre argent",
    "benefice garanti", "gains garantis", "devenir riche", "abonnes gratuits", "acheter des abonnes", "carte cadeau gratuite",
    "vous avez gagne", "reclamez votre", "cliquez ici", "clique ici", "cliquez sur le lien", "cliquez sur mon profil",
    "visitez mon profil", "lien dans ma bio", "ecrivez moi en prive", "contactez moi en prive", "contactez moi sur",
    "pret entre particuliers", "offre de pret", "besoin d un pret", "pret rapide", "credit rapide", "marabout",
    "retour de l etre aime", "retour affectif", "voyant medium", "grand maitre", "plateforme d investissement",
    "grace a madame", "grace a monsieur", "par jour depuis chez vous", "recuperer votre argent",
)  # fmt: skip
"""What spam promises or asks for, as whole words in this order."""
