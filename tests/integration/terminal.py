#!/usr/bin/python3
"""Plays the terminal that a person sits at: runs a command in one of its own.

  terminal.py [--columns N] [--rows N] FILE COMMAND..

FILE       what the terminal shows, at any time; blanks at the ends of its rows are gone
FILE.raw   every octet that came
FILE.end   at the end: whether the command left the terminal's settings as they were, and the cursor
           at the beginning of a row

SIGUSR1 presses Ctrl-C, SIGUSR2 makes the terminal a third as wide, SIGTERM goes to the command. The
exit status is the command's, 128 and the number of the signal that ended it.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

import pyte

ctrl_c = b"\x03"


class Terminal:
    def __init__(self, file, columns, rows):
        self.file = file
        self.raw = open(file + ".raw", "wb", buffering=0)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = pty.openpty()
        self.resize(columns)
        self.settings = termios.tcgetattr(self.slave)

    def resize(self, columns):
        self.screen.resize(columns=columns)
        size = struct.pack("HHHH", self.screen.lines, columns, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)

    def take(self, octets):
        self.raw.write(octets)
        self.stream.feed(octets)
        self.show()

    def show(self):
        with open(self.file + ".new", "w", encoding="utf-8") as shown:
            shown.writelines(row.rstrip() + "\n" for row in self.screen.display)
        os.rename(self.file + ".new", self.file)

    def end(self):
        same = termios.tcgetattr(self.slave) == self.settings
        with open(self.file + ".end", "w", encoding="utf-8") as told:
            print("settings " + ("as before" if same else "changed"), file=told)
            print(f"cursor in column {self.screen.cursor.x}", file=told)
            print("cursor " + ("hidden" if self.screen.cursor.hidden else "shown"), file=told)


def start(command, terminal):
    child = os.fork()
    if child == 0:
        os.setsid()
        fcntl.ioctl(terminal.slave, termios.TIOCSCTTY, 0)
        for descriptor in (0, 1, 2):
            os.dup2(terminal.slave, descriptor)
        os.closerange(3, 256)
        os.execvp(command[0], command)
    return child


def play(command, terminal):
    child = start(command, terminal)
    signal.signal(signal.SIGUSR1, lambda *_: os.write(terminal.master, ctrl_c))
    signal.signal(signal.SIGUSR2, lambda *_: terminal.resize(terminal.screen.columns // 3))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    terminal.show()
    status = None
    while True:
        ended, code = os.waitpid(child, os.WNOHANG) if status is None else (0, 0)
        if ended:
            status = code
        ready, _, _ = select.select([terminal.master], [], [], 0.05)
        if ready:
            terminal.take(os.read(terminal.master, 65536))
        elif status is not None:
            return os.waitstatus_to_exitcode(status)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--columns", type=int, default=120)
    words.add_argument("--rows", type=int, default=30)
    words.add_argument("file")
    words.add_argument("command", nargs=argparse.REMAINDER)
    told = words.parse_args()
    terminal = Terminal(told.file, told.columns, told.rows)
    status = play(told.command, terminal)
    terminal.end()
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
