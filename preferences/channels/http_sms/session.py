"""One HTTP connection to the text provider that knows whether a request was written whole."""

import http.client
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from preferences.channels import deadline_socket
from preferences.codes.send_details import SendDetail

LONGEST_ANSWER = 65536
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """The provider's reply, as far as it could be read."""

    status: int
    retry_after: str
    body: bytes


class Session:
    """Posts to one address and follows no redirect; under https only to a host that proves its name."""

    def __init__(self, url: str, deadline: deadline_socket.Deadline):
        self._url = _parsed(url)
        self._http = http.client.HTTPConnection(self._url.hostname or "", self._port)
        self._http.auto_open = 0
        self._deadline = deadline
        self.written = False

    def open(self) -> None:
        self._wire = deadline_socket.connect_socket(self._url.hostname or "", self._port, self._deadline)
        if self._url.scheme == "https":
            self._wire.encrypt(self._url.hostname or "")
        self._http.sock = self._wire

    def is_usable(self, deadline: deadline_socket.Deadline) -> bool:
        """Kept open by both sides since the last text?"""
        if self._http.sock is None or self._wire.has_news():
            return False
        self._wire.deadline = deadline
        return True

    def post(self, content: bytes, headers: dict[str, str]) -> Answer:
        """Write one request, note that it is written, and read the reply."""
        self.written = False
        target = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        self._http.request("POST", target, body=content, headers={"Host": self._host, **headers})
        self.written = True
        response = self._http.getresponse()
        answer = Answer(response.status, response.getheader("Retry-After", ""), _read(response))
        if not response.isclosed():
            self.close()
        return answer

    def close(self) -> None:
        self._http.close()

    @property
    def _port(self) -> int:
        return self._url.port or PORTS[self._url.scheme]

    @property
    def _host(self) -> str:
        return self._url.netloc.rpartition("@")[2]


def _parsed(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(SendDetail.BAD_PROVIDER_URL)
    return parts


def _read(response: http.client.HTTPResponse) -> bytes:
    """A reply that breaks off still has its status; only the words are missing."""
    try:
        return response.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException):
        return b""
