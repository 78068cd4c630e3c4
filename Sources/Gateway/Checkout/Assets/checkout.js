// Keeps an open page true, and spares typing. Without it everything works, only less live.
const POLL_MS = 10_000; // between looks where events do not come
const LEAVE_S = 6; // until a shopper who paid is led back to the shop
const SAY_EVERY_S = 30; // between spoken steps of the countdown
const STORED = "checkout-phone";

const body = document.body;
const live = document.getElementById("live");
const lost = document.getElementById("lost");
const say = (text) => { live.textContent = text; };
const card = () => document.getElementById("state");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// Storage may be forbidden; then nothing is remembered.
const stored = (storage, key, value) => {
  try {
    if (value === undefined) return storage.getItem(key);
    if (value === null) storage.removeItem(key); else storage.setItem(key, value);
  } catch { /* Nothing to do: the page works without. */ }
  return null;
};

// 0712 345 678, or 254 712 345 678.
const formatted = (text) => {
  const digits = text.replace(/\D/g, "");
  const first = digits.startsWith("254") ? 3 : digits.startsWith("0") ? 4 : 3;
  const parts = [digits.slice(0, first)];
  for (let at = first; at < digits.length; at += 3) parts.push(digits.slice(at, at + 3));
  return (text.trim().startsWith("+") ? "+" : "") + parts.join(" ");
};

function preparePhone(root) {
  const field = root.querySelector("#phone");
  if (!field) return;
  const remember = root.querySelector("[data-remember]");
  remember.closest(".remember").hidden = false;
  const known = stored(localStorage, STORED);
  if (known && /^\+?[\d ]{9,18}$/.test(known)) {
    remember.checked = true;
    if (!field.value) field.value = known;
  }
  if (field.value && /^\+?[\d ]+$/.test(field.value)) field.value = formatted(field.value);
  field.addEventListener("input", (event) => {
    const atEnd = field.selectionStart === field.value.length;
    const isTyped = !event.inputType || event.inputType.startsWith("insert");
    if (atEnd && isTyped && /^\+?[\d -]+$/.test(field.value)) field.value = formatted(field.value);
  });
  const forget = () => { if (!remember.checked) stored(localStorage, STORED, null); };
  remember.addEventListener("change", forget);
  field.form.addEventListener("submit", () => {
    if (remember.checked) stored(localStorage, STORED, field.value.slice(0, 20)); else forget();
  });
}

function prepareForms(root) {
  for (const form of root.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      const button = form.querySelector("button");
      if (button.hasAttribute("aria-disabled")) { event.preventDefault(); return; }
      button.setAttribute("aria-disabled", "true");
      button.dataset.label = button.textContent;
      button.textContent = form.dataset.busy;
      say(form.dataset.busy);
    });
  }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    const field = document.createElement("textarea");
    field.value = button.dataset.copy;
    body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  const label = button.textContent;
  if (label === button.dataset.done) return;
  button.textContent = button.dataset.done;
  say(button.dataset.done);
  setTimeout(() => { button.textContent = label; }, 2_000);
}

function prepareButtons(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  const print = root.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
}

let timers = [];
const every = (ends, tick) => {
  const show = () => {
    const left = Math.max(0, Math.round((ends - Date.now()) / 1_000));
    tick(left);
    if (left === 0) clearInterval(timer);
  };
  const timer = setInterval(show, 1_000);
  timers.push(timer);
  show();
};

function prepareTimes(root) {
  const count = root.querySelector("[role=timer]");
  if (count) {
    const total = Number(count.dataset.total);
    const ring = root.querySelector(".ring");
    let spoken = Number(count.dataset.left);
    every(Date.now() + spoken * 1_000, (left) => {
      count.textContent = left > 0 ? clock(left) : count.dataset.over;
      ring?.setAttribute("stroke-dashoffset", String(100 - (100 * left) / total));
      if (left === spoken || left % SAY_EVERY_S) return;
      spoken = left;
      say(left > 0 ? count.dataset.say.replace("%", left) : count.dataset.over);
    });
  }
  const wait = root.querySelector("[data-wait]");
  if (wait) {
    every(Date.now() + Number(wait.dataset.wait) * 1_000, (left) => {
      wait.textContent = wait.dataset.pattern.replace("%", clock(left));
    });
  }
}

// Once only: whoever comes back to the receipt may stay with it.
function prepareLeaving(root) {
  const link = root.querySelector("[data-success]");
  const key = `checkout-left ${location.pathname}`;
  if (!link || stored(sessionStorage, key)) return;
  const line = root.querySelector(".leaving");
  const words = line.querySelector("[data-pattern]");
  let stays = false;
  line.hidden = false;
  line.querySelector("[data-stay]").addEventListener("click", () => {
    stays = true;
    line.hidden = true;
    stored(sessionStorage, key, "1");
    root.querySelector("h1").focus();
  });
  every(Date.now() + LEAVE_S * 1_000, (left) => {
    if (stays) return;
    words.textContent = words.dataset.pattern.replace("%", left);
    if (left > 0) return;
    stays = true;
    stored(sessionStorage, key, "1");
    location.assign(link.href);
  });
}

function prepare(root) {
  preparePhone(root);
  prepareForms(root);
  prepareButtons(root);
  prepareTimes(root);
  prepareLeaving(root);
}

// The server escaped whatever a stranger wrote, and the page's policy runs nothing that stands in it.
function adopt(news) {
  lost.hidden = true;
  const old = card();
  if (news.version === old.dataset.version) return;
  for (const timer of timers) clearInterval(timer);
  timers = [];
  const holder = document.createElement("template");
  holder.innerHTML = news.html;
  const fresh = holder.content.querySelector("#state");
  const typed = old.querySelector("#phone")?.value;
  old.replaceWith(fresh);
  const field = fresh.querySelector("#phone");
  if (field && typed) field.value = typed;
  document.title = news.title;
  prepare(fresh);
  const heading = fresh.querySelector("h1");
  say(heading.textContent);
  heading.focus();
}

let source = null;
let polling = null;
let misses = 0;
const isOver = () => card().hasAttribute("data-final");

async function poll() {
  if (document.hidden) return;
  try {
    const answer = await fetch(body.dataset.poll, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    misses = 0;
    adopt(await answer.json());
    if (isOver()) stop();
  } catch {
    misses += 1;
    lost.textContent = body.dataset.lost;
    lost.hidden = false;
    // Not under the hands of somebody who is typing; and never sends a form again.
    if (misses % 3 === 0 && navigator.onLine && document.activeElement?.id !== "phone") location.replace(location.href);
  }
}

function stop() {
  source?.close();
  source = null;
  clearInterval(polling);
  polling = null;
}

function startPolling() {
  if (polling || isOver()) return;
  polling = setInterval(poll, POLL_MS);
}

function watch() {
  if (isOver() || source) return;
  if (!window.EventSource) { startPolling(); return; }
  source = new EventSource(body.dataset.events);
  source.addEventListener("open", () => { clearInterval(polling); polling = null; lost.hidden = true; });
  source.addEventListener("state", (event) => {
    adopt(JSON.parse(event.data));
    if (isOver()) stop();
  });
  source.addEventListener("error", () => {
    if (isOver()) { stop(); return; }
    // A browser that was refused does not come back by itself.
    if (source?.readyState === EventSource.CLOSED) source = null;
    startPolling();
  });
}

if (body.dataset.events) {
  prepare(card());
  const first = card().querySelector(".problem, [aria-invalid]");
  if (first) first.focus();
  watch();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { poll(); watch(); }
  });
  // Out of the browser's memory: as if it had just been opened.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("button[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
      button.textContent = button.dataset.label;
    }
    poll();
    watch();
  });
}
