"""What the pages' forms take."""

import re

from marshmallow import Schema, fields, validate

from shop.accounts.schemas import EMAIL_WRONG, MAX_EMAIL_LENGTH
from shop.core.i18n import LANGUAGES, N_
from shop.core.money import CURRENCIES, MAX_AMOUNT
from shop.page.countries import COUNTRIES
from shop.page.models import Role

RESERVED_SLUGS = frozenset(
    "about account accounts admin administrator api assets auth billing blog cart carts checkout collections contact "
    "demo docs en error feed fr healthz help home info intern internal jobs language legal login logout mail manage "
    "media messages metrics moderation new news null official orders page pages payment payments press pricing "
    "privacy readyz root search security settings shop sign-in sign-out sign-up stand-in static status stripe "
    "support system team terms test test-mode theme undefined videos vitrine webhook www".split()
)
"""Words that stand for us or for a part of the site; as a brand's address they would mislead."""

MAX_NAME = 60
MIN_SLUG, MAX_SLUG = 3, 60
MIN_PREFIX, MAX_PREFIX = 2, 6

_NAME = validate.And(
    validate.Length(min=1, error=N_("Give the page a name.")),
    validate.Length(max=MAX_NAME, error=N_("Use at most 60 characters.")),
)
_SLUG = validate.And(
    validate.Regexp(
        re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z"),
        error=N_("Use small letters, digits and single hyphens, such as maison-brume."),
    ),
    validate.Length(min=MIN_SLUG, max=MAX_SLUG, error=N_("Use 3 to 60 characters.")),
    validate.NoneOf(RESERVED_SLUGS, error=N_("This address is reserved; choose another.")),
)
_PREFIX = validate.Regexp(
    re.compile(r"[A-Z][A-Z0-9]{1,5}\Z"), error=N_("Use 2 to 6 capital letters or digits, such as LUM.")
)
_TAGLINE = validate.Length(max=140, error=N_("Use at most 140 characters."))
_ABOUT = validate.Length(max=6000, error=N_("Use at most 6,000 characters."))
_COUNTRY = validate.OneOf(frozenset(COUNTRIES), error=N_("Choose a country."))
_COLOR = validate.Regexp(re.compile(r"#[0-9a-fA-F]{6}\Z"), error=N_("Choose a colour such as #7a4b2a."))
_EMAIL = validate.Regexp(
    re.compile(r"([^@\s]+@[^@\s]+\.[^@\s]+)?\Z"),
    error=N_("Enter an e-mail address such as name@example.com."),
)


class NewPageSchema(Schema):
    """A new page; an address or prefix that is left out (None) is made from the name."""

    name = fields.String(required=True, validate=_NAME)
    slug = fields.String(load_default=None, validate=_SLUG)
    order_prefix = fields.String(load_default=None, validate=_PREFIX)
    country = fields.String(required=True, validate=_COUNTRY)
    currency = fields.String(
        required=True, validate=validate.OneOf(CURRENCIES, error=N_("Choose a currency."))
    )
    language = fields.String(
        required=True, validate=validate.OneOf(LANGUAGES, error=N_("Choose a language."))
    )
    tagline = fields.String(load_default="", validate=_TAGLINE)


class PageSettingsSchema(Schema):
    """A page's settings; amounts are minor units, the tax rate is in basis points."""

    name = fields.String(required=True, validate=_NAME)
    tagline = fields.String(load_default="", validate=_TAGLINE)
    about = fields.String(load_default="", validate=_ABOUT)
    tagline_other = fields.String(load_default="", validate=_TAGLINE)
    about_other = fields.String(load_default="", validate=_ABOUT)
    accent_color = fields.String(required=True, validate=_COLOR)
    country = fields.String(required=True, validate=_COUNTRY)
    ships_to = fields.List(fields.String(validate=_COUNTRY), load_default=list)
    shipping_amount = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=MAX_AMOUNT, error=N_("This price is out of range.")),
    )
    tax_rate_bp = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=5000, error=N_("Enter a rate between 0 and 50 percent.")),
    )
    contact_email = fields.String(load_default="", validate=_EMAIL)
    settings_version = fields.Integer(load_default=None, allow_none=True, strict=True)
    """The version that the form was opened with; None asks for no comparison."""


class InvitationSchema(Schema):
    """Somebody who is invited to work on a page."""

    email = fields.Email(
        required=True,
        validate=validate.Length(max=MAX_EMAIL_LENGTH, error=EMAIL_WRONG),
        error_messages={"required": EMAIL_WRONG, "invalid": EMAIL_WRONG},
    )
    role = fields.Enum(Role, by_value=True, required=True, error_messages={"unknown": N_("Choose a role.")})


class RoleSchema(Schema):
    """Another role."""

    role = fields.Enum(Role, by_value=True, required=True, error_messages={"unknown": N_("Choose a role.")})
