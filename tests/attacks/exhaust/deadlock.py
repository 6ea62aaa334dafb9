"""Two threads wait for each other, and the cell for both."""

import threading

import attack  # noqa: F401

EXPECTED = {"timeout"}
first, second = threading.Lock(), threading.Lock()
meeting = threading.Barrier(2)


def take(one, other):
    with one:
        meeting.wait()
        with other:
            pass


threads = [threading.Thread(target=take, args=pair) for pair in ((first, second), (second, first))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
