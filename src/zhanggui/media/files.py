"""Where picture files lie: {data_dir}/media/{id}/{s,m,l}.webp, the path built from the id alone."""

import os
import shutil
from pathlib import Path
from uuid import UUID

from zhanggui.core.ids import new_id

NAMES = {"s.webp": "s", "m.webp": "m", "l.webp": "l"}


def folder(data_dir: Path, picture_id: UUID) -> Path:
    return data_dir / "media" / str(picture_id)


def write(data_dir: Path, picture_id: UUID, files: dict[str, bytes]) -> None:
    """Put all sizes in place at once: a reader sees the whole folder or none. What is there already stays."""
    target = folder(data_dir, picture_id)
    incoming = target.with_name(f".{new_id()}")
    incoming.mkdir(parents=True)
    try:
        for size, data in files.items():
            (incoming / f"{size}.webp").write_bytes(data)
        os.rename(incoming, target)
    except OSError:
        shutil.rmtree(incoming, ignore_errors=True)
        if not target.is_dir():
            raise


def remove(data_dir: Path, picture_id: UUID) -> None:
    """Delete the files of an id that no row holds."""
    shutil.rmtree(folder(data_dir, picture_id))


def read(data_dir: Path, picture_id: UUID, name: str) -> bytes | None:
    """The file's bytes; None when there is no such picture or size."""
    if name not in NAMES:
        return None
    try:
        return (folder(data_dir, picture_id) / name).read_bytes()
    except FileNotFoundError:
        return None
