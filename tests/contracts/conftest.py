"""Any turn at all, drawn from the types of its fields: a new field is covered without a new test."""

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from sayagain.turns import Turn

# Times that are neither before 1970 nor what seconds look like.
TIMES = st.integers(10**11, 7 * 10**12)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def values_of(kind):  # noqa: PLR0911  (one for each kind of type)
    match kind:
        case inspect.Metadata(extra_json_schema={"type": ["integer", "string"]}):
            return TIMES
        case inspect.Metadata(type=inner):
            return values_of(inner)
        case inspect.UnionType(types=types):
            return st.one_of([values_of(each) for each in types])
        case inspect.StructType(cls=record, fields=fields):
            required = {part.name: values_of(part.type) for part in fields if part.required}
            optional = {part.name: values_of(part.type) for part in fields if not part.required}
            return st.fixed_dictionaries(required, optional=optional).map(lambda given: record(**given))
        case inspect.VarTupleType(item_type=item):
            return st.lists(values_of(item), max_size=2).map(tuple)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(values_of(key), values_of(value), max_size=2)
        case inspect.LiteralType(values=words):
            return st.sampled_from(words)
        case inspect.IntType(ge=least, le=most):
            return st.integers(-(2**63) if least is None else least, 2**63 - 1 if most is None else most)
        case inspect.FloatType(ge=least, le=most):
            return st.floats(least, most, allow_nan=False, allow_infinity=False)
    return {
        inspect.StrType: st.text(),
        inspect.BoolType: st.booleans(),
        inspect.NoneType: st.none(),
        inspect.AnyType: JSON,
    }[type(kind)]


def sound(turn):
    turn_id = turn.turn_id if turn.turn_id.strip() else f"id{turn.turn_id}"
    ended = None if turn.ended is None else max(turn.ended, turn.started)
    return msgspec.structs.replace(turn, turn_id=turn_id, ended=ended)


# Whoever asks for `st.from_type(Turn)` in this folder gets these.
st.register_type_strategy(Turn, values_of(inspect.type_info(Turn)).map(sound))
