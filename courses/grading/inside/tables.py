"""Arrays, their scalars and tables as typed JSON, rebuilt value by value and never unpickled."""

import base64
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courses.grading.inside.wire import Decoder, Encoder, Json

_PLAIN_DTYPE = re.compile(r"[<>|=]?[biufcSUmM]\d+(\[\d*\w+\])?")
_NUMPY_IN_TABLE = "biufc"


def encode(encoder: "Encoder", value: Any, depth: int) -> "Json | None":
    """None for what is neither an array nor a table, and for a table with cells that are not plain."""
    before = encoder.others
    data = _encode(encoder, value, depth)
    return data if encoder.others == before or type(value).__module__ == "numpy" else None


def _encode(encoder: "Encoder", value: Any, depth: int) -> "Json | None":
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    kind = type(value)
    if numpy is not None and kind is numpy.ndarray:
        return _encode_array(encoder, value, depth)
    if numpy is not None and kind is numpy.dtypes.__dict__.get(kind.__name__):
        return {"t": "np.dtype", "v": value.str} if _PLAIN_DTYPE.fullmatch(value.str) else None
    if numpy is not None and kind.__module__ == "numpy" and isinstance(value, numpy.generic):
        return _encode_scalar(numpy, value)
    if pandas is not None:
        return _encode_pandas(encoder, pandas, value, depth)
    return None


def decode(decoder: "Decoder", data: dict[str, Any]) -> Any:
    value = data["v"]
    match data["t"]:
        case "np.array" | "np.scalar" | "np.objects" | "np.dtype":
            return _decode_numpy(decoder, data["t"], value)
        case "pd.NA" | "pd.NaT":
            return getattr(__import__("pandas"), data["t"][3:])
        case "pd.Timestamp" | "pd.Timedelta":
            return getattr(__import__("pandas"), data["t"][3:])(value)
        case "pd.Series":
            values = _decode_column(decoder, value["values"])
            return values.set_axis(_decode_index(decoder, value["index"])).rename(
                decoder.decode(value["name"])
            )
        case "pd.Index":
            return _decode_index(decoder, value)
        case "pd.DataFrame":
            return _decode_frame(decoder, value)
    raise ValueError(f"unknown kind {data['t']}")


def _encode_array(encoder: "Encoder", value: Any, depth: int) -> "Json":
    shape = list(value.shape)
    if _PLAIN_DTYPE.fullmatch(value.dtype.str):
        content = base64.b64encode(value.tobytes()).decode()
        return {"t": "np.array", "v": [value.dtype.str, shape, content]}
    if value.dtype.kind == "O":
        return {"t": "np.objects", "v": [shape, encoder.many(value.ravel().tolist(), depth)]}
    return None


def _encode_scalar(numpy: Any, value: Any) -> "Json | None":
    if not _PLAIN_DTYPE.fullmatch(value.dtype.str):
        return None
    return {
        "t": "np.scalar",
        "v": [value.dtype.str, [], base64.b64encode(numpy.asarray(value).tobytes()).decode()],
    }


def _decode_numpy(decoder: "Decoder", kind: str, value: Any) -> Any:
    import numpy as np  # noqa: PLC0415 - only where an array is met

    if kind == "np.objects":
        array = np.empty(len(value[1]), dtype=object)
        array[:] = decoder.many(value[1])
        return array.reshape(value[0])
    dtype = value if kind == "np.dtype" else value[0]
    if not _PLAIN_DTYPE.fullmatch(dtype):
        raise ValueError(f"unknown dtype {dtype}")
    if kind == "np.dtype":
        return np.dtype(dtype)
    array = np.frombuffer(base64.b64decode(value[2]), dtype=np.dtype(dtype)).reshape(value[1]).copy()
    return array[()] if kind == "np.scalar" else array


def _encode_pandas(encoder: "Encoder", pandas: Any, value: Any, depth: int) -> "Json | None":
    kind = type(value)
    if value is pandas.NA or value is pandas.NaT:
        return {"t": "pd.NA" if value is pandas.NA else "pd.NaT", "v": 0}
    if kind is pandas.Timestamp or kind is pandas.Timedelta:
        return {"t": f"pd.{kind.__name__}", "v": value.isoformat()}
    if kind is pandas.Series:
        return {"t": "pd.Series", "v": _encode_series(encoder, value, depth)}
    if kind is pandas.DataFrame:
        columns = [_encode_column(encoder, value.iloc[:, i], depth) for i in range(value.shape[1])]
        index, names = (_encode_index(encoder, axis, depth) for axis in (value.index, value.columns))
        return {"t": "pd.DataFrame", "v": {"index": index, "names": names, "columns": columns}}
    if isinstance(value, pandas.Index) and kind.__module__.startswith("pandas.core.indexes."):
        return {"t": "pd.Index", "v": _encode_index(encoder, value, depth)}
    return None


def _encode_series(encoder: "Encoder", series: Any, depth: int) -> "Json":
    return {
        "values": _encode_column(encoder, series, depth),
        "index": _encode_index(encoder, series.index, depth),
        "name": encoder.encode(series.name, depth),
    }


def _encode_column(encoder: "Encoder", series: Any, depth: int) -> "Json":
    dtype = series.dtype
    if getattr(dtype, "str", None) and dtype.kind in _NUMPY_IN_TABLE:
        return {"array": _encode_array(encoder, series.to_numpy(), depth)}
    column: dict[str, Any] = {
        "dtype": str(dtype),
        "cells": encoder.many(series.astype(object).tolist(), depth),
    }
    if str(dtype) == "category":
        column["categories"] = encoder.many(list(dtype.categories), depth)
        column["ordered"] = bool(dtype.ordered)
    return column


def _decode_column(decoder: "Decoder", column: Any) -> Any:
    import pandas as pd  # noqa: PLC0415 - only where a table is met

    if "array" in column:
        return pd.Series(decoder.decode(column["array"]))
    cells = decoder.many(column["cells"])
    if "categories" in column:
        kind = pd.CategoricalDtype(decoder.many(column["categories"]), ordered=column["ordered"])
        return pd.Series(cells, dtype=kind)
    return pd.Series(cells, dtype=column["dtype"])


def _encode_index(encoder: "Encoder", index: Any, depth: int) -> "Json":
    names = encoder.many(list(index.names), depth)
    if type(index).__name__ == "RangeIndex":
        return {"range": [index.start, index.stop, index.step], "names": names}
    if index.nlevels > 1:
        return {"tuples": encoder.many(index.tolist(), depth), "names": names}
    return {"values": _encode_column(encoder, index.to_series(), depth), "names": names}


def _decode_index(decoder: "Decoder", data: Any) -> Any:
    import pandas as pd  # noqa: PLC0415 - only where a table is met

    names = decoder.many(data["names"])
    if "range" in data:
        return pd.RangeIndex(*data["range"], name=names[0])
    if "tuples" in data:
        return pd.MultiIndex.from_tuples(decoder.many(data["tuples"]), names=names)
    return pd.Index(_decode_column(decoder, data["values"]), name=names[0])


def _decode_frame(decoder: "Decoder", data: Any) -> Any:
    import pandas as pd  # noqa: PLC0415 - only where a table is met

    index = _decode_index(decoder, data["index"])
    columns = [_decode_column(decoder, column).set_axis(index) for column in data["columns"]]
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = _decode_index(decoder, data["names"])
    return frame
