import pytest

from shop.accounts import passwords
from shop.accounts.passwords import (
    LIKE_EMAIL,
    OBVIOUS,
    TOO_LONG,
    TOO_SHORT,
    hash_password,
    needs_rehash,
    password_problem,
    verify_password,
)

EMAIL = "alix.durand@example.com"


class TestPasswordProblem:
    @pytest.mark.parametrize(
        "password",
        [
            "correct horse battery",
            "lampe bleue 42",
            "tulipe-velo-sel",
            "Xk3vT9qLm2Zp",
            "été à la plage",
            "hier 12:30 ok",
        ],
    )
    def test_is_none_for_what_nobody_tries_first(self, password: str) -> None:
        assert password_problem(password, email=EMAIL) is None

    @pytest.mark.parametrize("password", ["", "tulipe", "123456789"])
    def test_asks_for_ten_characters(self, password: str) -> None:
        assert password_problem(password, email=EMAIL) == TOO_SHORT

    def test_accepts_200_characters_and_no_more(self) -> None:
        assert password_problem("abc def gh" * 20, email=EMAIL) is None
        assert password_problem("abc def gh" * 20 + "i", email=EMAIL) == TOO_LONG

    @pytest.mark.parametrize(
        "password",
        [
            "password12", "P@ssw0rd!!", "Motdepasse1", "azertyuiop", "qwertyuiop123", "1234567890", "0987654321",
            "aaaaaaaaaaaa", "ababababab", "abcdefghij", "bonjourbonjour", "iloveyou2024", "!!jetaime!!",
        ],
    )  # fmt: skip
    def test_refuses_what_is_tried_first(self, password: str) -> None:
        assert password_problem(password, email=EMAIL) == OBVIOUS

    @pytest.mark.parametrize("password", ["alix.durand@example.com", "Alix.Durand1", "2024alix.durand"])
    def test_refuses_the_address_in_other_clothes(self, password: str) -> None:
        assert password_problem(password, email=EMAIL) == LIKE_EMAIL

    def test_lets_a_short_name_stand_in_a_good_password(self) -> None:
        assert password_problem("banana split", email="a@example.com") is None


class TestVerifyPassword:
    def test_knows_the_right_one(self) -> None:
        hashed = hash_password("tulipe velo mardi").value
        assert verify_password(hashed, "tulipe velo mardi")
        assert not verify_password(hashed, "tulipe velo lundi")

    @pytest.mark.parametrize("nothing", [None, "", "!", "$argon2id$nonsense"])
    def test_is_false_without_a_usable_hash(self, nothing: str | None) -> None:
        assert not verify_password(nothing, "nobody's password")


class TestNeedsRehash:
    def test_is_true_for_other_parameters(self) -> None:
        mine = hash_password("tulipe velo mardi").value
        stronger = passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("x")
        assert not needs_rehash(mine)
        assert needs_rehash(stronger)
