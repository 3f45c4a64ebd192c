"""Tells the encoding of a text file, or refuses: garbled names must never reach a shop.

The order is: byte order mark, else strict UTF-8, else GB18030 if that yields Chinese, else
cp1252 if that yields a Western language. A single-byte code page decodes any bytes, so the last
step asks whether the result can be Western text at all: Polish, Czech, Hungarian, Russian, Greek
and Turkish code pages and old Mac and DOS ones give letters and symbols inside words that no
Western language has there. Only counts are kept, so memory does not grow with the file.
"""
# ruff: noqa: RUF001 - look-alike characters are what this module is about

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shop.catalog.importing.messages import FileFault

CHUNK = 1 << 20
TOLERANCE = 0.05
"""Share of odd characters that a Western file may hold: foreign brand names, a damaged cell."""

COMMON_SHARE = 0.3
"""Share of everyday characters that Chinese text has at least (about 0.6 as a rule); other East Asian
code pages, Western and Cyrillic ones that happen to decode as GB18030 stay below 0.22."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-8 sequences of Latin letters and typographic signs. As cp1252 they would read "Ã©", "â€™".
_UTF8_TRACES = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x80-\xbf]|\xe2\x82\xac")
_UTF8_SEQUENCES = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŠšŽžŒœŸ"
_LETTER_IN_WORD = re.compile(rf"(?<=[{_LETTER}])[À-ÖØ-öø-ÿŠšŽžŒœŸ]|[À-ÖØ-öø-ÿŠšŽžŒœŸ](?=[{_LETTER}])")
_SYMBOL_IN_WORD = re.compile(rf"(?<=[{_LETTER}])[¹³¿¡ºª¼½¾¦¨¯¸ˆ˜‚„†‡ƒ¤¬¶±µ¥£¢§‰‹›](?=[a-zà-öø-ÿ])")
_LONG_RUN = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ]{3,}")
_WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœúùûüÿß")
_ICELANDIC = frozenset("áðéíóúýþæö")
_ESTONIAN = frozenset("õäöüšž")

# The characters most frequent in Chinese text and in product lists, from general knowledge of the
# language. Korean and Japanese code pages decode as GB18030 too, but to rare characters.
_COMMON_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第"
    "公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    "回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总"
    "何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听"
    "白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带"
    "导争运笔红蓝黄绿黑灰紫粉橙棕款男童装衣裤裙鞋帽包袜衫外套棉麻丝绸毛皮羊牛玻璃陶瓷木竹铁钢塑料杯碗盘壶茶咖啡餐具灯台"
    "桌椅床沙发枕被巾毯厨房卫浴香水护肤油霜宽圆领袖短长厚薄轻便携充电器线手机壳耳环项链戒指银珠宝表商标价尺码号套盒袋瓶"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name`` is what the report says, also a Python codec; ``is_guess`` when bytes alone decided."""

    name: str
    is_guess: bool = False


def detect_encoding(path: Path) -> Encoding:
    """Return the encoding of the whole file at ``path``; FileFault when it cannot be told."""
    with path.open("rb") as file:
        head = file.read(4)
    for bom, name in _BOMS:
        if head.startswith(bom):
            check_encoding(path, name)
            return Encoding(name)
    if _is_binary(path):
        raise FileFault("binary")
    bad_line = _first_bad_line(path, "utf-8")
    if bad_line is None:
        return Encoding("utf-8")
    if _is_mostly_utf8(path):
        raise FileFault("damaged_text", encoding="UTF-8", line=bad_line)
    if _is_chinese(path):
        return Encoding("gb18030", is_guess=True)
    if _holds_utf8(path):
        raise FileFault("damaged_text", encoding="UTF-8", line=bad_line)
    if _is_western(path):
        return Encoding("cp1252", is_guess=True)
    raise FileFault("undecodable")


def check_encoding(path: Path, name: str) -> None:
    """Raise FileFault unless the whole file decodes strictly as ``name``."""
    try:
        codecs.lookup(name)
    except LookupError:
        raise FileFault("unknown_encoding", encoding=name) from None
    line = _first_bad_line(path, name)
    if line is not None:
        raise FileFault("damaged_text", encoding=name, line=line)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _is_binary(path: Path) -> bool:
    return any(b"\0" in chunk for chunk in _chunks(path))


def _first_bad_line(path: Path, name: str) -> int | None:
    decoder = codecs.getincrementaldecoder(name)("strict")
    lines = 1
    for chunk in _chunks(path):
        try:
            text = decoder.decode(chunk)
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            return lines + chunk[:start].count(b"\n")
        lines += text.count("\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return lines
    return None


def _is_chinese(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("gb18030")("strict")
    counts: Counter[str] = Counter()
    try:
        for chunk in _chunks(path):
            counts.update(char for char in decoder.decode(chunk) if char > "\x7f")
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    letters = {char: times for char, times in counts.items() if _is_letter(char)}
    common = sum(times for char, times in letters.items() if char in _COMMON_CHINESE)
    return common > 0 and common >= COMMON_SHARE * sum(letters.values())


def _is_letter(char: str) -> bool:
    """Tell letters of any script from the signs and full-width forms of GB 2312's first rows."""
    encoded = char.encode("gb18030")
    return len(encoded) != 2 or encoded[0] not in (0xA1, 0xA2, 0xA3)  # noqa: PLR2004 - two bytes a sign


def _is_mostly_utf8(path: Path) -> bool:
    """Tell damaged UTF-8 from Chinese: of a GB 2312 text about a third looks like UTF-8 by chance."""
    covered = high = 0
    for chunk in _chunks(path):
        covered += sum(map(len, _UTF8_SEQUENCES.findall(chunk)))
        high += len(chunk.translate(None, _ASCII))
    return covered > 0.6 * high


def _holds_utf8(path: Path) -> bool:
    return any(_UTF8_TRACES.search(chunk) for chunk in _chunks(path))


def _is_western(path: Path) -> bool:
    letters: Counter[str] = Counter()
    odd = runs = 0
    for chunk in _chunks(path):
        try:
            text = chunk.decode("cp1252")
        except UnicodeDecodeError:
            return False
        letters.update(letter.lower() for letter in _LETTER_IN_WORD.findall(text))
        odd += len(_SYMBOL_IN_WORD.findall(text))
        runs += sum(len(run) for run in _LONG_RUN.findall(text))
    if any(char in letters for char in "õ") and "ö" in letters and "ã" not in letters and "ä" not in letters:
        # Hungarian ő reads as õ; Estonian has ä beside õ, Portuguese has ã.
        return False
    total = letters.total() + odd
    foreign = sum(times for letter, times in letters.items() if letter not in _WESTERN) + odd + runs
    return foreign <= TOLERANCE * total or _fits_north(letters, odd)


def _fits_north(letters: Counter[str], odd: int) -> bool:
    """Tell whether nearly all letters are those of Icelandic, or of Estonian and Finnish."""
    total = letters.total() + odd
    for alphabet, signs in ((_ICELANDIC, "áíú"), (_ESTONIAN, "ä")):
        inside = sum(times for letter, times in letters.items() if letter in alphabet)
        if any(sign in letters for sign in signs) and inside >= (1 - TOLERANCE / 2) * total:
            return True
    return False
