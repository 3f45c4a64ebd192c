"""What the stand-in says at its start: lines to copy, of which Python's is run here."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import stripe

from shop.sandbox.sdk_lines import sdk_lines
from tests.sandbox.conftest import StandIn, call, eventually
from tests.support.stack import ROOT, free_port


class TestSdkLines:
    def test_has_a_line_for_each_language_with_the_real_address(self) -> None:
        lines = dict(sdk_lines("http://127.0.0.1:4711"))
        assert list(lines) == ["Python", "Node", "Go", "Ruby", "PHP", "Java"]
        assert all("4711" in line and "127.0.0.1" in line for line in lines.values())

    def test_names_the_port_that_https_implies(self) -> None:
        assert "port: 443" in dict(sdk_lines("https://stripe.example.com"))["Node"]

    def test_pythons_line_works_as_it_is_printed(self, stand_in: StandIn) -> None:
        names = {"stripe": stripe}
        exec(dict(sdk_lines(stand_in.url))["Python"], names)
        client = names["client"]
        assert client.v1.customers.create({"email": "ada@example.com"}).email == "ada@example.com"


class TestSandboxCommand:
    @pytest.mark.parametrize("command", [["shop.cli", "sandbox"], ["shop.sandbox"]])
    def test_says_once_it_listens_what_to_set_and_takes_seed_and_webhooks(
        self, command: list[str], tmp_path: Path
    ) -> None:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        hook = f"http://127.0.0.1:{free_port()}/hook=whsec_x"
        options = ["--port", str(port), "--seed", "7", "--database", ":memory:", "--webhook", hook]
        running = subprocess.Popen(
            [sys.executable, "-m", *command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        told: list[str] = []
        assert running.stdout is not None
        reader = threading.Thread(target=told.extend, args=(running.stdout,), daemon=True)
        try:
            reader.start()
            eventually(lambda: any("Ctrl-C" in line for line in told), 30)
            # It said so because it listens.
            assert call(f"{url}/_sandbox/health")[0] == 200
            for _language, line in sdk_lines(url):
                assert any(line in one for one in told)
            with pytest.raises(subprocess.CalledProcessError) as second:
                subprocess.run(
                    [sys.executable, "-m", *command, "--port", str(port)], cwd=ROOT, check=True,
                    capture_output=True, text=True, timeout=60,
                )  # fmt: skip
            assert f"Port {port} is taken" in second.value.stderr
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(20)
            reader.join(10)
            running.stdout.close()
