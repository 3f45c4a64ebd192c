"""Both languages are complete."""

from tools.translations import problems


class TestFrench:
    def test_is_complete(self) -> None:
        assert problems() == []
