"""Two folders that trade places in one instant, where the system can: a reader always finds the one or the other."""

import ctypes
import os
import sys
from pathlib import Path

# Of renameat2(2), which Python does not offer.
AT_FDCWD = -100
RENAME_EXCHANGE = 2


def echanger(un: Path, autre: Path) -> bool:
    """Exchange two folders of one disk; return False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return bool(rename(AT_FDCWD, os.fsencode(un), AT_FDCWD, os.fsencode(autre), RENAME_EXCHANGE) == 0)
