"""Signs people in without their password."""

from flask.testing import FlaskClient

from shop.accounts.models import Account


def sign_in(client: FlaskClient, account: Account) -> None:
    """Make ``client`` the browser of ``account``."""
    with client.session_transaction() as session:
        session["_user_id"] = f"{account.id}:{account.session_epoch}"
        session["_fresh"] = True
