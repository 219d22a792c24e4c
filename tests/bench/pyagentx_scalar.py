#!/usr/bin/python3
"""The same scalar as scalar_subagent.c serves, beside it, by python3-pyagentx. The argument is
snmpd's agentXSocket."""
import sys

import pyagentx


class Scalar(pyagentx.Updater):
    def update(self):
        self.set_INTEGER("1.0", 2)


class ScalarAgent(pyagentx.Agent):
    def setup(self):
        self.register("1.3.6.1.4.1.8072.9999.9999.2", Scalar)


pyagentx.SOCKET_PATH = sys.argv[1]
ScalarAgent().start()
