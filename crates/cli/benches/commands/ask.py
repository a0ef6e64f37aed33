"""Asks the nodes that have a pid file, one after the other, as scripts do it.

    ask.py PID_DIR SECONDS [URL]

With a URL each answer is sent there before the next node is asked.
"""

import json
import os
import re
import sys
import urllib.request


def main(pid_dir, patience, url=None):
    answers = 0
    for name in os.listdir(pid_dir):
        match = re.fullmatch(r"acestreamengine-(\d+)\.pid", name)
        if match is None:
            continue
        port = int(match.group(1))
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/app/monitor", timeout=patience) as answer:
                node = json.load(answer)
        except OSError:
            continue
        answers += 1
        if url is not None:
            node["port"] = port
            request = urllib.request.Request(url, json.dumps(node).encode(), {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=10).close()
    if answers == 0:
        sys.exit("no answers")


main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
