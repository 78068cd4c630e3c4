// The console's conveniences. Every page works without them.

const rows = () => [...document.querySelectorAll("table.list tbody tr")];
const help = document.getElementById("help");

// The secret of a one-time link stands behind the #. It goes into the form and leaves the address, so that it stays in no history.
const code = document.getElementById("link");
if (code && location.hash.length > 1) {
  code.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  code.form.querySelector("button").focus();
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.classList.contains("current"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all[at]?.classList.remove("current");
  next.classList.add("current");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  switch (event.key) {
    case "/": {
      const search = document.getElementById("search");
      if (!search) return;
      search.focus();
      break;
    }
    case "j": move(1); break;
    case "k": move(-1); break;
    case "Enter":
      if (event.target !== document.body) return;
      document.querySelector("tr.current a")?.click();
      break;
    case "?":
      if (!help) return;
      help.showModal();
      break;
    default: return;
  }
  event.preventDefault();
});

help?.querySelector("button")?.addEventListener("click", () => help.close());

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copy it by hand";
    }
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

// Live parts: each event says that there is news, and the part is fetched again. A hidden tab asks for nothing.
function follow(part) {
  let source = null;
  const refresh = async () => {
    if (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return;
    const answer = await fetch(location.href, { headers: { "x-live": "1" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  };
  const turn = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    source = new EventSource(part.dataset.live);
    source.addEventListener("change", refresh);
  };
  document.addEventListener("visibilitychange", () => { turn(); if (!document.hidden) refresh(); });
  addEventListener("pagehide", () => source?.close());
  turn();
}

document.querySelectorAll("[data-live]").forEach(follow);

// A form whose answer comes step by step. Whatever goes wrong, it is sent as any form.
function showStep(list, step) {
  const line = [...list.children].find((it) => it.dataset.step === step.step);
  if (!line) return;
  const status = line.querySelector(".status");
  status.className = `status ${step.mood}`;
  status.textContent = step.outcome;
  line.querySelector("small").textContent = step.took;
  line.querySelector(".detail").textContent = step.detail;
  line.querySelector(".advice").textContent = step.advice;
  trying(line.nextElementSibling);
}

function trying(line) {
  const status = line?.querySelector(".status");
  if (!status) return;
  status.className = "status pending";
  status.textContent = "trying";
}

async function testInSteps(form) {
  const list = document.getElementById(form.dataset.steps);
  const end = document.getElementById(`${form.dataset.steps}-end`);
  for (const line of list.children) {
    showStep(list, { step: line.dataset.step, mood: "", outcome: "waits", took: "", detail: "", advice: "" });
  }
  trying(list.firstElementChild);
  end.textContent = "";
  const answer = await fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "text/event-stream" },
  });
  if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error("no stream");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((it) => it.startsWith("data: "))?.slice(6);
      if (!data) continue;
      if (event.startsWith("event: step")) showStep(list, JSON.parse(data));
      if (event.startsWith("event: end")) [end.textContent] = JSON.parse(data);
    }
  }
}

for (const form of document.querySelectorAll("form[data-steps]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await testInSteps(form);
    } catch {
      form.submit();
    }
    button.disabled = false;
  });
}
