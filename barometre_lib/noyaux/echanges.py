"""What the reserve and those who ask it for kernels say to each other: JSON messages, one a line, on a Unix socket.

The first message of a connection, `Demande`, comes with three descriptors: the kernel's input, output and errors.
The reserve answers `{"pid": …}`, then `{"fin": …}` once the kernel has ended; the other side may send `{"signal": …}`.
The end of the connection is the end of the kernel.
"""

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any

TAILLE = 65536
DESCRIPTEURS = 3


@dataclass(frozen=True)
class Demande:
    """What a kernel needs to start.

    Attributes
    ----------
    arguments : list of str
        Arguments of `ipykernel`, connection file included.
    environnement : dict of str to str
        The whole environment.
    dossier : str
        Working folder.
    """

    arguments: list[str]
    environnement: dict[str, str]
    dossier: str


def ecrire(prise: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    prise.sendall(json.dumps(message).encode() + b"\n")


def demander(prise: socket.socket, demande: Demande, descripteurs: list[int]) -> None:
    """Send the first message of a connection with its descriptors."""
    data = json.dumps(asdict(demande)).encode() + b"\n"
    sent = socket.send_fds(prise, [data], descripteurs)
    prise.sendall(data[sent:])


def recevoir_demande(prise: socket.socket) -> tuple[Demande, list[int]]:
    """Receive the first message of a connection and its descriptors.

    Raises
    ------
    ConnectionError, ValueError, TypeError
        The other side went away or sent something else.
    """
    data, descriptors, _, _ = socket.recv_fds(prise, TAILLE, DESCRIPTEURS)
    while data and not data.endswith(b"\n"):
        more = prise.recv(TAILLE)
        if not more:
            break
        data += more
    if not data.endswith(b"\n"):
        raise ConnectionError
    return Demande(**json.loads(data)), descriptors


class Lecteur:
    """The messages that come by a socket, as they come.

    Parameters
    ----------
    prise : socket
        Connected socket.
    """

    def __init__(self, prise: socket.socket) -> None:
        self.prise = prise
        self.ferme = False
        self._rest = b""

    def lire(self) -> list[dict[str, Any]]:
        """Return the messages that one reading gives; `ferme` tells when the other side went away."""
        try:
            data = self.prise.recv(TAILLE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        self.ferme = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines]
