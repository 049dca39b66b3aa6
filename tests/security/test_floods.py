"""Too much at once: of bytes, of nesting, of patience, of attempts, of output."""

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from courses.kernels.limits import BACKLOG, LEFT_OUT, REPLAYED, Backlog
from tests.hostile import API, ATLAS, KernelSocket, LiveServer, Person
from tests.security.sandbox.bench import until

pytestmark = pytest.mark.soak  # minutes of load

Join = Callable[[], Person]
MIB = 2**20
ATTEMPTS = f"{ATLAS}/steps/k-read/attempts"


@pytest.mark.parametrize("megabytes", [1.1, 1.9, 3, 40])
@pytest.mark.parametrize("path", [ATTEMPTS, "login"])
def test_big_bodies(live: LiveServer, shared_learner: Person, path: str, megabytes: float) -> None:
    """A body that nothing needs is refused, and the big ones before they are read."""
    size = int(megabytes * MIB)
    head = f"POST /{path} HTTP/1.1\r\nHost: {live.url[7:-1]}\r\nCookie: {shared_learner.cookies}\r\n"
    head += f"X-XSRFToken: {shared_learner.xsrf['X-XSRFToken']}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", live.wiring.settings.port), timeout=20) as client:
        client.sendall(head.encode())
        try:
            client.sendall(b" " * size)
            answer = client.recv(100)
        except ConnectionError:
            answer = b""
    assert answer == b"" or int(answer.split()[1]) in (400, 401, 403, 413)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"answer":' * 100_000,
        b'{"key": "deep", "answer": ' + b"[" * 300_000 + b"]" * 300_000 + b"}",
        b'{"key": "many", "answer": [' + b'"a",' * 200_000 + b'"a"]}',
        b'{"key": "long", "answer": ' + b"9" * 900_000 + b"}",
        b'{"key": "wide", ' + b",".join(b'"%d": 1' % n for n in range(60_000)) + b"}",
        b'"' + b"\\ud800" * 100_000 + b'"',
    ],
    ids=["open", "objects", "deep", "many", "digits", "fields", "surrogates"],
)
def test_bodies_that_hurt_parsers(shared_learner: Person, body: bytes) -> None:
    """Deep, wide and broken JSON is refused before the client would give up."""
    headers = {**shared_learner.xsrf, "Content-Type": "application/json"}
    answer = shared_learner.http.post(shared_learner.server.at(ATTEMPTS), content=body, headers=headers)
    assert answer.status_code in (400, 403, 422, 429), answer.text


def test_slow_clients_do_not_hold_others_up(live: LiveServer, shared_learner: Person) -> None:
    """Hundreds of requests that never end wait by themselves, and each for a bounded time."""
    starts = (
        b"GET / HTTP/1.1\r\nHost: x",
        b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nx",
        b"",
    )
    with ExitStack() as stack:
        for number in range(300):
            client = stack.enter_context(
                socket.create_connection(("127.0.0.1", live.wiring.settings.port), timeout=20)
            )
            client.sendall(starts[number % len(starts)])
        assert shared_learner.get("").status_code == 200
    limits = live.app.http_server.conn_params
    assert limits.header_timeout is not None and limits.header_timeout <= 120
    assert limits.body_timeout is not None and limits.body_timeout <= 120


def test_endless_headers(live: LiveServer) -> None:
    """A request whose headers do not end is cut off."""
    with socket.create_connection(("127.0.0.1", live.wiring.settings.port), timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        answer = b"?"
        try:
            for _ in range(2000):
                client.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
            answer = client.recv(100)
        except ConnectionError:
            answer = b""
        assert not answer.startswith(b"HTTP/1.1 200")


def test_a_thousand_attempts_in_a_minute(join: Join) -> None:
    """One learner's flood is answered 429 with the time to wait; another is served all the while."""
    flooder, other = join(), join()
    served = threading.Event()

    def flood(part: int) -> list[int]:
        """A quarter of it, and on until the other one has been served."""
        statuses: list[int] = []
        with Person(flooder.server) as copy:
            copy.http.cookies.update(flooder.http.cookies)
            while len(statuses) < 250 or not served.is_set():
                statuses.append(copy.answer("k-read", "no", key=f"{part}-{len(statuses)}").status_code)
        return statuses

    with ThreadPoolExecutor(4) as pool:
        floods = [pool.submit(flood, part) for part in range(4)]
        try:
            for _ in range(20):
                assert other.get(f"{ATLAS}/chapters/kinds").status_code == 200
                assert not any(done.done() for done in floods)
        finally:
            served.set()
        statuses = [status for done in floods for status in done.result()]
    assert len(statuses) >= 1000
    assert set(statuses) == {422, 429}
    assert statuses.count(422) == 60
    assert other.answer("k-read", True).status_code == 201
    refusal = flooder.answer("k-read", True)
    assert refusal.status_code == 429
    assert 0 < int(refusal.headers["Retry-After"]) <= 60


def test_endless_code_waits_in_its_own_line(live: LiveServer, join: Join) -> None:
    """Two dozen submissions that never end leave room: all others are served before most of them are."""
    flooder, other = join(), join()
    assert flooder.answer("c-read", True).status_code == 201
    code = "import time\ndef greet(name):\n    time.sleep(3600)\n"
    with ExitStack() as stack:
        endless = [
            stack.enter_context(_sent(live, flooder, {"answer": code, "key": f"endless-{number}"}))
            for number in range(24)
        ]
        assert until(lambda: live.platform.grader.counts()[0])
        assert other.get("").status_code == 200
        assert other.answer("k-read", True).status_code == 201
        with Person(live) as newcomer:
            newcomer.signed_up()
        answered, _, _ = select.select(endless, [], [], 0)
        assert len(answered) < len(endless) / 2
    assert flooder.get(f"{API}/me").status_code == 200


def _sent(live: LiveServer, person: Person, body: dict[str, str]) -> socket.socket:
    """A connection on which an attempt was sent, for whose answer nobody waits."""
    content = json.dumps(body)
    head = f"POST /{ATLAS}/steps/c-greet/attempts HTTP/1.1\r\nHost: {live.url[7:-1]}\r\n"
    head += f"Cookie: {person.cookies}\r\nX-XSRFToken: {person.xsrf['X-XSRFToken']}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}"
    client = socket.create_connection(("127.0.0.1", live.wiring.settings.port), timeout=20)
    client.sendall(head.encode())
    return client


def test_a_backlog_forgets_the_oldest() -> None:
    """What a kernel says while no page listens is kept up to a limit, its latest words first."""
    backlog = Backlog(most=10_000)
    for number in range(100):
        backlog.append(("iopub", [b"%d" % number, b"x" * 1000]))
    assert [parts[0] for _, parts in backlog] == [b"%d" % n for n in range(100 - len(backlog), 100)]
    assert 5 <= len(backlog) <= 10
    backlog.append(("iopub", [b"x" * 20_000]))
    assert backlog == []


def test_output_while_no_page_is_open_is_not_piled_up(live: LiveServer, join: Join) -> None:
    """Of a cell that prints on after its page has gone, the server keeps a few megabytes at most."""
    person = join()
    id_ = person.kernel()
    kernels = live.app.web_app.settings["stepwise_sessions"].kernels
    with KernelSocket(person, id_) as page:
        page.run("import time")
        page.start("time.sleep(0.5)\nfor n in range(60):\n    print('y' * 1_000_000, flush=True)")
    deadline = time.monotonic() + 40
    while not _ended(kernels._kernel_buffers[id_]["buffer"]):
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)
    kept = sum(len(part) for _, parts in kernels._kernel_buffers[id_]["buffer"] for part in parts)
    assert 0 < kept <= BACKLOG


def _ended(buffer: Backlog) -> bool:
    """Whether the last words are there: the cell's reply."""
    return any(channel == "shell" for channel, _ in list(buffer))


def test_replayed_output_is_cut(join: Join) -> None:
    """Code that a learner got accepted may print without end when it is replayed; a bounded part is kept."""
    person = join()
    assert person.answer("c-read", True).status_code == 201
    code = "import sys\ndef greet(name):\n    return 'Hello, ' + name\n"
    code += "if 'ipykernel.kernelapp' in sys.modules:\n    for n in range(40):\n"
    code += "        print('w' * 1_000_000, flush=True)\n"
    assert person.answer("c-greet", code).json()["attempt"]["passed"]
    session = person.session("code")
    while "c-greet" not in session["outputs"]:
        since = f"?epoch={session['epoch']}&since={session['version']}"
        session = person.get("learn/atlas/code/session" + since, timeout=60).json()
    *outputs, last = session["outputs"]["c-greet"]
    assert sum(len(output["text"]) for output in outputs) <= REPLAYED
    assert last == LEFT_OUT
