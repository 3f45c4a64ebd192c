"""Stripe's own SDK for Node, from npm and unchanged, holds the whole conversation of a checkout (``make proof``)."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.acceptance.packages import node_packages

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not os.environ.get("VITRINE_PROOF"), reason="fetches npm packages: make proof"),
]
SCRIPT = Path(__file__).with_name("conversation.mjs")


class TestNode:
    def test_holds_the_whole_conversation(self, stand_in):
        address = stand_in.url.removeprefix("http://")
        environ = os.environ | {"NODE_PACKAGES": str(node_packages())}

        done = subprocess.run(
            ["node", str(SCRIPT), address],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environ,
        )

        assert done.returncode == 0, done.stderr[-3000:]
        told = json.loads(done.stdout)
        print(f"\nnpm stripe {told['sdk']} on node {told['node']}: {told['events']} signed events received")
        assert told["events"] > 20
