"""What a Python pickle holds, read as data: names in it are recognised, never looked up, and nothing is ever called."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_OPERATIONS = 200_000
"""A CIFAR-10 batch takes 30,000 to 90,000; so few objects are made whatever a file asks for."""

_NAMES = {
    "_codecs encode": "encode",
    "__builtin__ bytes": "bytes",
    "numpy dtype": "dtype",
    "numpy ndarray": "ndarray",
    **{f"numpy.{core}.multiarray _reconstruct": "reconstruct" for core in ("core", "_core")},
    **{f"numpy.{core}.numeric _frombuffer": "from buffer" for core in ("core", "_core")},
}
"""What Python 2 and 3 and numpy 1 and 2 write around the bytes of an array."""

_KEPT_AS_THEY_ARE = (
    "BININT", "BININT1", "BININT2", "LONG1",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8",
)  # fmt: skip
_PYTHON_2_STRINGS = ("BINSTRING", "SHORT_BINSTRING")
_MEMO_PUT, _MEMO_GET = ("BINPUT", "LONG_BINPUT"), ("BINGET", "LONG_BINGET")
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_MARK = object()
"""Where a run of values begins on the stack."""

_NEW: dict[str, Callable[[], Any]] = {
    "MARK": lambda: _MARK, "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple,
}  # fmt: skip
_ACTING = ("INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER")
"""Operations that make an object of a class, or fetch something from outside."""


class NotData(Exception):
    """A pickle that is damaged, or of something else than arrays among plain values; in a few words, what."""


class WouldRunCode(NotData):
    """A pickle that asks for a function, a class or whatever else acts; the message is its name."""


@dataclass(frozen=True)
class _Name:
    """A function or class that is named; `what` is one of the few that are understood."""

    what: str


@dataclass(eq=False)
class _Array:
    """An array, `value` None until it was said what it holds; with `of_type` the type uint8 of one."""

    value: np.ndarray | None = None
    of_type: bool = False


def plain_values(content: bytes) -> dict[str, Any]:
    """The dictionary in a pickle of protocol 2 to 5, of text, bytes, whole numbers, lists and arrays of uint8.

    Python 2 had one type for text and bytes: its strings come as bytes, but the keys of the dictionary always as text.
    Arrays (n, …) are read-only. The content is gone through operation by operation (`pickletools.genops`): those that
    only place values are done here, all others are refused. It takes a few times the memory of `content`. Raises
    `WouldRunCode` for a pickle that would call or load anything but the few functions by which numpy and Python write
    bytes, and `NotData` for one that is damaged, longer than `MAX_OPERATIONS`, or no such dictionary.
    """
    import pickletools

    reader = _Reader(len(content))
    try:
        for number, (operation, argument, _) in enumerate(pickletools.genops(content)):
            if number >= MAX_OPERATIONS:
                raise NotData("far too many values")
            reader.do(operation.name, argument)
        return reader.result()
    except NotData:
        raise
    except Exception as error:  # made to do harm, a file can be wrong in any way
        raise NotData("damaged or cut short") from error


class _Reader:
    """The stack and the memo of a pickle, with values in them and nothing that acts."""

    def __init__(self, n_bytes: int) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._bytes_left = n_bytes

    def do(self, operation: str, argument: Any) -> None:
        stack = self._stack
        if operation in _KEPT_AS_THEY_ARE:
            stack.append(argument)
        elif operation in _PYTHON_2_STRINGS:
            stack.append(argument.encode("latin-1"))
        elif operation == "BYTEARRAY8":
            stack.append(bytes(argument))
        elif operation in _MEMO_PUT:
            self._memo[argument] = stack[-1]
        elif operation == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif operation in _MEMO_GET:
            stack.append(self._memo[argument])
        elif operation in _NEW:
            stack.append(_NEW[operation]())
        elif operation == "TUPLE":
            stack.append(tuple(self._since_mark()))
        elif operation in _TUPLES:
            self._in_tuple(_TUPLES[operation])
        elif operation == "GLOBAL":
            stack.append(_named(argument))
        elif operation in _STEPS:
            _STEPS[operation](self)
        elif operation in _ACTING:
            raise WouldRunCode(operation)
        elif operation not in ("PROTO", "FRAME", "STOP"):
            raise NotData(f"not of the kind of pickle that holds images ({operation})")

    def result(self) -> dict[str, Any]:
        """What is left at the end: the one dictionary."""
        (found,) = self._stack
        if not isinstance(found, dict):
            raise NotData("no dictionary")
        return {
            key if isinstance(key, str) else key.decode("latin-1"): value.value if isinstance(value, _Array) else value
            for key, value in found.items()
        }

    def append(self) -> None:
        self._extend([self._stack.pop()])

    def appends(self) -> None:
        self._extend(self._since_mark())

    def set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._put([key, value])

    def set_items(self) -> None:
        self._put(self._since_mark())

    def named(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):
            raise NotData("damaged or cut short")
        self._stack.append(_named(f"{module} {name}"))

    def reduce(self) -> None:
        """What a call would give, where it is one of those few; nothing is called."""
        given, function = self._stack.pop(), self._stack.pop()
        if function.what == "encode":
            self._stack.append(self._encoded(*given))
        else:
            self._stack.append(_meant(function.what, given))

    def build(self) -> None:
        """Say of an array what it holds; of a type there is nothing more to say that matters for single bytes."""
        state, made = self._stack.pop(), self._last(_Array)
        if not made.of_type:
            _, shape, dtype, by_columns, content = state
            made.value = _array(content, shape, dtype, "F" if by_columns else "C")

    def _encoded(self, text: str, encoding: str) -> bytes:
        """How Python 3 writes bytes in protocol 2; each only once, or one text could fill the memory."""
        self._bytes_left -= len(text)
        if encoding not in ("latin1", "latin-1") or self._bytes_left < 0:
            raise NotData("of bytes that are written in no usual way")
        return text.encode("latin-1")

    def _in_tuple(self, n: int) -> None:
        values = tuple(self._stack[-n:])
        if len(values) < n:
            raise NotData("damaged or cut short")
        self._stack[-n:] = [values]

    def _since_mark(self) -> list[Any]:
        values = []
        while (value := self._stack.pop()) is not _MARK:
            values.append(value)
        return values[::-1]

    def _last(self, kind: type) -> Any:
        last = self._stack[-1]
        if type(last) is not kind:
            raise NotData("damaged or cut short")
        return last

    def _extend(self, values: list[Any]) -> None:
        self._last(list).extend(values)

    def _put(self, values: list[Any]) -> None:
        into = self._last(dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            if not isinstance(key, str | bytes):  # the hash of nested tuples can take for ever
                raise NotData("of values without names")
            into[key] = value


_STEPS: dict[str, Callable[[_Reader], None]] = {
    "APPEND": _Reader.append,
    "APPENDS": _Reader.appends,
    "SETITEM": _Reader.set_item,
    "SETITEMS": _Reader.set_items,
    "STACK_GLOBAL": _Reader.named,
    "REDUCE": _Reader.reduce,
    "BUILD": _Reader.build,
}


def _named(name: str) -> _Name:
    if name not in _NAMES:
        raise WouldRunCode(".".join(name.split(" ", 1)))
    return _Name(_NAMES[name])


def _meant(what: str, given: tuple[Any, ...]) -> Any:
    if what == "bytes" and not given:
        return b""
    if what == "dtype":
        if given[0] not in ("u1", b"u1", "|u1", b"|u1"):
            raise NotData("an array of another type than uint8")
        return _Array(of_type=True)
    if what == "reconstruct":
        return _Array()
    if what == "from buffer":
        content, dtype, shape, order = given
        return _Array(_array(content, shape, dtype, order))
    raise NotData("a call that means nothing here")


def _array(content: Any, shape: Any, dtype: Any, order: str) -> np.ndarray:
    """`content` as it lies there, seen as an array of uint8."""
    if not (isinstance(content, bytes) and isinstance(dtype, _Array) and dtype.of_type):
        raise NotData("an array of another type than uint8")
    usual = len(shape) <= 4 and all(type(size) is int and size >= 0 for size in shape)
    if not usual or math.prod(shape) != len(content):
        raise NotData("an array that is not whole")
    return np.ndarray(shape, np.uint8, content, order="C" if order == "C" else "F")
