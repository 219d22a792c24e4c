#!/usr/bin/env python3
"""Plays systemd: prints what a service tells it on NOTIFY_SOCKET, a variable a line.

  notify_socket.py SOCKET     until it is killed
"""

import os
import socket
import sys


def main():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(sys.argv[1])
    os.chmod(sys.argv[1], 0o666)
    while True:
        print(listener.recv(65536).decode(), flush=True)


if __name__ == "__main__":
    main()
