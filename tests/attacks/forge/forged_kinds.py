"""Answers with values of kinds that the referee does not know, or that would run code if it were careless."""

import os
import struct


def line():
    """The referee's socket: a stream of its own among the descriptors."""
    return __import__("sys").modules["gdm_grader.referee.kernel.server"]._server.descriptor


def say(text, blob=b""):
    os.write(line(), struct.pack("!II", len(text), len(blob)) + text + blob)


KINDS = [
    b'["pickle", "gASVAAAA"]', b'["__init__", 1]', b'["own", 1]', b'["function", 1, "f"]', b'["name", "x"]',
    b'["kept", 1]', b'["stored", 0]', b'{"a": 1}', b'["tensor", 99]', b'["tensor", -1]', b'["tensor", true]',
    b'["dtype", "object"]', b'["list", ["set", ["list"]]]', b'["dict", [["list"], 1]]', b'["opaque", "x", 1]', b'[]',
    b'[[]]', b'["size", "a"]',
]
calls = 0


def answer(*arguments, **named):
    global calls
    calls += 1
    say(b'{"op": "result", "value": ' + KINDS[calls % len(KINDS)] + b', "changed": []}')
    return None
