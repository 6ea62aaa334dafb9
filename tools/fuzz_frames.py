"""Bytes that grow towards new code, to both readers of the protocol: python -m tools.fuzz_frames --seconds 600.

tests/referee/test_fuzz.py draws messages by their grammar; here libFuzzer (Atheris) changes bytes, and keeps what
reaches a branch of gdm_grader.referee that nothing reached before. An error other than those that end an exchange, an
input that takes ten seconds, or growth to 3 GB ends the run. What was kept lies in _build/fuzz, and the next run goes
on from there.
"""

import argparse
import contextlib
import json
import sys
from pathlib import Path

import atheris
import torch

with atheris.instrument_imports(include=["gdm_grader.referee"]):
    from gdm_grader.referee.data_types import DATA_TYPES
    from gdm_grader.referee.host.proxies import StudentError
    from gdm_grader.referee.host.remote import RemoteKernel
    from gdm_grader.referee.kernel.server import KernelServer
    from gdm_grader.referee.kernel.values import FromReferee
    from gdm_grader.referee.protocol import FRAME_HEADER, Unreadable, frame, parse
    from gdm_grader.referee.reader import Reader
    from gdm_grader.referee.writer import Writer

FOLDER = Path("_build/fuzz")
SLOW_SECONDS, MOST_MB, MOST_BYTES = 10, 3_000, 4_096
BETWEEN_MESSAGES, BEFORE_BLOB = b"\x1e", b"\x1f"  # no text of JSON holds them
FORMS = ("op", "n", "changed", "result", "error", "callback", "pullback", "look", "value", "target", "args", "kwargs",
         "grad", "inputs", "seed", "type", "message", "trace", "list", "tuple", "size", "set", "iterator", "dict",
         "namespace", "dtype", "complex", "array", "scalar", "tensor", "same", "kept", "opaque", "again", "numbered",
         "function", "pairs", "texts", "objects", "like", *DATA_TYPES)


def replies(data: bytes) -> list[bytes]:
    """Cut the input into messages: a text and a blob each, with a header that is right about their lengths."""
    found = []
    for part in data.split(BETWEEN_MESSAGES):
        text, _, blob = part.partition(BEFORE_BLOB)
        found.append(FRAME_HEADER.pack(len(text), len(blob)) + text + blob)
    return found


def to_the_referee(data: bytes) -> None:
    """Answer one call with these messages: it ends, and what the test holds is as it was."""
    waiting = replies(data)
    x, secret = torch.ones(2), torch.full((2,), 7.0)
    remote = RemoteKernel(lambda _: waiting.pop(0) if waiting else frame({"op": "result", "n": 1, "changed": []}, []))
    with contextlib.suppress(Unreadable, StudentError):
        remote.call(["kept", 1], (x, lambda value, scale=1.0: secret), {})
    assert torch.equal(secret, torch.full((2,), 7.0))
    assert remote._depth == 0


def to_a_reader(data: bytes) -> None:
    """Read the first message on either side; what the referee could read it can write, and read again."""
    message = replies(data)[0]
    with contextlib.suppress(Unreadable):
        content, tensors = parse(message)
        writer = Writer()
        value = Reader(list(tensors)).value(content.get("value"))
        text = json.loads(json.dumps(writer.value(value)))
        Reader(parse(frame({}, writer.tensors))[1]).value(text)
    with contextlib.suppress(Unreadable, LookupError, TypeError, ValueError, AttributeError):  # its own process's
        content, tensors = parse(message)
        FromReferee(tensors, KernelServer(-1)).value(content.get("value"))


def either(data: bytes) -> None:
    """The first byte says who is sent the rest."""
    send = to_the_referee if data[:1] < b"\x80" else to_a_reader
    send(data[1:])


def write_beginnings(corpus: Path) -> None:
    """Write messages that both sides understand, for the changes to begin with."""
    corpus.mkdir(parents=True, exist_ok=True)
    whole = frame({}, [torch.ones(2), torch.tensor(True), torch.zeros(0, 3)])
    blob = whole[FRAME_HEADER.size + FRAME_HEADER.unpack_from(whole)[0]:]
    for form in FORMS:
        for rest in ([0], [[1, 2.5, "a", None]], [[["list", [1]], ["tensor", 0]]], [1, "float32", [2]]):
            for op in ("result", "error", "callback", "pullback", "look"):
                message = {"op": op, "n": 1, "changed": [], "value": [form, *rest], "target": ["kept", 1],
                           "args": [[form, *rest]], "kwargs": {}, "type": "ValueError", "message": "m", "trace": "t"}
                text = json.dumps(message).encode() + BEFORE_BLOB + blob
                name = f"{FORMS.index(form)}-{op}-{len(rest)}-{len(str(rest))}"
                (corpus / name).write_bytes((b"\x00" if op != "look" else b"\xff") + text)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    corpus, words = FOLDER / "corpus", FOLDER / "words"
    write_beginnings(corpus)
    words.write_text("".join(f'"\\"{form}\\""\n' for form in FORMS), encoding="utf-8")
    limits = [f"-max_total_time={options.seconds}", f"-timeout={SLOW_SECONDS}", f"-rss_limit_mb={MOST_MB}",
              f"-max_len={MOST_BYTES}", f"-dict={words}", f"-artifact_prefix={FOLDER}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], either)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
