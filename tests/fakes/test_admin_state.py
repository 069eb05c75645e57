"""Any order of calls: scopes never leak into one another, and the journal has every request."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from jsonschema import Draft202012Validator

from fake_openai import FakeOpenAIThread
from fake_openai.admin.openapi import document
from fake_openai.admin.table import ROUTES
from fake_openai.keeping.scopes import key_of

DOCUMENT = document(ROUTES)
NAMES = st.sampled_from(["a", "b", "c d", "tests/test_x.py::test_y[1]"])
QUESTIONS = st.sampled_from(["cat", "dog", "bird"])


@dataclass
class Expected:
    """What a scope must hold."""

    scripts: list[str] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    journal: list[tuple[str, str, int]] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    seed: int = 0


class Machine(RuleBasedStateMachine):
    """Drives one server over HTTP, beside a model of it."""

    scopes: Bundle[str] = Bundle("scopes")

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeOpenAIThread().start()
        self.connection = http.client.HTTPConnection(self.fake.host, self.fake.port, timeout=10)
        self.expected: dict[str, Expected] = {"default": Expected()}
        self.said = 0

    def teardown(self) -> None:
        self.connection.close()
        self.fake.close()

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body)
        self.connection.request(method, path, sent, headers or {})
        response = self.connection.getresponse()
        told = response.read()
        return response.status, json.loads(told) if told else None

    def admin(
        self, method: str, path: str, route: str = "", body: Any = None, scope: str = "default"
    ) -> tuple[int, Any]:
        status, told = self.call(method, f"/_fake{path}", body, {"X-Fake-Scope": scope})
        described = DOCUMENT["paths"][f"/_fake{route or path}"][method.lower()]["responses"]
        content = described[str(status)].get("content")
        if content is None:
            assert told is None
        else:
            schema = content["application/json"]["schema"]
            validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
            assert [error.message for error in validator.iter_errors(told)] == []
        return status, told

    @rule(target=scopes, name=NAMES)
    def make(self, name: str) -> str:
        status, told = self.admin("POST", "/scopes", body={"name": name})
        if name in self.expected:
            assert status == 409
        else:
            assert (status, told["api_key"]) == (201, key_of(name))
            self.expected[name] = Expected(seed=self.expected["default"].seed)
        return name

    @rule(name=consumes(scopes))
    def delete(self, name: str) -> None:
        status, _ = self.admin("DELETE", f"/scopes/{quote(name, safe='')}", "/scopes/{name}")
        assert status == (204 if self.expected.pop(name, None) else 404)
        if status == 204:
            assert self.ask_with({"Authorization": f"Bearer {key_of(name)}"}, "cat")[0] == 401
            # The key leads nowhere any more; who asks with it is in the journal of the server.
            self.expected["default"].journal.append(("", "", 401))

    @rule(name=scopes | st.just("default"), over_http=st.booleans())
    def script(self, name: str, over_http: bool) -> None:
        self.said += 1
        text = f"answer {self.said} of {name}"
        if over_http:
            assert self.admin("POST", "/replies", body={"answer": text}, scope=name)[0] == 201
        else:
            self.fake.scope(name).reply(text)
        self.of(name).scripts.append(text)

    @rule(name=scopes | st.just("default"), status=st.sampled_from([429, 500, 503]))
    def fail(self, name: str, status: int) -> None:
        fault = {"kind": "status", "status": status}
        assert self.admin("POST", "/faults", body={"fault": fault}, scope=name)[0] == 201
        self.of(name).faults.append(status)

    @rule(name=scopes | st.just("default"), question=QUESTIONS, by_key=st.booleans())
    def ask(self, name: str, question: str, by_key: bool) -> None:
        mine = self.of(name) if name in self.expected or not by_key else None
        if by_key and name != "default":
            headers = {"Authorization": f"Bearer {key_of(name)}"}
        else:
            headers = {"Authorization": "Bearer k", "X-Fake-Scope": name}
        status, told = self.ask_with(headers, question)
        if mine is None:
            assert status == 401
            self.expected["default"].journal.append(("", "", 401))
            return
        wanted = mine.faults.pop(0) if mine.faults else 200
        assert status == wanted
        mine.journal.append((name, question, status))
        if status == 200:
            text = told["choices"][0]["message"]["content"]
            if mine.scripts:
                assert text == mine.scripts[-1]
            else:
                assert not text.startswith("answer ")

    @rule(name=scopes | st.just("default"))
    def store_a_file(self, name: str) -> None:
        boundary = "b"
        parts = [("purpose", "", "batch"), ("file", '; filename="x"', "{}")]
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{part}"{more}\r\n\r\n{text}\r\n'
            for part, more, text in parts
        )
        headers = {
            "Authorization": "Bearer k",
            "X-Fake-Scope": name,
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        mine = self.of(name)
        wanted = mine.faults.pop(0) if mine.faults else 200
        self.connection.request("POST", "/v1/files", f"{body}--{boundary}--\r\n", headers)
        response = self.connection.getresponse()
        told = json.loads(response.read())
        assert response.status == wanted
        mine.journal.append((name, "", wanted))
        if wanted == 200:
            mine.stored.add(told["id"])

    @rule(name=scopes | st.just("default"), seed=st.integers(0, 3))
    def reseed(self, name: str, seed: int) -> None:
        assert self.admin("PATCH", "/settings", body={"seed": seed}, scope=name)[0] == 200
        self.of(name).seed = seed

    @rule(name=scopes | st.just("default"), whole=st.booleans())
    def reset(self, name: str, whole: bool) -> None:
        path = "/reset" if whole else "/journal"
        status, _ = self.admin("POST" if whole else "DELETE", path, scope=name)
        if not whole and name not in self.expected:
            assert status == 404
            return
        assert status == 204
        mine = self.of(name)
        mine.journal.clear()
        if whole:
            mine.scripts, mine.faults, mine.stored = [], [], set()

    @rule(body=st.sampled_from([{"anser": 1}, {"answer": 3}, {}, {"answer": "x", "times": 0}]))
    def drive_wrongly(self, body: Any) -> None:
        assert self.admin("POST", "/replies", body=body)[0] == 400

    @invariant()
    def every_scope_holds_what_is_its_own(self) -> None:
        _, listed = self.admin("GET", "/scopes")
        assert {one["name"] for one in listed["scopes"]} == set(self.expected)
        for name, mine in self.expected.items():
            self.check(name, mine)

    def check(self, name: str, mine: Expected) -> None:
        _, journal = self.admin("GET", "/journal", scope=name)
        came = [(one["question"], one["status"]) for one in journal["requests"]]
        assert came == [(question, status) for _, question, status in mine.journal]
        assert all(one["scope"] == name and one["ended"] for one in journal["requests"])
        _, replies = self.admin("GET", "/replies", scope=name)
        texts = [one["answers"][0]["text"] for one in replies["replies"]]
        assert texts == mine.scripts
        _, settings_now = self.admin("GET", "/settings", scope=name)
        assert settings_now["seed"] == mine.seed
        files = self.fake.scope(name)._scope.store("files")
        assert set(files) == mine.stored
        _, verdict = self.admin("GET", "/verdict", scope=name)
        failed = [status for _, _, status in mine.journal if status >= 429]
        assert len(verdict["judgements"]) == len(failed)

    def of(self, name: str) -> Expected:
        """Return the model of a scope, which a call that writes has made."""
        seed = self.expected["default"].seed
        return self.expected.setdefault(name, Expected(seed=seed))

    def ask_with(self, headers: dict[str, str], question: str) -> tuple[int, Any]:
        body = {"model": "m", "messages": [{"role": "user", "content": question}]}
        return self.call("POST", "/v1/chat/completions", body, headers)


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=25, stateful_step_count=25)
