"""A page's websocket to its kernel: who may have how many, and what may be said over it."""

import json
from collections.abc import Callable
from contextlib import ExitStack

import pytest
import websocket

from courses.kernels.pages import MOST_PAGES
from courses.web.learn.kernel_routes import KERNEL_GONE, NOT_A_MESSAGE, KernelChannels
from tests.hostile import KernelSocket, Person
from tests.page_messages import PROTOCOL, execute_request

pytestmark = pytest.mark.xdist_group("live")

Join = Callable[[], Person]


def word(number: int) -> bytes:
    return number.to_bytes(8, "little")


def refusal(person: Person, kernel: str, protocols: tuple[str, ...] = (PROTOCOL,)) -> str:
    """With what words a websocket is refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        KernelSocket(person, kernel, protocols=protocols)
    return str(refused.value)


def closed_with(socket: KernelSocket) -> int:
    """The code with which the server closes the socket, in time."""
    while True:
        code, data = socket.socket.recv_data()
        if code == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


def test_a_kernel_has_few_pages(join: Join) -> None:
    """Each takes sockets that all learners share. One too many is told so, and comes in when one goes."""
    person = join()
    kernel = person.kernel()
    with ExitStack() as stack:
        first, *_ = [stack.enter_context(KernelSocket(person, kernel)) for _ in range(MOST_PAGES)]
        said = refusal(person, kernel)
        assert "429" in said and f"{MOST_PAGES} pages of this chapter are open already: close one" in said
        crowded = person.session()
        assert crowded["crowded"] is True
        first.socket.close()
        since = f"?epoch={crowded['epoch']}&since={crowded['version']}"
        assert person.get(f"learn/atlas/kinds/session{since}", timeout=60).json()["crowded"] is False
        assert stack.enter_context(KernelSocket(person, kernel)).run("print(1)") == "1\n"


def test_a_page_that_connects_anew_takes_its_own_place(join: Join) -> None:
    """A connection that broke may look open for a minute; its page is not kept out by it."""
    person = join()
    kernel = person.kernel()
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(KernelSocket(person, kernel, session="page")) for _ in range(3 * MOST_PAGES)
        ]
        assert closed_with(sockets[0]) == KERNEL_GONE
        assert sockets[-1].run("print('here')") == "here\n"


@pytest.mark.parametrize("protocols", [(), ("v2.kernel.websocket.jupyter.org", "x")])
def test_pages_speak_one_protocol(join: Join, protocols: tuple[str, ...]) -> None:
    """With another one the server would read whole messages of a kernel."""
    person = join()
    said = refusal(person, person.kernel(), protocols)
    assert "400" in said and PROTOCOL in said


@pytest.mark.parametrize(
    "message",
    [
        b"",
        word(2**60),
        word(10**6) + word(0) * 10**6,
        word(100) + b"".join([word(0), word(8_000_000)] * 50) + bytes(8_000_000),
        word(7) + b"".join(map(word, (64, 69, 60, 60, 60, 60, 60))) + b"shell",
        json.dumps({"channel": "shell"}).encode(),
    ],
    ids=["empty", "offsets without end", "a million offsets", "one part a hundred times", "outside", "json"],
)
def test_what_is_no_message_ends_the_connection(join: Join, message: bytes) -> None:
    """Lengths are not taken at their word; the page is told why, and may come again."""
    person = join()
    kernel = person.kernel()
    with KernelSocket(person, kernel) as socket:
        socket.socket.send_binary(message)
        assert closed_with(socket) == NOT_A_MESSAGE
    with KernelSocket(person, kernel) as socket:
        assert socket.run("print('back')") == "back\n"


def test_a_text_ends_the_connection(join: Join) -> None:
    """Messages are bytes."""
    person = join()
    with KernelSocket(person, person.kernel()) as socket:
        socket.socket.send(execute_request("1")[1].decode(errors="replace"))
        assert closed_with(socket) == NOT_A_MESSAGE


def test_who_leaves_before_being_looked_at_is_let_go() -> None:
    """The connection may close while it is still being found out whose it is."""
    handler = KernelChannels.__new__(KernelChannels)
    handler.on_close()
    assert handler.left
