"""Types into a shell on a terminal of its own, and prints what it shows until the answer stands there.

complete.py ANSWER SHELL-COMMAND.. -- LINE..: each LINE is typed as it is, and one that ends without
a blank is followed by two TABs.
"""
import os
import pty
import re
import select
import sys
import time

answer = sys.argv[1]
end = sys.argv.index("--")
command, lines = sys.argv[2:end], sys.argv[end + 1:]
deadline = time.monotonic() + 30

pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="dumb", PS1="ready> ", PROMPT="ready> ", COLUMNS="4000")
    os.execvp(command[0], command)

shown = ""


def read_until(pattern):
    global shown
    while not re.search(pattern, shown):
        wait = deadline - time.monotonic()
        if wait <= 0 or not select.select([terminal], [], [], wait)[0]:
            sys.exit(f"no {pattern!r} in what the shell shows: {shown!r}")
        shown += os.read(terminal, 65536).decode(errors="replace")
    taken, shown = shown, ""
    return taken


read_until("ready> ")
for line in lines[:-1]:
    os.write(terminal, line.encode() + b"; echo do''ne\n")
    read_until("done[\r\n]+")
os.write(terminal, lines[-1].encode() + b"\t\t")
print(read_until(answer))
os.close(terminal)
os.waitpid(pid, 0)
