"""The dialect of YAML: what is text stays text, and what is wrong has a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.authoring.fields import Items, Node, Record, Scalar, parse_fields
from courses.authoring.spots import Spot

RECORDS = frozenset({"options", "parts"})


def parse(text: str) -> tuple[object, list[str]]:
    """The fields as plain dictionaries, lists and texts, and the findings as text."""
    spot = Spot("one.ipynb", [])
    record = parse_fields(text, spot, records=RECORDS)
    return plain(record), [str(finding).removeprefix("one.ipynb, ") for finding in spot.findings]


def plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "010",
        "12:30",
        "[1, 2]",
        "{a: b}",
        "# x",
        "*Right*: because",
        "`list(range(3))` gives: what?",
        r"\frac{1}{2}",
        "1e3",
        "a # b",
        "~",
        "null",
        "- x",
        "> y",
        "| z",
        "%d",
        "@home",
        '"a" and "b"',
        "'tis",
        "!",
        "&",
        "&amp;",
        "a: b: c",
    ],
)
def test_a_one_line_value_is_taken_literally(text: str) -> None:
    """Whatever YAML would make of it, as a field, an item and a record's field."""
    source = f"ask: {text}\nhints:\n- {text}\noptions:\n- text: {text}"
    assert parse(source) == ({"ask": text, "hints": [text], "options": [{"text": text}]}, [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"[1, 2, 3]"', "[1, 2, 3]"),
        ('"a \\"b\\" \\u00e9\\n"', 'a "b" é\n'),
        ("'it''s'", "it's"),
        ('""', ""),
        ('" x "', " x "),
    ],
)
def test_quotes_around_a_whole_value_are_yaml_s(written: str, meant: str) -> None:
    """Double quotes know escapes, single quotes only their own doubling."""
    assert parse(f"text: {written}") == ({"text": meant}, [])


def test_a_quoted_value_says_so() -> None:
    """Whoever reads the field can tell `"= 3"` from `= 3`."""
    record = parse_fields('a: "= 3"\nb: = 3', Spot("f", []))
    assert record.entries["a"] == Scalar("= 3", 1, quoted=True)
    assert record.entries["b"] == Scalar("= 3", 2)


def test_a_bar_starts_a_longer_text() -> None:
    """Its lines keep their indentation, blank lines and comments, without the common margin."""
    source = "code: |\n  for i in x:\n      # note\n\n      print(i)\n\nask: |-\n  One.\n"
    meant = {"code": "for i in x:\n    # note\n\n    print(i)", "ask": "One."}
    assert parse(source) == (meant, [])


def test_items_may_be_longer_texts() -> None:
    """`- |` works like `field: |`."""
    assert parse("hints:\n- |\n  One\n  two\n- three") == ({"hints": ["One\ntwo", "three"]}, [])


def test_lists_may_be_indented_or_not() -> None:
    """Both ways that people write lists below a field are the same."""
    for margin in ("", "  ", "    "):
        source = f"hints:\n{margin}- a\n{margin}- b\nask: x"
        assert parse(source) == ({"hints": ["a", "b"], "ask": "x"}, [])


def test_records_nest() -> None:
    """A part has options, an option has fields."""
    source = "parts:\n- ask: x\n  options:\n  - text: a\n    correct: true\n  - text: b\n- ask: y"
    first = {"ask": "x", "options": [{"text": "a", "correct": "true"}, {"text": "b"}]}
    assert parse(source) == ({"parts": [first, {"ask": "y"}]}, [])


def test_an_item_of_a_list_of_texts_may_look_like_a_field() -> None:
    """`- Note: …` is a hint, because hints are texts."""
    assert parse("hints:\n- Note: read it") == ({"hints": ["Note: read it"]}, [])


def test_a_field_may_hold_fields() -> None:
    """As `policies` in course.yml does."""
    source = "policies:\n  solution: never\ntitle: x"
    assert parse(source) == ({"policies": {"solution": "never"}, "title": "x"}, [])


def test_comments_and_blank_lines_mean_nothing() -> None:
    """Between fields, that is: inside a longer text they are text."""
    assert parse("\n# why\nask: x\n\n  # and\nkind: y\n") == ({"ask": "x", "kind": "y"}, [])


def test_lines_are_kept() -> None:
    """Every node knows the line it starts at, counted from where the block starts."""
    record = parse_fields(
        "\nask: x\noptions:\n- text: a\n- text: b", Spot("f", []), records=RECORDS, first_line=5
    )
    options = record.entries["options"]
    assert record.entries["ask"].line == 6
    assert isinstance(options, Items)
    assert [item.line for item in options.items] == [8, 9]


@pytest.mark.parametrize(
    ("source", "findings"),
    [
        ("ask: x\nask: y", ["line 2, ask: `ask` is given twice. Keep one of them."]),
        ("ask:x", ["line 1: “ask:x” is no field. Put a space after the colon."]),
        (
            "ask: x\n  and more",
            ["line 2, ask: A text of several lines starts with `|`. Write `ask: |` and the text below it."],
        ),
        (
            "ask:\n  What?",
            ["line 2, ask: A text of several lines starts with `|`. Write `ask: |` and the text below it."],
        ),
        (
            "hints:\n- a\n  b",
            ["line 3: A text of several lines starts with `|`. Write `- |` and the text below it."],
        ),
        (
            "a: &x 1\nb: *x\nc: !!int 3",
            [
                "line 1, a: “&x 1” is an anchor or alias of YAML. If it is text, put it in double quotes.",
                "line 2, b: “*x” is an anchor or alias of YAML. If it is text, put it in double quotes.",
                "line 3, c: “!!int 3” is a tag of YAML. If it is text, put it in double quotes.",
            ],
        ),
        (
            "<<: x",
            ["line 1: “<<: x” is no field. Write `field: value`; a text of several lines starts with `|`."],
        ),
        ("- x", ["line 1: This list belongs to no field. Write the field's name above it."]),
        ("a: x\n\tb: y", ["line 2: A tab indents this line. Indent with spaces."]),
        ("hints:\n-\n- b", ["line 2: This item is empty. Write it behind the dash, or delete the dash."]),
        ("  a: x\nb: y", ["line 2: This line is indented less than the fields above it. Line them up."]),
        (
            r'a: "\frac"',
            [
                "line 1, a: A backslash in double quotes starts an escape. "
                "Remove the quotes: a value without them is taken as it stands."
            ],
        ),
    ],
)
def test_what_is_wrong_has_a_line_and_a_fix(source: str, findings: list[str]) -> None:
    """Golden messages: an author reads these."""
    assert parse(source)[1][: len(findings)] == findings


def test_everything_wrong_is_found_at_once() -> None:
    """One slip hides no other, and what is right is read."""
    fields, findings = parse("ask:x\nfoo bar\nkind: y\n- z\ntitle: &a b\nkind: w")
    assert fields == {"kind": "y", "title": "&a b"}
    assert [finding.split(":")[0] for finding in findings] == [
        "line 1",
        "line 2",
        "line 4",
        "line 5, title",
        "line 6, kind",
    ]


KEYS = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,4})?", fullmatch=True).filter(lambda key: key not in RECORDS)
LINE = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1).map(
    str.strip
)
PLAIN = LINE.filter(lambda t: t and t not in ("|", "|-", "-") and t[0] not in "\"'&*!")
LONG = st.lists(LINE.filter(bool), min_size=1, max_size=4).map("\n".join)
TEXTS = st.one_of(PLAIN.map(lambda t: ("plain", t)), LONG.map(lambda t: ("long", t)))
FIELDS = st.dictionaries(
    KEYS, st.one_of(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=4
)
OPTIONS = st.lists(st.dictionaries(KEYS, TEXTS, min_size=1, max_size=3), min_size=1, max_size=3)


def written(text: tuple[str, str], margin: str) -> str:
    if text[0] == "plain":
        return f" {text[1]}"
    return " |\n" + "\n".join(f"{margin}  {line}" for line in text[1].split("\n"))


@given(FIELDS, OPTIONS)
def test_what_is_written_is_read(
    fields: dict[str, object], options: list[dict[str, tuple[str, str]]]
) -> None:
    """Any texts, written as an author would, come back as they were."""
    lines, meant = [], {}
    for key, value in fields.items():
        if isinstance(value, list):
            lines.append(f"{key}:\n" + "\n".join("-" + written(text, "") for text in value))
            meant[key] = [text for _, text in value]
        else:
            lines.append(f"{key}:" + written(value, ""))  # type: ignore[arg-type] # a pair, then
            meant[key] = value[1]  # type: ignore[index]
    items = ["\n  ".join(f"{k}:" + written(v, "  ") for k, v in option.items()) for option in options]
    lines.append("options:\n" + "\n".join(f"- {item}" for item in items))
    meant["options"] = [{key: text for key, (_, text) in option.items()} for option in options]
    assert parse("\n".join(lines)) == (meant, [])


@given(st.text(alphabet=st.sampled_from("ab:-|#\"'&*! \t\n[]"), max_size=80))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Whatever is written, the parser answers with fields and findings."""
    record = parse_fields(text, Spot("f", []), records=RECORDS)
    assert isinstance(record, Record)
