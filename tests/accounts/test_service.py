import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from sqlalchemy import select

from shop.accounts.models import Account
from shop.accounts.passwords import PasswordHash, PasswordHasher, hash_password, needs_rehash
from shop.accounts.queries import find_account, find_account_by_email, has_confirmed
from shop.accounts.service import (
    EmailTaken,
    WrongCredentials,
    authenticate,
    change_password,
    check_password,
    confirm_email,
    edit_account,
    needs_new_hash,
    read_reset_token,
    renew_hash,
    request_password_reset,
    reset_password,
    reset_token,
    set_password,
    sign_up,
)
from shop.core.db import Database
from shop.core.errors import Conflict, Invalid
from shop.core.mail import Mail
from shop.core.signing import BadLink, Signer
from tests.accounts.conftest import PASSWORD

SIGNER = Signer("a secret key of at least thirty-two characters")
NEW = "une autre phrase"


def _sign_up(
    database: Database, now: dt.datetime, email: str = "marin@example.com", password: str = PASSWORD
) -> Account:
    with database.transaction() as session:
        return sign_up(session, email=email, name="Marin", password=password, language="fr", now=now)


class TestSignUp:
    def test_keeps_the_address_lower_case_and_never_the_password(
        self, database: Database, now: dt.datetime
    ) -> None:
        account = _sign_up(database, now, email="  Marin.LeGoff@Example.COM ")
        assert account.email == "marin.legoff@example.com"
        assert PASSWORD not in account.password_hash
        assert account.password_hash.startswith("$argon2id$")
        assert account.session_epoch == 0

    @pytest.mark.parametrize(
        "email", ["", "marin", "marin@", "@example.com", "a b@example.com", "marin@example", "x@y..fr"]
    )
    def test_refuses_what_is_no_address(self, database: Database, now: dt.datetime, email: str) -> None:
        with pytest.raises(Invalid) as caught:
            _sign_up(database, now, email=email)
        assert list(caught.value.errors) == ["email"]

    def test_refuses_a_weak_password(self, database: Database, now: dt.datetime) -> None:
        with pytest.raises(Invalid) as caught:
            _sign_up(database, now, password="password12")
        assert list(caught.value.errors) == ["password"]

    def test_refuses_an_address_that_has_an_account(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        with pytest.raises(EmailTaken):
            _sign_up(database, now, email=alix.email.upper())

    def test_of_several_at_once_makes_one(self, database: Database, now: dt.datetime) -> None:
        def attempt(_: int) -> bool:
            try:
                _sign_up(database, now)
            except EmailTaken:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(16))) == 1

    def test_takes_a_hash_made_beforehand(self, database: Database, now: dt.datetime) -> None:
        hashed = hash_password(PASSWORD)
        with database.transaction() as session:
            account = sign_up(
                session, email="marin@example.com", name="Marin", password=hashed, language="fr", now=now
            )
        assert account.password_hash == hashed.value


class TestAuthenticate:
    @pytest.mark.parametrize("email", ["alix@example.com", " ALIX@example.com"])
    def test_returns_the_account_of_a_pair(self, database: Database, alix: Account, email: str) -> None:
        with database.reading() as session:
            assert authenticate(session, email=email, password=PASSWORD).id == alix.id

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("alix@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            ("", ""),
            ("alix@example.com", PASSWORD + " "),
        ],
    )
    def test_tells_nothing_of_a_wrong_pair(
        self, database: Database, alix: Account, email: str, password: str
    ) -> None:
        with database.reading() as session, pytest.raises(WrongCredentials):
            authenticate(session, email=email, password=password)

    def test_hashes_as_much_for_an_unknown_address(
        self, database: Database, alix: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verified: list[str] = []
        real = PasswordHasher.verify

        def counting(hasher: PasswordHasher, hashed: str, password: str) -> bool:
            verified.append(hashed)
            return real(hasher, hashed, password)

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        with database.reading() as session:
            for email in ("alix@example.com", "nobody@example.com"):
                with pytest.raises(WrongCredentials):
                    authenticate(session, email=email, password="wrong")
        assert len(verified) == 2
        assert all(hashed.startswith("$argon2id$") for hashed in verified)


class TestRenewHash:
    def test_replaces_a_hash_of_other_parameters(self, database: Database, alix: Account) -> None:
        with database.transaction() as session:
            old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
            session.get_one(Account, alix.id).password_hash = old
        with database.reading() as session:
            account = authenticate(session, email=alix.email, password=PASSWORD)
        assert needs_new_hash(account)
        with database.transaction() as session:
            renew_hash(session, account=account, password=hash_password(PASSWORD))
        with database.reading() as session:
            account = authenticate(session, email=alix.email, password=PASSWORD)
        assert not needs_rehash(account.password_hash)
        assert account.session_epoch == alix.session_epoch

    def test_leaves_a_password_that_was_changed_since(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            change_password(session, account_id=alix.id, old=PASSWORD, new=NEW, now=now)
        with database.transaction() as session:
            renew_hash(session, account=alix, password=hash_password(PASSWORD))
        with database.reading() as session:
            assert authenticate(session, email=alix.email, password=NEW).id == alix.id


class TestEditAccount:
    def test_writes_name_and_language(self, database: Database, alix: Account) -> None:
        with database.transaction() as session:
            edit_account(session, account_id=alix.id, name="Alix D.", language="en")
        with database.reading() as session:
            account = find_account(session, alix.id)
        assert account is not None
        assert (account.name, account.language) == ("Alix D.", "en")


class TestChangePassword:
    def test_ends_the_old_one_and_raises_the_epoch(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session:
            changed = change_password(session, account_id=alix.id, old=PASSWORD, new=NEW, now=now)
        assert changed.session_epoch == alix.session_epoch + 1
        with database.reading() as session:
            assert authenticate(session, email=alix.email, password=NEW).id == alix.id
            with pytest.raises(WrongCredentials):
                authenticate(session, email=alix.email, password=PASSWORD)

    def test_tells_the_owner_by_mail(self, database: Database, alix: Account, now: dt.datetime) -> None:
        with database.transaction() as session:
            change_password(session, account_id=alix.id, old=PASSWORD, new=NEW, now=now)
        with database.reading() as session:
            mail = session.scalars(select(Mail)).one()
        assert (mail.kind, mail.recipient, mail.language) == ("account_password_changed", alix.email, "fr")

    def test_refuses_a_wrong_present_password(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        with database.transaction() as session, pytest.raises(Invalid) as caught:
            change_password(session, account_id=alix.id, old="wrong", new=NEW, now=now)
        assert list(caught.value.errors) == ["password_old"]

    def test_refuses_a_weak_new_password(self, database: Database, alix: Account, now: dt.datetime) -> None:
        with database.transaction() as session, pytest.raises(Invalid) as caught:
            change_password(session, account_id=alix.id, old=PASSWORD, new="alix", now=now)
        assert list(caught.value.errors) == ["password"]


class TestSetPassword:
    def test_of_two_at_once_makes_one(self, database: Database, alix: Account, now: dt.datetime) -> None:
        hashes = [hash_password(f"phrase numero {number}") for number in range(6)]

        def attempt(hashed: PasswordHash) -> bool:
            try:
                with database.transaction() as session:
                    set_password(session, account=alix, new=hashed, now=now)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(attempt, hashes)) == 1
        with database.reading() as session:
            account = find_account(session, alix.id)
        assert account is not None
        assert account.session_epoch == alix.session_epoch + 1


class TestCheckPassword:
    def test_returns_the_account_whose_password_it_is(self, database: Database, alix: Account) -> None:
        with database.reading() as session:
            assert check_password(session, account_id=alix.id, password=PASSWORD).email == alix.email


class TestRequestPasswordReset:
    def _ask(self, database: Database, email: str, now: dt.datetime) -> list[Mail]:
        with database.transaction() as session:
            request_password_reset(session, email=email, language="en", now=now)
        with database.reading() as session:
            return list(session.scalars(select(Mail)))

    def test_queues_a_mail_that_holds_no_secret(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        (mail,) = self._ask(database, "Alix@example.com", now)
        assert (mail.kind, mail.recipient, mail.language) == ("account_password_reset", alix.email, "en")
        assert mail.context == {"account_id": alix.id}

    def test_does_nothing_for_an_unknown_address(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        assert self._ask(database, "nobody@example.com", now) == []

    def test_sends_one_mail_a_minute(self, database: Database, alix: Account, now: dt.datetime) -> None:
        assert len(self._ask(database, alix.email, now)) == 1
        assert len(self._ask(database, alix.email, now + dt.timedelta(seconds=59))) == 1
        assert len(self._ask(database, alix.email, now + dt.timedelta(seconds=60))) == 2


class TestResetPassword:
    def test_sets_a_password_once(self, database: Database, alix: Account, now: dt.datetime) -> None:
        token = reset_token(SIGNER, alix)
        with database.transaction() as session:
            reset_password(session, signer=SIGNER, token=token, new=NEW, now=now)
        with database.reading() as session:
            assert authenticate(session, email=alix.email, password=NEW).id == alix.id
        with database.transaction() as session, pytest.raises(BadLink):
            reset_password(session, signer=SIGNER, token=token, new="encore une autre", now=now)

    def test_used_at_the_same_moment_works_once(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        token, hashed = reset_token(SIGNER, alix), hash_password(NEW)

        def attempt(_: int) -> bool:
            try:
                with database.transaction() as session:
                    reset_password(session, signer=SIGNER, token=token, new=hashed, now=now)
            except BadLink:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(attempt, range(6))) == 1

    def test_dies_with_a_password_change(self, database: Database, alix: Account, now: dt.datetime) -> None:
        token = reset_token(SIGNER, alix)
        with database.transaction() as session:
            change_password(session, account_id=alix.id, old=PASSWORD, new=NEW, now=now)
        with database.reading() as session, pytest.raises(BadLink):
            read_reset_token(session, signer=SIGNER, token=token)

    def test_is_valid_for_an_hour(self, database: Database, alix: Account) -> None:
        with time_machine.travel(dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC), tick=False) as traveller:
            token = reset_token(SIGNER, alix)
            traveller.shift(3600)
            with database.reading() as session:
                assert read_reset_token(session, signer=SIGNER, token=token).id == alix.id
                traveller.shift(1)
                with pytest.raises(BadLink):
                    read_reset_token(session, signer=SIGNER, token=token)

    @pytest.mark.parametrize(
        "change", [lambda token: token[:-1], lambda token: "x" + token, lambda _: "", lambda _: "é"]
    )
    def test_refuses_an_altered_token(self, database: Database, alix: Account, change: object) -> None:
        token = change(reset_token(SIGNER, alix))
        with database.reading() as session, pytest.raises(BadLink):
            read_reset_token(session, signer=SIGNER, token=token)

    def test_refuses_a_token_of_another_purpose(self, database: Database, alix: Account) -> None:
        token = SIGNER.sign("order", [alix.id, alix.session_epoch])
        with database.reading() as session, pytest.raises(BadLink):
            read_reset_token(session, signer=SIGNER, token=token)

    def test_proves_the_address(self, database: Database, alix: Account, now: dt.datetime) -> None:
        assert alix.email_confirmed_at is None
        with database.transaction() as session:
            account = reset_password(
                session, signer=SIGNER, token=reset_token(SIGNER, alix), new=NEW, now=now
            )
        with database.reading() as session:
            assert session.get_one(Account, account.id).email_confirmed_at == now


class TestFindAccountByEmail:
    def test_does_not_mind_capitals(self, database: Database, alix: Account) -> None:
        with database.reading() as session:
            found = find_account_by_email(session, " Alix@EXAMPLE.com ")
            assert found is not None
            assert found.id == alix.id
            assert find_account_by_email(session, "nobody@example.com") is None


class TestConfirmEmail:
    def test_keeps_when_the_address_was_proved_first(
        self, database: Database, alix: Account, now: dt.datetime
    ) -> None:
        for at, is_new in ((now, True), (now + dt.timedelta(days=1), False)):
            with database.transaction() as session:
                assert confirm_email(session, account_id=alix.id, email=" ALIX@example.com", now=at) is is_new
        with database.reading() as session:
            assert session.get_one(Account, alix.id).email_confirmed_at == now
            assert has_confirmed(session, alix.id, alix.email)

    def test_proves_no_other_address(self, database: Database, alix: Account, now: dt.datetime) -> None:
        with database.transaction() as session:
            assert not confirm_email(session, account_id=alix.id, email="old@example.com", now=now)
        with database.reading() as session:
            assert not has_confirmed(session, alix.id, alix.email)

    def test_is_undone_by_another_address(self, database: Database, alix: Account, now: dt.datetime) -> None:
        with database.transaction() as session:
            confirm_email(session, account_id=alix.id, email=alix.email, now=now)
            account = session.get_one(Account, alix.id, populate_existing=True)
            account.email = alix.email
            assert account.email_confirmed_at == now
            account.email = "new@example.com"
        with database.reading() as session:
            assert session.get_one(Account, alix.id).email_confirmed_at is None
