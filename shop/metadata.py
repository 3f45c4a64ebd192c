"""Imports all models, for migrations and tests."""

from sqlalchemy import MetaData

import shop.accounts.models
import shop.accounts.profile_models
import shop.cart.models
import shop.catalog.history_models
import shop.catalog.import_models
import shop.catalog.models
import shop.contests.models
import shop.core.idempotency
import shop.core.mail
import shop.core.outbox
import shop.coupons.models
import shop.feed.models
import shop.feed.ranking_models
import shop.like_invitations.models
import shop.moderation.models
import shop.notifications.models
import shop.orders.models
import shop.page.models
import shop.payments.models
import shop.payments.recorded_models
import shop.people.models
import shop.quality.models  # noqa: F401
from shop.core.db import Base

METADATA: MetaData = Base.metadata
