"""What a learner reads when a check meets a limit: through the API of a running server, as a page does."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import Published
from tests.integration.harbour import Guest
from tests.serve import Served, serving

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("serve")]
CASES = {
    "while True: pass": ("timeout", "Is there a loop that never ends?"),
    "kept = []\nwhile True: kept.append(bytearray(10**7))": ("memory", "Does something grow without end?"),
    "import os\nos._exit(0)": ("crash", "Python ended in the middle of your code"),
    "import ctypes\nctypes.string_at(0)": ("crash", "Python ended in the middle of your code"),
    "exit()": ("crash", "Your code left Python with"),
    "while True: print('on and on')": ("output", "in a loop that never ends?"),
}


@pytest.fixture(scope="module")
def served(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = published.copy(tmp_path_factory.mktemp("limits") / "data")
    with serving(data, published.courses) as served:
        yield served


@pytest.fixture
def guest(served: Served, guests: Callable[[Served], Guest]) -> Guest:
    """Somebody who may check code: one for each case, since quick failures are slowed down."""
    guest = guests(served)
    guest.register()
    assert guest.answer("c-read", True, "the-first-step", "atlas").status_code == 201
    return guest


@pytest.mark.parametrize("source", CASES)
def test_each_has_words_of_its_own(guest: Guest, source: str) -> None:
    """An outcome for the headline, and one sentence that says what to look for."""
    outcome, words = CASES[source]
    answer = guest.answer("c-greet", source, uuid.uuid4().hex, "atlas")
    assert answer.status_code == 201, answer.text
    verdict: dict[str, Any] = answer.json()["attempt"]["verdict"]
    assert (verdict["outcome"], verdict["passed"]) == (outcome, False)
    (feedback,) = verdict["feedback"]
    assert words in feedback["html"].replace("<code>", "").replace("</code>", "")
