"""What an evidence file is by its content: a whole PDF, picture or workbook, and nothing that runs.

Nothing is unpacked but one small list and the first bytes of each part of a workbook; sizes are judged as the archive
declares them, before that.
"""

import struct
import zipfile
import zlib

from django.core.files import File

from indicators.choices import EvidenceFormat

_TORN = (zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, OSError, EOFError, RuntimeError)  # fmt: skip
"""What zipfile raises on what is no archive, is torn, encrypted, packed in an unknown way or made to harm."""
_PDF, _PNG, _JPEG, _ZIP = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
_TAIL = 2048  # bytes at the end of a PDF among which its trailer stands
_WORKBOOK = "xl/workbook.xml"
_TYPES = "[Content_Types].xml"
MOST_TYPES = 1024 * 1024  # bytes of that list, unpacked
MOST_PARTS = 2000
LARGEST_UNPACKED = 100 * 1024 * 1024  # bytes of all parts: ten times the largest file taken
_MACROS = (b"vbaproject", b"macroenabled")
_PARTS = frozenset({"xml", "rels", "vml", "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "svg", "emf", "wmf"})  # fmt: skip
_PRINTER = "xl/printerSettings/"  # the only .bin that a workbook without macros and objects needs
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", _ZIP, b"\xd0\xcf\x11\xe0", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")  # fmt: skip
"""How programs, scripts and archives inside an archive begin, OLE packages among them."""


def format_of(file: File) -> EvidenceFormat | None:
    """The format of a file that is whole and safe to keep, or None."""
    file.seek(0)
    beginning = file.read(8)
    if beginning.startswith(_PDF) and _has_trailer(file):
        return EvidenceFormat.PDF
    if beginning.startswith(_PNG) and _is_png(_content(file)):
        return EvidenceFormat.PNG
    if beginning.startswith(_JPEG) and _is_jpeg(_content(file)):
        return EvidenceFormat.JPEG
    if beginning.startswith(_ZIP) and _is_workbook(file):
        return EvidenceFormat.XLSX
    return None


def _content(file: File) -> bytes:
    file.seek(0)
    content: bytes = file.read()
    return content


def _has_trailer(file: File) -> bool:
    file.seek(max(0, (file.size or 0) - _TAIL))
    tail = file.read(_TAIL)
    return b"startxref" in tail and b"%%EOF" in tail[tail.index(b"startxref") :]


def _is_png(content: bytes) -> bool:
    """Chunks from IHDR to IEND, each with its checksum, and nothing after."""
    place, names = len(_PNG), []
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        name, end = content[place + 4 : place + 8], place + 12 + length
        if end > len(content):
            return False
        (checksum,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[place + 4 : end - 4]) != checksum:
            return False
        names.append(name)
        place = end
        if name == b"IEND":
            break
    return names[:1] == [b"IHDR"] and b"IDAT" in names and names[-1:] == [b"IEND"] and place == len(content)  # fmt: skip


def _is_jpeg(content: bytes) -> bool:
    """Segments up to the picture's own data, its size among them, and the mark of the end."""
    place, has_size = 2, False
    while place + 4 <= len(content) and content[place] == 0xFF:
        mark = content[place + 1]
        if mark == 0xFF:  # filling
            place += 1
            continue
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            has_size = True
        if mark == 0xDA:
            return has_size and content.rstrip(b"\x00\r\n").endswith(b"\xff\xd9")
        (length,) = struct.unpack_from(">H", content, place + 2)
        place += 2 + max(length, 2)
    return False


def _is_workbook(file: File) -> bool:
    """A workbook by its list of parts, all of kinds that a workbook without macros and objects has."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                return False
            archive.getinfo(_WORKBOOK)
            with archive.open(_TYPES) as listed:
                types = listed.read(MOST_TYPES + 1)
            told = (types + "\n".join(archive.namelist()).encode()).lower()
            return (
                len(types) <= MOST_TYPES
                and not any(word in told for word in _MACROS)
                and all(_is_harmless(archive, part) for part in parts if not part.is_dir())
            )
    except _TORN:
        return False


def _is_harmless(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    _stem, _dot, ending = part.filename.lower().rpartition(".")  # «_rels/.rels» has no stem
    if ending not in _PARTS and not (ending == "bin" and part.filename.startswith(_PRINTER)):
        return False
    with archive.open(part) as content:
        return not content.read(4).startswith(_PROGRAMS)
