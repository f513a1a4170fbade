"""Sockets that cannot be held open: each read and write ends before one common deadline."""

import io
import select
import socket
import ssl
import time

from preferences.codes.send_details import SendDetail

CHUNK = 65536


class Deadline:
    """How long one sending may still take, however slowly the other side answers."""

    def __init__(self, seconds: float, *, step: float):
        self._ends_at = time.monotonic() + seconds
        self._step = step

    def next_wait(self) -> float:
        """The longest that the next socket operation may last."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError(SendDetail.TOO_SLOW)
        return min(left, self._step)


class DeadlineSocket:
    """A connected socket under a deadline; smtplib and http.client take it for an ordinary one."""

    def __init__(self, sock: socket.socket, deadline: Deadline):
        self._sock = sock
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._ready().send(rest[:CHUNK]) :]

    def makefile(self, *args, **kwargs) -> io.BufferedReader:
        return io.BufferedReader(_SocketReader(self))

    def receive(self, most: int = CHUNK) -> bytes:
        return self._ready().recv(most)

    def encrypt(self, host: str) -> None:
        """Continue under TLS with a certificate that is valid for this host."""
        self._sock = ssl.create_default_context().wrap_socket(self._ready(), server_hostname=host)

    def has_news(self) -> bool:
        """Between question and answer nothing may arrive; if something did, the other side is leaving."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        self._sock.close()

    def _ready(self) -> socket.socket:
        self._sock.settimeout(self.deadline.next_wait())
        return self._sock


class _SocketReader(io.RawIOBase):
    """The reading side of a wire; closing it leaves the wire open, as http.client expects."""

    def __init__(self, wire: DeadlineSocket):
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        chunk = self._wire.receive(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def connect_socket(host: str, port: int, deadline: Deadline) -> DeadlineSocket:
    """Try each address of the host in turn, all of them within the one deadline."""
    trouble = OSError(SendDetail.NO_IP_ADDRESS)
    for family, kind, protocol, _name, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.next_wait())
            sock.connect(where)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            trouble = error
        else:
            return DeadlineSocket(sock, deadline)
    raise trouble
