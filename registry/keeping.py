"""What somebody handed in to be checked, kept until they submit it or it expires.

A parcel is a few named files. It is private: whoever asks has to be the one who left
it, and it is known by the digest of what it holds, so twice the same is once.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from registry.errors import NotFound
from registry.ports import Clock
from registry.storage import storing

LIFETIME = timedelta(hours=24)
"""How long a parcel is kept."""

_ID = re.compile(r"[0-9a-f]{64}\Z")
_EXPIRES = "expires"


@dataclass(frozen=True, slots=True)
class Parcels:
    """Parcels in a folder, each person's apart.

    Attributes:
        folder: where they are; nobody else may read it.
        now: tells the time.
    """

    folder: Path
    now: Clock

    def keep(self, owner: str, files: Mapping[str, bytes]) -> str:
        """Keeps a parcel, lets go of those that have expired, and returns its id.

        Raises:
            StorageUnavailable: the disk is full, read-only or broken.
        """
        with storing():
            return self._keep(owner, files)

    def _keep(self, owner: str, files: Mapping[str, bytes]) -> str:
        self.sweep()
        digest = sha256()
        for name, body in sorted(files.items()):
            digest.update(f"{name} {len(body)}\n".encode() + body)
        target = self._folder(owner) / digest.hexdigest()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=target.parent) as made:
            new = Path(made) / "parcel"
            new.mkdir()
            for name, body in files.items():
                (new / name).write_bytes(body)
            (new / _EXPIRES).write_text((self.now() + LIFETIME).isoformat())
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
        return target.name

    def file(self, owner: str, parcel: str, name: str) -> Path:
        """Returns a file of a parcel.

        Raises:
            NotFound: there is none; whether it is somebody else's is not said.
        """
        found = self._folder(owner) / parcel / name
        if not _ID.match(parcel) or self._expired(found.parent) or not found.is_file():
            raise NotFound(
                "The file is not here any more. Hand it in again.",
                "Файлът вече не е тук. Подайте го отново.",
            )
        return found

    def discard(self, owner: str, parcel: str) -> None:
        """Lets go of a parcel, if it is there."""
        if _ID.match(parcel):
            shutil.rmtree(self._folder(owner) / parcel, ignore_errors=True)

    def sweep(self) -> int:
        """Lets go of all parcels that have expired; returns how many."""
        found = [one for one in self.folder.glob("*/*") if self._expired(one)]
        for one in found:
            shutil.rmtree(one, ignore_errors=True)
        return len(found)

    def _folder(self, owner: str) -> Path:
        return self.folder / sha256(owner.encode()).hexdigest()

    def _expired(self, parcel: Path) -> bool:
        try:
            ends = datetime.fromisoformat((parcel / _EXPIRES).read_text())
        except (OSError, ValueError):
            # One that is being made has no date yet.
            return False
        return ends <= self.now()
