"""The WSGI entry: ``granian --interface wsgi wsgi:app``."""

from shop.app import create_app
from shop.core.config import ConfigurationError, load_settings
from shop.core.log import configure_logging

try:
    _settings = load_settings()
except ConfigurationError as error:
    raise SystemExit(str(error)) from None
configure_logging(level=_settings.log_level, style=_settings.log_format)
app = create_app()
