import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.grading.inside.wire import Decoder, Encoder, TooLarge


def refuse(value):
    raise LookupError(type(value))


def travel(value):
    return Decoder(refuse).decode(json.loads(json.dumps(Encoder(refuse).encode(value))))


def kinds(value):
    """Types all the way down, for 1 == 1.0 == True."""
    if isinstance(value, dict):
        return dict, sorted((repr(kinds(k)), repr(kinds(v))) for k, v in value.items())
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(kinds(item)) for item in value)
    return type(value), repr(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    st.text(),
    st.binary(),
    st.dates(),
    st.times().map(lambda time: time.replace(fold=0)),
    st.datetimes().map(lambda time: time.replace(fold=0)),
    st.timedeltas(),
    st.decimals(allow_nan=False),
    st.fractions(),
)
keys = st.one_of(scalars, st.tuples(scalars, scalars), st.frozensets(scalars, max_size=3))
values = st.recursive(
    st.one_of(scalars, st.sets(keys, max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4), st.tuples(inner, inner)
    ),
    max_leaves=15,
)


@settings(max_examples=60)
@given(values)
def test_plain_values_travel(value):
    """Every plain value arrives equal, with the same types all the way down."""
    arrived = travel(value)
    assert arrived == value
    assert kinds(arrived) == kinds(value)


class Liar(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize("value", [Liar(3), [Liar(3)], {"k": {Liar(3)}}, object(), len, print])
def test_only_exact_types_are_plain(value):
    """Subclasses and objects are left to handles, however deep they lie."""
    with pytest.raises(LookupError):
        Encoder(refuse).encode(value)


def test_builtin_types_are_values():
    """`type(x) == int` means the same on both sides."""
    assert travel([int, dict, ValueError]) == [int, dict, ValueError]


def test_endless_value():
    """A value that contains itself is refused."""
    value = []
    value.append(value)
    with pytest.raises(TooLarge):
        Encoder(refuse).encode(value)


def test_equal_sets_give_equal_text():
    """The order in which a set was filled does not show."""
    one, other = {"a", "b", 1, (2,)}, {(2,), 1, "b", "a"}
    assert Encoder(refuse).encode(one) == Encoder(refuse).encode(other)


@pytest.mark.parametrize(
    "data", [{"t": "type", "v": "eval"}, {"t": "np.array", "v": ["|O8", [1], "AAAAAAAAAAA="]}]
)
def test_forged_data_builds_nothing(data):
    """Data that no encoder writes is refused."""
    with pytest.raises((ValueError, AttributeError)):
        Decoder(refuse).decode(data)
