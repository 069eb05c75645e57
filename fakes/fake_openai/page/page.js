// The page: everything that comes is untrusted text and goes into the document as text only.
const $ = (id) => document.getElementById(id);
const requests = new Map(); // number -> request
const writes = new Map(); // number -> writes so far
const rows = new Map(); // number -> list item
const MOST_ROWS = 500;
const MOST_WRITES = 2000;
const SLOW = 0.5; // seconds
let chosen = null;
let shownWrites = 0;
let inForce = [];

const token = new URLSearchParams(location.hash.slice(1)).get("token");
const call = (path, options = {}) =>
  fetch(path, { ...options, headers: { ...(token && { "X-Fake-Admin": token }), ...options.headers } });

function element(name, text = "", className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

const seconds = (value) => `${value.toFixed(3)} s`;
const fault = ({ kind, ...rest }) =>
  kind + (Object.keys(rest).length ? ` ${Object.entries(rest).map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(" ")}` : "");

function outcome(request) {
  if (!request.ended) return ["under way", "wait"];
  if (request.ended === "whole" && request.status < 400) return ["whole", "good"];
  return [request.ended === "whole" ? "refused" : request.ended, "bad"];
}

function said(request) {
  const words = [request.model, request.question || request.endpoint, ...request.faults.map(fault)];
  return words.filter(Boolean).join(" · ");
}

function meant(request) {
  if ($("scope").value && request.scope !== $("scope").value) return false;
  const wanted = $("filter").value.trim().toLowerCase();
  const has = [request.method, request.path, said(request), request.status, outcome(request)[0], request.scope];
  return !wanted || has.join(" ").toLowerCase().includes(wanted);
}

function showRow(request) {
  let row = rows.get(request.number);
  if (!row) {
    row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.number = request.number;
    button.addEventListener("click", () => choose(request.number));
    row.append(button);
    rows.set(request.number, row);
    $("list").prepend(row);
    if (rows.size > MOST_ROWS) forget(rows.keys().next().value);
  }
  const [ended, kind] = outcome(request);
  row.firstChild.replaceChildren(
    element("span", `#${request.number}`, "number"),
    element("span", `${request.method} ${request.path}`),
    element("span", `${request.status || "…"} ${ended}`, kind),
    element("span", said(request) || " ", "second"),
  );
  row.hidden = !meant(request);
}

function forget(number) {
  rows.get(number)?.remove();
  for (const map of [rows, requests, writes]) map.delete(number);
  if (chosen === number) choose(null);
}

function count() {
  const shown = [...rows.values()].filter((row) => !row.hidden).length;
  $("count").textContent = shown === rows.size ? shown : `${shown} of ${rows.size}`;
  $("empty").hidden = rows.size > 0;
}

function refilter() {
  for (const request of requests.values()) if (rows.has(request.number)) showRow(request);
  count();
  showForce();
}

async function choose(number) {
  for (const [one, row] of rows) {
    if (one === number) row.firstChild.setAttribute("aria-current", "true");
    else row.firstChild.removeAttribute("aria-current");
  }
  chosen = number;
  shownWrites = 0;
  $("writes").replaceChildren();
  $("strip").replaceChildren();
  $("body").textContent = $("headers").textContent = $("missed").textContent = "";
  $("chosen").hidden = number === null;
  $("hint").hidden = number !== null;
  if (number === null) {
    $("detail-title").textContent = "No request chosen";
    return;
  }
  showFacts();
  showWrites();
  await loadWhole(number);
}

async function loadWhole(number) {
  const request = requests.get(number);
  if (!request) return;
  const response = await call(`journal/${number}?scope=${encodeURIComponent(request.scope)}`);
  if (!response.ok || chosen !== number) return;
  const whole = await response.json();
  $("body").textContent = whole.body === null ? whole.raw_body ?? "(none)" : JSON.stringify(whole.body, null, 2);
  $("headers").textContent = Object.entries(whole.headers).map(([k, v]) => `${k}: ${v}`).join("\n");
  $("missed").textContent = whole.writes_missed ? `${whole.writes_missed} more were not kept` : "";
}

function showFacts() {
  const request = requests.get(chosen);
  const [ended, kind] = outcome(request);
  $("detail-title").textContent = `#${request.number} ${request.method} ${request.path}`;
  const facts = [
    ["outcome", `${request.status || "no status"}, ${ended}`, kind],
    ["model", request.model],
    ["question", request.question],
    ["tokens counted by", request.tokenizer],
    ["brought along", request.prefix],
    ["attempt", request.attempt || ""],
    ["faults", request.faults.map(fault).join(", "), "bad"],
    ["Retry-After", request.retry_after === null ? "" : `${request.retry_after} s`],
    ["scope", request.scope],
    ["came at", seconds(request.time)],
    ["headers after", request.began === null ? "" : seconds(request.began - request.time)],
    ["ended after", request.ended_at === null ? "" : seconds(request.ended_at - request.time)],
    ["sent", `${request.bytes_sent} bytes, ${request.chunks_sent} events`],
  ].filter(([, value]) => value !== "");
  $("facts").replaceChildren(
    ...facts.flatMap(([name, value, className]) => [element("dt", name), element("dd", value, className)]),
  );
}

// What a write carries of the answer, where that is easily said.
function carried(text) {
  const found = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (!line.startsWith("data:")) continue;
    try {
      const event = JSON.parse(line.slice(5));
      const delta = event.choices?.[0]?.delta ?? {};
      const call = delta.tool_calls?.[0]?.function;
      const words = [delta.reasoning ?? delta.reasoning_content, delta.content, delta.refusal, event.choices?.[0]?.text];
      if (event.type?.endsWith(".delta")) words.push(event.delta);
      if (call) words.push(call.name, call.arguments);
      if (event.choices?.[0]?.finish_reason) words.push(`(${event.choices[0].finish_reason})`);
      found.push(...words.filter((word) => typeof word === "string" && word));
    } catch {
      if (line.trim() === "data: [DONE]") found.push("[DONE]");
    }
  }
  return found.join(" ");
}

function dataCell(text) {
  const cell = document.createElement("td");
  const words = carried(text);
  if (words) cell.append(element("b", words));
  cell.append(element("span", text.replace(/\s+$/, ""), "raw"));
  return cell;
}

function showWrites() {
  const request = requests.get(chosen);
  const all = writes.get(chosen) ?? [];
  const fresh = all.slice(shownWrites, MOST_WRITES).map((write, index) => {
    const before = all[shownWrites + index - 1]?.at ?? request.began ?? request.time;
    const gap = write.at - before;
    const row = document.createElement("tr");
    row.append(
      element("td", seconds(write.at - request.time)),
      element("td", `+${seconds(gap)}`, gap >= SLOW ? "slow" : ""),
      element("td", write.size),
      dataCell(write.text),
    );
    return row;
  });
  $("writes").append(...fresh);
  shownWrites = Math.min(all.length, MOST_WRITES);
  if (all.length > MOST_WRITES) $("missed").textContent = `${all.length - MOST_WRITES} more are not shown`;
  const last = all.at(-1)?.at ?? request.time;
  const length = Math.max((request.ended_at ?? last) - request.time, 1e-6);
  const step = Math.ceil(all.length / 400);
  $("strip").replaceChildren(
    ...all.filter((_, index) => index % step === 0).map((write) => {
      const mark = document.createElement("i");
      mark.style.left = `${(99.5 * (write.at - request.time)) / length}%`;
      return mark;
    }),
  );
}

function showForce() {
  const only = $("scope").value;
  const shown = inForce.filter((scope) => !only || scope.name === only).map((scope) => {
    const box = element("div", "", "scope");
    const settings = scope.settings;
    const told = [`${settings.dialect}, seed ${settings.seed}`, `${scope.requests} requests`];
    if (settings.strict) told.push("strict");
    for (const name of ["latency", "writes", "limits"]) {
      if (Object.keys(settings[name]).length) told.push(`${name} ${JSON.stringify(settings[name])}`);
    }
    box.append(element("h3", scope.name), element("p", told.join(" · ")));
    const list = document.createElement("ul");
    if (scope.plan) list.append(element("li", "a plan decides"));
    for (const rule of [...scope.replies, ...scope.faults]) {
      const [, used, of] = /used (\d+)(?: of (\d+))?$/.exec(rule) ?? [];
      list.append(element("li", rule, of !== undefined && used === of ? "mono used" : "mono"));
    }
    if (!list.children.length) list.append(element("li", "no scripts: plausible answers"));
    box.append(list);
    return box;
  });
  $("scopes").replaceChildren(...shown);
}

function showScopes(scopes) {
  inForce = scopes;
  const select = $("scope");
  const names = ["", ...scopes.map((scope) => scope.name)];
  const before = select.value;
  if (names.join("\n") !== [...select.options].map((option) => option.value).join("\n")) {
    select.replaceChildren(
      ...names.map((name) => Object.assign(element("option", name || "all"), { value: name })),
    );
    select.value = names.includes(before) ? before : "";
  }
  showForce();
}

async function showVerdict() {
  if (!$("verdict").open) return;
  const path = `verdict?scope=${encodeURIComponent($("scope").value || "default")}`;
  const response = await call(path, { headers: { Accept: "text/plain" } });
  $("judged").textContent = await response.text();
}

const on = {
  request(request) {
    requests.set(request.number, request);
    showRow(request);
    if (request.number === chosen) {
      showFacts();
      showWrites();
    }
    if (request.ended) showVerdict();
  },
  writes({ number, writes: fresh }) {
    writes.set(number, (writes.get(number) ?? []).concat(fresh));
    if (number === chosen) showWrites();
  },
  scopes: ({ scopes }) => showScopes(scopes),
  forgotten: ({ number }) => forget(number),
};

async function follow() {
  const response = await call("live?all=true");
  if (!response.ok) throw new Error((await response.json()).error.message);
  $("state").textContent = "live";
  $("state").className = "live";
  for (const number of [...rows.keys()]) if (number !== chosen) forget(number);
  writes.clear();
  shownWrites = 0;
  $("writes").replaceChildren();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      if (name) on[name]?.(JSON.parse(data));
    }
    count();
  }
}

async function run() {
  for (let wait = 250; ; wait = Math.min(wait * 2, 5000)) {
    let why = "the server ended the feed";
    try {
      await follow();
      wait = 250;
    } catch (error) {
      why = error.message;
    }
    $("state").textContent = `not connected (${why}), trying again`;
    $("state").className = "lost";
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function move(step) {
  const shown = [...$("list").querySelectorAll("li:not([hidden]) button")];
  const at = shown.findIndex((button) => Number(button.dataset.number) === chosen);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + step))];
  if (!next) return;
  next.focus();
  choose(Number(next.dataset.number));
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (event.target === $("filter")) $("filter").value = "";
    refilter();
    ($("list").querySelector('[aria-current="true"]') ?? $("list")).focus();
  } else if (!typing && event.key === "/") {
    event.preventDefault();
    $("filter").focus();
  } else if (!typing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    if (event.target.closest?.(".scrolls")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
});
$("filter").addEventListener("input", refilter);
$("scope").addEventListener("change", () => {
  refilter();
  showVerdict();
});
$("raw").addEventListener("change", (event) => {
  $("writes").parentElement.classList.toggle("whole", event.target.checked);
});
$("verdict").addEventListener("toggle", showVerdict);
$("base").textContent = `${location.origin}/v1`;
run();
