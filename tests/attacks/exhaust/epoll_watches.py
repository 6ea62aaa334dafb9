"""Has half of its descriptors watch the other half: each pair is memory that no process has."""

import os
import resource
import select

import attack

EXPECTED = {"ok", "error", "died", "timeout"}  # without a free descriptor a kernel may not answer
most = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 2000)
end, watched, watchers, count = os.pipe()[0], [], [], 0
try:
    for _ in range(most // 2 - 30):
        watched.append(os.dup(end))
    while True:
        watchers.append(select.epoll())
        for descriptor in watched:
            watchers[-1].register(descriptor, select.EPOLLIN)
            count += 1
except OSError as error:
    print(error)
for watcher in watchers:
    watcher.close()
for descriptor in watched:
    os.close(descriptor)
if count > 20_000:  # 64 processes with as many hold 250 MB
    attack.escaped(count)
