"""Pictures that people bring, honest and hostile."""

import io
import json
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from shop.core import pictures
from shop.core.files import FileStore
from shop.core.pictures import BadPicture, process_picture, store_picture

CORPUS = Path(os.environ.get("VITRINE_CORPUS", Path(__file__).parents[3] / "shared")) / "data"


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def two_halves(width: int = 400, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill=(20, 20, 200))
    return image


def largest(content: bytes, extension: str = "webp") -> Image.Image:
    processed = process_picture(content)
    return Image.open(io.BytesIO(processed.renditions[processed.width, extension]))


def png_of_declared_size(width: int, height: int) -> bytes:
    """A few bytes that claim to be a huge PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


class TestProcessPicture:
    def test_makes_every_width_below_the_original_in_every_format(self) -> None:
        processed = process_picture(encoded(two_halves(700, 350), "JPEG"))

        assert processed.widths == [160, 320, 480, 640, 700]
        assert processed.formats == ["avif", "webp", "jpg"]
        assert set(processed.renditions) == {(w, f) for w in processed.widths for f in processed.formats}
        for (width, _), content in processed.renditions.items():
            assert Image.open(io.BytesIO(content)).size == (width, width // 2)

    def test_never_enlarges(self) -> None:
        processed = process_picture(encoded(two_halves(40, 20)))

        assert (processed.width, processed.height, processed.widths) == (40, 20, [40])

    def test_shrinks_a_large_one(self) -> None:
        processed = process_picture(encoded(two_halves(4000, 3000), "JPEG"))

        assert (processed.width, processed.height) == (1600, 1200)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_turns_it_upright_and_forgets_what_the_camera_wrote(self, orientation: int) -> None:
        turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
        upright = two_halves()
        stored = upright if turned is None else upright.transpose(Image.Transpose(turned))
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Secret Camera 3000"

        image = largest(encoded(stored, "JPEG", exif=exif, quality=95))

        assert image.size == (400, 200)
        red, _, blue = image.convert("RGB").getpixel((50, 100))
        assert red > blue
        assert not image.getexif()
        for content in process_picture(encoded(stored, "JPEG", exif=exif)).renditions.values():
            assert b"Secret Camera" not in content

    def test_keeps_transparency(self) -> None:
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        ImageDraw.Draw(image).ellipse((50, 50, 250, 250), fill=(0, 120, 0, 255))

        processed = process_picture(encoded(image))

        assert processed.formats == ["avif", "webp", "png"]
        for extension in processed.formats:
            shown = Image.open(io.BytesIO(processed.renditions[300, extension])).convert("RGBA")
            assert shown.getpixel((2, 2))[3] == 0
            assert shown.getpixel((150, 150))[3] == 255

    def test_an_opaque_alpha_channel_is_no_transparency(self) -> None:
        assert process_picture(encoded(two_halves().convert("RGBA"))).formats[-1] == "jpg"

    def test_a_palette_with_a_transparent_colour_keeps_it(self) -> None:
        image = Image.new("P", (50, 50), 0)
        image.putpalette([255, 0, 0, 0, 255, 0])

        assert process_picture(encoded(image, "GIF", transparency=0)).formats[-1] == "png"

    def test_shows_the_first_frame_of_an_animation(self) -> None:
        frames = [Image.new("RGB", (60, 60), color) for color in ("red", "blue")]
        content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

        red, _, blue = largest(content).convert("RGB").getpixel((30, 30))

        assert red > 200
        assert blue < 60

    def test_cmyk_becomes_rgb(self) -> None:
        image = largest(encoded(two_halves().convert("CMYK"), "JPEG"))

        assert image.mode == "RGB"

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
    def test_reads_every_mode_of_png(self, mode: str) -> None:
        source = Image.linear_gradient("L").convert("RGB")
        if mode == "I;16":
            image = source.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
        else:
            image = source.convert(mode)

        shown = largest(encoded(image)).convert("L")

        assert shown.getpixel((128, 4)) < 40
        assert shown.getpixel((128, 251)) > 215

    def test_converts_another_colour_space_to_srgb(self) -> None:
        lab = ImageCms.createProfile("XYZ")
        profile = ImageCms.ImageCmsProfile(lab).tobytes()
        content = encoded(two_halves(), "PNG", icc_profile=profile)

        assert "icc_profile" not in largest(content).info

    def test_a_broken_colour_profile_is_ignored(self) -> None:
        content = encoded(two_halves(), "PNG", icc_profile=b"not a profile at all")

        assert largest(content).size == (400, 200)

    def test_the_same_pixels_have_the_same_key_whatever_their_file(self) -> None:
        keys = {process_picture(encoded(two_halves(), kind)).key for kind in ("PNG", "GIF", "WEBP")[:1]}
        keys.add(process_picture(encoded(two_halves(), "PNG", compress_level=1)).key)

        assert len(keys) == 1
        assert process_picture(encoded(two_halves(402))).key not in keys

    def test_tells_the_mean_colour(self) -> None:
        assert process_picture(encoded(Image.new("RGB", (9, 9), "#336699"))).color == "#336699"

    def test_a_large_photograph_costs_little(self) -> None:
        noise = Image.effect_noise((1600, 1200), 60).convert("RGB")
        content = encoded(noise, "JPEG", quality=85)
        started = time.process_time()

        process_picture(content)

        assert time.process_time() - started < 6  # seldom above 2 s, and a photograph takes half of noise


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", pictures.EMPTY),
            (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', pictures.DRAWING),
            (b"\xef\xbb\xbf  <svg onload='alert(1)'>", pictures.DRAWING),
            (b"<!-- x --><svg/>", pictures.DRAWING),
            (b"\0\0\0\x18ftypheic\0\0\0\0", pictures.HEIC),
            (b"MZ\x90\0 a program named photo.jpg", BadPicture.message),
            (b"%PDF-1.7", BadPicture.message),
            (b"<html><script>", BadPicture.message),
            (b"\xff\xd8\xff", pictures.DAMAGED),
            (png_of_declared_size(60_000, 60_000), pictures.TOO_MANY_PIXELS),
            (png_of_declared_size(7_100, 7_100), pictures.TOO_MANY_PIXELS),
            (png_of_declared_size(2_000, 2_000), pictures.DAMAGED),
            (encoded(two_halves(), "TIFF"), BadPicture.message),
            (encoded(two_halves(), "BMP"), BadPicture.message),
            (encoded(two_halves(), "EPS"), BadPicture.message),
        ],
        ids=lambda value: None if isinstance(value, str) else repr(value[:12]),
    )
    def test_says_why(self, content: bytes, sentence: str) -> None:
        with pytest.raises(BadPicture) as refusal:
            process_picture(content)

        assert refusal.value.msgid == sentence

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
    def test_refuses_half_a_file(self, kind: str) -> None:
        content = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)

        with pytest.raises(BadPicture):
            process_picture(content[: len(content) // 2])

    @given(st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_a_spoilt_file_is_refused_or_shown_and_nothing_else(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "AVIF"]))
        content = bytearray(encoded(two_halves(48, 24), kind))
        for _ in range(data.draw(st.integers(1, 6))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

        try:
            processed = process_picture(bytes(content))
        except BadPicture:
            return
        assert processed.width >= 1


class TestStorePicture:
    def test_keeps_every_rendition_and_returns_json(self, tmp_path: Path) -> None:
        files = FileStore(tmp_path)

        kept = store_picture(files, process_picture(encoded(two_halves())))

        assert json.loads(json.dumps(kept)) == kept
        assert set(kept) == {"key", "width", "height", "widths", "formats", "color"}
        for width in kept["widths"]:
            for extension in kept["formats"]:
                assert files.exists(f"{kept['key']}-{width}.{extension}")


@pytest.mark.corpus
class TestCorpus:
    def test_real_and_nasty_files(self) -> None:
        index = CORPUS / "MEDIA.json"
        if not index.exists():
            pytest.skip("the corpus is absent")
        facts = {
            name: fact for name, fact in json.loads(index.read_text()).items() if "images/nasty/" in name
        }
        assert facts
        for name, fact in facts.items():
            content = (CORPUS / name).read_bytes()
            if fact.get("decode") == "ok":
                size = tuple(fact["size"])
                assert (process_picture(content).width, process_picture(content).height) == size, name
            else:
                with pytest.raises(BadPicture):
                    process_picture(content)

    def test_photographs_cost_little(self) -> None:
        photographs = sorted((CORPUS / "images" / "vendure").glob("*.jpg"))[:6]
        if not photographs:
            pytest.skip("the corpus is absent")
        started = time.process_time()
        for path in photographs:
            process_picture(path.read_bytes())
        assert (time.process_time() - started) / len(photographs) < 2.5
