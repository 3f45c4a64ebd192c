"""Carriers and the addresses of their tracking pages."""

from urllib.parse import urlsplit

import pytest

from shop.orders.carriers import CARRIERS, carrier_name, is_number, is_safe_url, tracking_address


class TestTrackingAddress:
    @pytest.mark.parametrize("carrier", sorted(CARRIERS))
    def test_holds_the_number_and_nothing_that_breaks_out(self, carrier: str) -> None:
        address = tracking_address(carrier, "AB 12/&?#<x>")
        assert address is not None
        assert is_safe_url(address)
        assert "AB12%2F%26%3F%23%3Cx%3E" in address
        assert urlsplit(address).scheme == "https"

    def test_tells_mondial_relay_where_the_parcel_goes(self) -> None:
        address = tracking_address("mondial-relay", "1234 5678", "75 011")
        assert address is not None
        assert address.endswith("?numeroExpedition=12345678&codePostal=75011")

    def test_is_none_without_a_number_or_for_a_carrier_that_is_not_known(self) -> None:
        assert tracking_address("ups", " ") is None
        assert tracking_address("Courier Bob", "7") is None


class TestCarrierName:
    def test_is_what_was_typed_when_it_is_not_known(self) -> None:
        assert (carrier_name("dhl-paket"), carrier_name("Courier Bob"), carrier_name("")) == (
            "DHL Paket",
            "Courier Bob",
            "",
        )


class TestIsNumber:
    @pytest.mark.parametrize("text", ["1Z 999 AA1 01 2345 6784", "6A12345678901", "a", "RR-1/2_3.4"])
    def test_takes_what_carriers_print(self, text: str) -> None:
        assert is_number(text)

    @pytest.mark.parametrize("text", ["", " 1", "<b>", "1\n2", "é1", "1" * 61, "1;2"])
    def test_takes_nothing_else(self, text: str) -> None:
        assert not is_number(text)


class TestIsSafeUrl:
    @pytest.mark.parametrize("text", ["https://parcels.example/1?n=2#x", "https://parcels.example:8443/"])
    def test_takes_a_whole_https_address(self, text: str) -> None:
        assert is_safe_url(text)

    @pytest.mark.parametrize(
        "text",
        [
            "http://parcels.example/", "javascript:alert(1)", "//parcels.example", "https://localhost/", "https://",
            "https://a@b.example/", "https://parcels.example/a b", "https://parcels.example\\@evil.example",
            "https://[::1", "https://pârcels.example/", "https://parcels.example/" + "x" * 500,
        ],
    )  # fmt: skip
    def test_takes_nothing_else(self, text: str) -> None:
        assert not is_safe_url(text)
