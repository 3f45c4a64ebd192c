"""What the JSON interface says of brand pages."""

from marshmallow import fields

from shop.web.rest.schemas import AnswerSchema, PictureSchema, list_of

EXAMPLE_PICTURE = {
    "url": "https://shop.example/media/pictures/3f/3f9c2a-640.jpg",
    "width": 1600,
    "height": 1200,
    "color": "#d9c8ae",
    "alt": "",
    "sources": [
        {"type": "image/webp", "srcset": "https://shop.example/media/pictures/3f/3f9c2a-640.webp 640w"},
        {"type": "image/jpeg", "srcset": "https://shop.example/media/pictures/3f/3f9c2a-640.jpg 640w"},
    ],
}
EXAMPLE_SUMMARY = {
    "slug": "atelier-lumen",
    "name": "Atelier Lumen",
    "tagline": "Lamps, tableware and textiles made in Lyon",
    "url": "https://shop.example/en/p/atelier-lumen",
    "avatar": EXAMPLE_PICTURE,
    "country": "FR",
    "currency": "EUR",
    "followers": 1284,
}
EXAMPLE_PAGE = {
    **EXAMPLE_SUMMARY,
    "about": "We make things that last, in small series.",
    "language": "fr",
    "accent_color": "#7a4b2a",
    "cover": EXAMPLE_PICTURE,
    "ships_to": ["FR", "BE"],
}


class PageSummarySchema(AnswerSchema):
    """A brand's page, as in a list."""

    slug = fields.String(metadata={"description": "Its name in addresses."})
    name = fields.String()
    tagline = fields.String()
    url = fields.Url(metadata={"description": "The page for people, in the language of the answer."})
    avatar = fields.Nested(PictureSchema, allow_none=True)
    country = fields.String(metadata={"description": "ISO 3166-1 alpha-2."})
    currency = fields.String(metadata={"description": "ISO 4217; all of its prices are in it."})
    followers = fields.Integer()


class PageSchema(PageSummarySchema):
    """A brand's page."""

    about = fields.String(metadata={"description": "Plain text, paragraphs separated by blank lines."})
    language = fields.String(metadata={"description": "The language that the brand writes in."})
    accent_color = fields.String(metadata={"description": "`#rrggbb`."})
    cover = fields.Nested(PictureSchema, allow_none=True)
    ships_to = fields.List(fields.String(), metadata={"description": "Countries, ISO 3166-1 alpha-2."})


PageListSchema = list_of(PageSummarySchema, "PageListSchema")
