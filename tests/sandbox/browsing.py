"""Looking at the sandbox's pages and pressing their buttons, without a browser."""

from typing import Any

import requests

from tests.sandbox_process import SandboxProcess


def page(sandbox: SandboxProcess, path: str = "/", status: int = 200) -> str:
    answer = requests.get(sandbox.url + path, timeout=10)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Greenhouse sandbox" in answer.text
    return answer.text


def press(sandbox: SandboxProcess, path: str, /, **form: Any) -> str:
    """Send a form as a browser would and return the page it leads to."""
    with requests.Session() as session:
        answer = session.post(
            sandbox.url + path, data=form, headers={"Origin": sandbox.url}, timeout=10, allow_redirects=False
        )
        assert answer.status_code == 303, answer.text
        shown = session.get(sandbox.url + answer.headers["Location"], timeout=10)
        assert shown.status_code == 200
        again = session.get(shown.url, timeout=10)
        assert 'class="message' in shown.text
        assert 'class="message' not in again.text, "a message is shown once"
        return shown.text
