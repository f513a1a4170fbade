"""A mailbox for tests: as much of IMAP4rev1 (RFC 3501) as a client needs that reads mail and moves it elsewhere."""

import re
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

HOST = "127.0.0.1"
USER, PASSWORD = "mailbox", "secret of the mailbox"
WORDS = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass
class Kept:
    """One mail in a folder."""

    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class Mailbox:
    """Folders of mails by UID. `refuses` names commands that are answered with NO, `lacks` capabilities."""

    refuses: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    keeps_flags: bool = True
    context: ssl.SSLContext | None = None
    folders: dict[str, dict[int, Kept]] = field(default_factory=lambda: {"INBOX": {}})
    heard: list[str] = field(default_factory=list)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    port: int = 0

    def __enter__(self) -> "Mailbox":
        outer = self

        class Conversation(_Conversation):
            mailbox = outer

        self._server = socketserver.ThreadingTCPServer((HOST, 0), Conversation)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, content: bytes, folder: str = "INBOX") -> int:
        """A mail arrives; its UID."""
        uid = 1 + max((uid for kept in self.folders.values() for uid in kept), default=0)
        self.folders[folder][uid] = Kept(content)
        return uid

    def contents(self, folder: str) -> list[bytes]:
        return [kept.content for kept in self.folders.get(folder, {}).values()]


class _Conversation(socketserver.StreamRequestHandler):
    mailbox: Mailbox
    folder = "INBOX"

    def setup(self) -> None:
        if self.mailbox.context:
            self.request = self.mailbox.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.say("* OK here")
        while line := self.rfile.readline():
            tag, *words = [(quoted or plain).decode() for quoted, plain in WORDS.findall(line)]
            verb = words.pop(0).upper()
            if verb == "UID":
                verb = f"UID {words.pop(0).upper()}"
            self.answer(tag, verb, words)
            if verb == "LOGOUT":
                return

    def answer(self, tag: str, verb: str, words: list[str]) -> None:
        self.mailbox.heard.append(verb)
        self.mailbox.before.get(verb, lambda: None)()
        method = getattr(self, verb.lower().replace(" ", "_"), None)
        if method is None:
            self.say(f"{tag} BAD {verb} is not known here")
        elif verb in self.mailbox.refuses:
            self.say(f"{tag} NO {verb} is refused")
        else:
            self.say(f"{tag} {method(*words) or 'OK done'}")

    def say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def capability(self) -> None:
        able = {"IMAP4rev1", "MOVE", "UIDPLUS"} - self.mailbox.lacks
        self.say("* CAPABILITY " + " ".join(sorted(able)))

    def login(self, user: str, password: str) -> str:
        return "OK welcome" if (user, password) == (USER, PASSWORD) else "NO [AUTHENTICATIONFAILED] wrong"

    def select(self, folder: str) -> str:
        if folder not in self.mailbox.folders:
            return "NO no such folder"
        self.folder = folder
        self.say(f"* {len(self.here)} EXISTS")
        return "OK [READ-WRITE] selected"

    @property
    def here(self) -> dict[int, Kept]:
        return self.mailbox.folders[self.folder]

    def uid_search(self, *keys: str) -> None:
        hidden = {"UNDELETED": "\\Deleted", "UNKEYWORD": keys[-1]}
        uids = [
            uid for uid, kept in self.here.items() if not kept.flags & {hidden[key] for key in keys if key in hidden}
        ]
        self.say("* SEARCH " + " ".join(map(str, uids)))

    def uid_fetch(self, uid: str, what: str) -> None:
        first, most = map(int, re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", what).groups())
        if kept := self.here.get(int(uid)):
            part = kept.content[first : first + most]
            self.say(f"* 1 FETCH (UID {uid} BODY[]<{first}> {{{len(part)}}}")
            self.say(part + b")")

    def uid_store(self, uid: str, how: str, *flags: str) -> None:
        wanted = {flag.strip("()") for flag in flags}
        if int(uid) in self.here:
            self.here[int(uid)].flags |= {flag for flag in wanted if self.mailbox.keeps_flags or flag.startswith("\\")}

    def uid_move(self, uid: str, folder: str) -> str | None:
        refusal = self.uid_copy(uid, folder)
        if refusal is None:
            self.here.pop(int(uid), None)
        return refusal

    def uid_copy(self, uid: str, folder: str) -> str | None:
        if folder not in self.mailbox.folders:
            return "NO [TRYCREATE] no such folder"
        if kept := self.here.get(int(uid)):
            self.mailbox.put(kept.content, folder)
        return None

    def uid_expunge(self, uid: str) -> None:
        if "\\Deleted" in self.here[int(uid)].flags:
            del self.here[int(uid)]

    def expunge(self) -> None:
        for uid in [uid for uid, kept in self.here.items() if "\\Deleted" in kept.flags]:
            del self.here[uid]

    def create(self, folder: str) -> None:
        self.mailbox.folders[folder] = {}

    def logout(self) -> None:
        self.say("* BYE")
