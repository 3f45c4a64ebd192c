"""Rate limits, counted per process in memory by the client's address."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window", headers_enabled=False)
