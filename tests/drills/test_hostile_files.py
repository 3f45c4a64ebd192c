"""Pictures and product files that nobody should send, through the forms that take them.

Each is answered with a sentence at its field or is taken; what is taken is encoded anew, and the page still works.
"""

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from shop.catalog.models import Product
from tests.conftest import corpus
from tests.support.drill_house import (
    IN_FULL,
    OURS,
    House,
    build_house,
    quiet_log,
    report,
    small_picture,
    untouchable,
)
from tests.support.fake_gateway import FakeGateway
from tests.support.html import Document

pytestmark = pytest.mark.drill
LARGEST = 300_000 if IN_FULL else 20_000
ROOM = f"/en/manage/{OURS}"
HEADER = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n"


@pytest.fixture
def house(app: Flask, gateway: FakeGateway) -> Iterator[House]:
    with quiet_log():
        yield build_house(app, gateway)


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says that it is so large, with a few bytes of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


def gif_of_many_frames(count: int) -> bytes:
    """Return a GIF of so many frames of one pixel."""
    frame = b"\x21\xf9\x04\x00\x00\x00\x00\x00" + b"\x2c\0\0\0\0\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + frame * count + b";"


def picture_with_metadata() -> bytes:
    """Return a JPEG whose metadata say where it was taken, and that goes on as HTML behind its end."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    Image.new("RGB", (40, 30), "navy").save(target, "JPEG", exif=exif.tobytes(), comment=b"vx-secret")
    return target.getvalue() + b"<html><script>alert('vx-secret')</script></html>"


def tiff() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30)).save(target, "TIFF")
    return target.getvalue()


# name: (file name, content, whether it is taken)
PICTURES: dict[str, tuple[str, bytes, bool]] = {
    "a good one": ("lamp.jpg", small_picture(), True),
    "cut off": ("lamp.jpg", small_picture()[:300], False),
    "a bomb's header": ("bomb.png", png_of(60_000, 60_000), False),
    "fewer pixels than it says": ("short.png", png_of(500, 500), False),
    "10,000 frames": ("frames.gif", gif_of_many_frames(10_000), True),
    "a drawing with a script": (
        "x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', False),
    "a drawing called .png": ("x.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', False),
    "HTML called .jpg": ("x.jpg", b"<html><script>alert(1)</script></html>", False),
    "HTML behind GIF's first bytes": ("x.gif", b"GIF89a/*<script>alert(1)</script>*/", False),
    "a picture and a page at once": ("x.jpg", picture_with_metadata(), True),
    "a TIFF": ("x.tiff", tiff(), False),
    "a PDF": ("x.pdf", b"%PDF-1.7\n%\xe2\xe3", False),
    "empty": ("x.jpg", b"", False),
    "zeros": ("x.png", b"\0" * 100_000, False),
    "a name out of its folder": ("../../../../etc/cron.d/x.jpg", small_picture("red"), True),
    "a name with a script": ("<script>alert(1)</script>.jpg", b"no picture", False),
}  # fmt: skip
FILES: dict[str, tuple[str, bytes]] = {
    "NUL in cells": ("nul.csv", f"{HEADER}mug,M\0ug,<p>x</p>,,,S-1,12.00,\n".encode()),
    "two encodings": ("mixed.csv", HEADER.encode() + "mug,Café,,,,S-1,12.00,\n".encode("latin-1") + "thé,Thé,,,,S-2,3.00,\n".encode()),
    "a cell of 1 MB": ("long.csv", f'{HEADER}mug,Mug,"{"x" * 1_000_000}",,,S-1,12.00,\n'.encode()),
    "an unclosed quote": ("quote.csv", f'{HEADER}mug,"Mug,,,,S-1,12.00,\nbowl,Bowl,,,,S-2,3.00,\n'.encode()),
    "formulas": ("formula.csv", f"{HEADER}mug,=HYPERLINK(1),@x,,,+1,12.00,\nbowl,-2+3,,,,\t=1,3.00,\n".encode()),
    "scripts": ("script.csv", f'{HEADER}mug,"<img src=x onerror=alert(1)>","<script>alert(1)</script><a href=""javascript:x"">y</a>",,,S-1,12.00,javascript:alert(1)\n'.encode()),
    "addresses of this machine": ("ssrf.csv", f"{HEADER}mug,Mug,,,,S-1,12.00,http://127.0.0.1:22/x.png\n".encode()),
    "UTF-16": ("wide.csv", f"{HEADER}mug,Mug,,,,S-1,12.00,\n".encode("utf-16")),
    "only a header": ("head.csv", HEADER.encode()),
    "empty": ("empty.csv", b""),
    "a picture": ("lamp.csv", small_picture()),
    "a zip": ("x.csv", b"PK\x03\x04" + bytes(1000)),
    "10,000 columns": ("wide.csv", (",".join(f"c{number}" for number in range(10_000)) + "\n" + "," * 9_999 + "\n").encode()),
    "a header twice": ("twice.csv", f"{HEADER.strip()},Title,Handle\nmug,Mug,,,,S-1,12.00,,Other,other\n".encode()),
    "no line ends": ("flat.csv", HEADER.strip().encode() * 500),
    "HTML": ("page.csv", b"<!doctype html><html><body>Not found</body></html>"),
    "JSON that goes too deep": ("deep.json", b"[" * 100_000),
    "JSON that ends early": ("cut.json", b'{"products": [{"title": "Mug", "price": 12'),
    "an XML bomb": ("bomb.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'),
    "XML that reads a file": ("xxe.xml", b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'),
    "prices of all kinds": ("price.csv", (HEADER + "".join(f"p{number},P,,,,S{number},{price},\n" for number, price in enumerate(["1e9", "-3", "NaN", "9" * 40, "12,00", "€5", "1.2.3", "", "٣"]))).encode()),
}  # fmt: skip


def fields_of(client: FlaskClient, path: str, ending: str) -> list[tuple[str, str]]:
    """Return what a browser would send of the form on a page."""
    document = Document(path, client.get(path).get_data(as_text=True))
    [form] = [one for one in document.forms if one.action.endswith(ending) and one.method == "POST"]
    return form.sent()


def upload(
    client: FlaskClient, path: str, fields: list[tuple[str, str]], name: str, file: tuple[str, bytes]
) -> TestResponse:
    """Send a form with one file."""
    data: dict[str, object] = {}
    for key, value in fields:
        data.setdefault(key, [])
        data[key].append(value)  # type: ignore[attr-defined]
    data[name] = (io.BytesIO(file[1]), file[0])
    return client.post(path, data=data, content_type="multipart/form-data")


def says_why(answer: TestResponse) -> bool:
    """Tell whether an answer marks what is wrong."""
    document = Document("/", answer.get_data(as_text=True))
    return any("error" in one.attributes.get("class", "") for one in document.elements)


def media_without_traces(house: House) -> list[str]:
    """Return the kept files that are no picture of ours, or still hold what a camera or an attacker wrote."""
    wrong = []
    for path in house.runtime.files.root.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if (
            path.suffix not in (".avif", ".webp", ".jpg", ".png")
            or b"vx-secret" in content
            or b"<script" in content
        ):
            wrong.append(str(path.relative_to(house.runtime.files.root)))
    return wrong


class TestPictures:
    def test_are_taken_or_refused_with_a_sentence_at_the_product(self, house: House) -> None:
        client = house.client("admin")
        path = f"{ROOM}/products/{house.ours.product.id}"
        wrong = []
        for name, (file_name, content, is_good) in PICTURES.items():
            fields = fields_of(client, path, path)
            answer = upload(client, path, fields, "uploads", (file_name, content))
            if (answer.status_code, is_good) not in ((303, True), (422, False)):
                wrong.append(f"{name}: {answer.status_code}")
            if answer.status_code == 422 and not says_why(answer):
                wrong.append(f"{name}: no word about it")
        assert wrong == []
        assert media_without_traces(house) == []
        assert client.get(path).status_code == client.get(f"/en/p/{OURS}/shop/lamp").status_code == 200
        report(
            "hostile",
            [
                f"pictures at the product on {house.database.engine.dialect.name}: {len(PICTURES)}, as expected"
            ],
        )

    def test_are_taken_or_refused_with_a_sentence_at_the_page(self, house: House) -> None:
        client = house.client("admin")
        path = f"{ROOM}/settings"
        for name, (file_name, content, is_good) in PICTURES.items():
            answer = upload(client, path, fields_of(client, path, path), "cover", (file_name, content))
            assert answer.status_code == (303 if is_good else 422), name
        assert media_without_traces(house) == []
        assert client.get(f"/en/p/{OURS}").status_code == 200


class TestPicturesOfTheCorpus:
    @pytest.mark.corpus
    def test_never_break_anything(self, house: House) -> None:
        files = sorted(corpus("data", "images", "nasty").iterdir())
        client = house.client("admin")
        path = f"{ROOM}/products/{house.ours.product.id}"
        answers = {}
        for file in files:
            answer = upload(
                client, path, fields_of(client, path, path), "uploads", (file.name, file.read_bytes())
            )
            answers[file.name] = answer.status_code
            assert answer.status_code == 303 or (answer.status_code == 422 and says_why(answer)), file.name
        assert {name for name, status in answers.items() if status == 422} == {
            "broken_data_stream.png", "decompression_bomb.gif", "truncated_jpeg.jpg",
        }  # fmt: skip
        report("hostile", [f"pictures of the corpus: {answers}"])


def bring(house: House, client: FlaskClient, file: tuple[str, bytes]) -> str:
    """Bring a product file by the form, let the worker read and write it; return what the room says at each step."""
    path = f"{ROOM}/imports"
    answer = upload(client, path, fields_of(client, path, path), "file", file)
    assert answer.status_code in (303, 413, 422), answer.status_code
    if answer.status_code != 303:
        assert says_why(answer)
        return "refused at once"
    house.run_jobs()
    place = answer.headers["Location"]
    room = client.get(place)
    assert room.status_code == 200
    forms = Document(place, room.get_data(as_text=True)).forms
    starts = [one for one in forms if one.method == "POST" and one.action.endswith("/start")]
    if not starts:
        return "nothing to import" if room.status_code == 200 else str(room.status_code)
    data: dict[str, list[str]] = {}
    for key, value in starts[0].sent():
        data.setdefault(key, []).append(value)
    started = client.post(starts[0].action, data=data)
    assert started.status_code in (303, 422), started.status_code
    house.run_jobs()
    assert client.get(place).status_code == 200
    return "imported"


class TestProductFiles:
    def test_never_break_anything(self, house: House) -> None:
        client = house.client("admin")
        before = untouchable(house, "admin")
        answers = {name: bring(house, client, file) for name, file in FILES.items()}
        look_at_products(house, client)
        assert untouchable(house, "admin") == before
        report(
            "hostile",
            [
                f"product files on {house.database.engine.dialect.name}:",
                *(f"  {name}: {text}" for name, text in answers.items()),
            ],
        )

    @pytest.mark.corpus
    def test_of_the_corpus_never_break_anything(self, house: House) -> None:
        files = [one for one in sorted(corpus("data", "catalog").iterdir()) if one.stat().st_size < LARGEST]
        client = house.client("admin")
        answers = {file.name: bring(house, client, (file.name, file.read_bytes())) for file in files}
        look_at_products(house, client)
        report("hostile", [f"product files of the corpus: {answers}"])


def look_at_products(house: House, client: FlaskClient) -> None:
    """Open the lists and each product's page and form."""
    with house.database.reading() as session:
        products = session.scalars(select(Product).where(Product.page_id == house.ours.page.id)).all()
    for address in (f"{ROOM}/products", f"{ROOM}/imports", f"/en/p/{OURS}/shop"):
        assert client.get(address).status_code == 200
    for product in products[:60]:
        assert client.get(f"{ROOM}/products/{product.id}").status_code == 200
        assert client.get(f"/en/p/{OURS}/shop/{product.slug}").status_code in (200, 404)
