"""ZIP files from outside, read whole within bounds."""

import io
import zipfile
from pathlib import PurePosixPath

from reports.signing.findings import UnreadableUpload

MOST_ENTRIES = 100
LARGEST_ENTRY = 20 * 1024 * 1024  # bytes, unpacked
LARGEST_CONTENT = 60 * 1024 * 1024
LARGEST_RATIO = (
    200  # of a file over a megabyte; text compresses to a twentieth, zeros to a thousandth
)


def read(upload: bytes) -> dict[str, bytes]:
    """Every file of the ZIP by name, folders left out.

    Raises UnreadableUpload for a torn or encrypted ZIP, two files of one name, names that lead elsewhere, data before the
    first entry, too many entries, or content too large; sizes are judged before anything is unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as archive:
            entries = archive.infolist()
            refuse_unsafe(entries)
            return {one.filename: archive.read(one) for one in entries if not one.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:  # fmt: skip
        raise UnreadableUpload(
            "Контейнер пошкоджений: його не вдалося розпакувати. Завантажте його ще раз."
        ) from error
    except Exception as error:
        if isinstance(error, UnreadableUpload):
            raise
        raise UnreadableUpload(  # zlib.error and what other ways of packing raise
            "Контейнер пошкоджений: його не вдалося розпакувати. Завантажте його ще раз."
        ) from error


def refuse_unsafe(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise UnreadableUpload(f"У контейнері більше {MOST_ENTRIES} файлів; такий не читається.")
    if min((one.header_offset for one in entries), default=0) != 0:
        raise UnreadableUpload("Перед контейнером дописано сторонні дані; такий файл не читається.")
    names = [one.filename for one in entries]
    if len(set(names)) != len(names):
        raise UnreadableUpload("У контейнері два файли з однаковою назвою; такий не читається.")
    for one in entries:
        path = PurePosixPath(one.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in one.filename:
            raise UnreadableUpload(
                "У контейнері файл із назвою, що веде поза нього; такий не читається."
            )
        if one.flag_bits & 0x1:
            raise UnreadableUpload(
                "Контейнер зашифрований. Завантажте підписаний файл без шифрування."
            )
        is_bomb = one.file_size > 1024**2 and one.file_size > LARGEST_RATIO * one.compress_size
        if one.file_size > LARGEST_ENTRY or is_bomb:
            raise UnreadableUpload(
                f"Файл «{one.filename}» у контейнері розпаковується надто великим; такий не читається."
            )
    if sum(one.file_size for one in entries) > LARGEST_CONTENT:
        raise UnreadableUpload("Контейнер розпаковується надто великим; такий не читається.")
