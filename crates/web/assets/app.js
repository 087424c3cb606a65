// Bongsu: what pages can do more with a script. Without it everything works, one click later.
"use strict";

const page = document.documentElement;
const word = (name) => page.dataset[name] ?? "";

// The reader's zone, so that dates are shown on their clock; kept for a year.
{
  const minutes = -new Date().getTimezoneOffset();
  const name = minutes === 540 ? "KST" : (new Intl.DateTimeFormat("en", { timeZoneName: "short" })
    .formatToParts().find((part) => part.type === "timeZoneName")?.value ?? "UTC").replace(/[^A-Za-z0-9+-]/g, "").slice(0, 8);
  const zone = `${minutes}.${name || "UTC"}`;
  if (!document.cookie.split("; ").includes(`zone=${zone}`)) {
    document.cookie = `zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax`;
  }
}

// Menus close when something else is chosen.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.pop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.pop[open]")) menu.open = false;
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    const box = document.querySelector("input[type=search]");
    if (box) { event.preventDefault(); box.focus(); }
  }
});

// A form is sent once, and says that it is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  }
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// Live: when something happened, the regions that are marked are read again and put in place.
const live = document.querySelectorAll("[data-live]");
if (live.length > 0 && document.body.dataset.signed) {
  let due = false, busy = false;
  const read = async () => {
    if (busy) { due = true; return; }
    busy = true;
    due = false;
    try {
      const answer = await fetch(location.href, { headers: { "x-live": "1" }, cache: "no-store" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const old of document.querySelectorAll("[data-live]")) {
          const now = fresh.getElementById(old.id);
          const typing = old.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
          if (now && !typing && now.innerHTML !== old.innerHTML) {
            old.innerHTML = now.innerHTML;
            old.classList.remove("fresh");
            void old.offsetWidth;
            old.classList.add("fresh");
          }
        }
      }
    } catch { /* the line says so itself */ }
    setTimeout(() => { busy = false; if (due) read(); }, 400);
  };
  const line = new EventSource("/api/v1/events");
  const offline = document.getElementById("offline");
  for (const name of ["case", "act", "obligation", "inventory", "inbox", "register", "reset"]) line.addEventListener(name, read);
  line.onopen = () => { offline.hidden = true; };
  line.onerror = () => { offline.hidden = false; };
  setInterval(() => { if (!document.hidden) read(); }, 60000);
}

// Countdowns go on by themselves.
for (const clock of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(clock.dataset.until), skew = Date.parse(page.dataset.now) - Date.now();
  if (page.dataset.clock === "real") setInterval(() => {
    const seconds = Math.abs(until - Date.now() - skew) / 1000 | 0;
    const two = (number) => String(number).padStart(2, "0");
    const days = seconds / 86400 | 0;
    clock.textContent = `${days ? days + "d " : ""}${two(seconds / 3600 % 24 | 0)}:${two(seconds / 60 % 60 | 0)}:${two(seconds % 60)}`;
  }, 1000);
}

// A document can be dropped; its way up is shown.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const box = form.querySelector(".drop"), file = form.querySelector("input[type=file]"), bar = form.querySelector("progress");
  for (const name of ["dragover", "dragleave", "drop"]) box.addEventListener(name, (event) => {
    event.preventDefault();
    box.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });
  form.addEventListener("submit", (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    const sending = new XMLHttpRequest();
    bar.hidden = false;
    sending.upload.onprogress = (part) => { bar.max = part.total; bar.value = part.loaded; };
    sending.onload = () => {
      if (sending.responseURL && sending.status < 400) location.assign(sending.responseURL);
      else { document.open(); document.write(sending.responseText); document.close(); }
    };
    sending.onerror = () => { bar.hidden = true; delete form.dataset.sent; alert(word("cutOff")); };
    sending.open("POST", form.action);
    sending.send(new FormData(form));
  });
}

// Jobs are looked at again until they are done.
{
  const job = document.querySelector("[data-again]");
  if (job) setTimeout(() => location.reload(), Number(job.dataset.again) * 1000);
}

// Passkeys.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const post = async (path, body) => {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: body ? JSON.stringify(body) : undefined });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail || answer.statusText);
  return said;
};
const fail = (where, error) => { where.hidden = false; where.textContent = error.name === "NotAllowedError" ? word("notAllowed") : error.message; };

for (const button of document.querySelectorAll("[data-passkey=enter]")) button.addEventListener("click", async () => {
  const where = document.getElementById("wrong");
  where.hidden = true;
  try {
    const { ceremony, options } = await post("/api/v1/session/begin");
    const wanted = options.publicKey;
    wanted.challenge = bytes(wanted.challenge);
    for (const one of wanted.allowCredentials ?? []) one.id = bytes(one.id);
    const shown = await navigator.credentials.get({ publicKey: wanted });
    const { response } = shown;
    await post("/api/v1/session", { ceremony, credential: { id: shown.id, rawId: text(shown.rawId), type: shown.type, extensions: shown.getClientExtensionResults(), response: {
      authenticatorData: text(response.authenticatorData), clientDataJSON: text(response.clientDataJSON), signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null } } });
    location.assign(button.dataset.then);
  } catch (error) { fail(where, error); }
});

for (const form of document.querySelectorAll("form[data-passkey=new]")) form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const where = document.getElementById("wrong");
  where.hidden = true;
  try {
    const fields = Object.fromEntries(new FormData(form));
    const { ceremony, options } = await post(form.dataset.begin, fields.invitation ? { invitation: fields.invitation.trim() } : {});
    const wanted = options.publicKey;
    wanted.challenge = bytes(wanted.challenge);
    wanted.user.id = bytes(wanted.user.id);
    for (const one of wanted.excludeCredentials ?? []) one.id = bytes(one.id);
    const made = await navigator.credentials.create({ publicKey: wanted });
    const { response } = made;
    await post(form.dataset.end, { ceremony, name: fields.name, credential: { id: made.id, rawId: text(made.rawId), type: made.type, extensions: made.getClientExtensionResults(), response: {
      attestationObject: text(response.attestationObject), clientDataJSON: text(response.clientDataJSON), transports: response.getTransports?.() ?? [] } } });
    location.assign(form.dataset.then);
  } catch (error) { fail(where, error); }
  delete form.dataset.sent;
});

// An inclusion proof, checked in the page: the leaf and the path must come out at the root that the node signed.
for (const place of document.querySelectorAll("[data-proof]")) {
  const said = JSON.parse(place.dataset.proof);
  (async () => {
    const sum = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(await new Blob(parts).arrayBuffer())));
    const raw = (hash) => /^[0-9a-f]{64}$/.test(hash) ? Uint8Array.from(hash.match(/../g), (two) => parseInt(two, 16)) : bytes(hash);
    let index = BigInt(said.index), last = BigInt(said.size) - 1n, node = raw(said.leaf);
    for (const step of said.path) {
      if (last === 0n) { node = null; break; }
      if (index & 1n || index === last) {
        node = await sum(new Uint8Array([1]), raw(step), node);
        while (!(index & 1n) && index !== 0n) { index >>= 1n; last >>= 1n; }
      } else node = await sum(new Uint8Array([1]), node, raw(step));
      index >>= 1n;
      last >>= 1n;
    }
    const good = node !== null && last === 0n && text(node) === text(raw(said.root));
    place.classList.add(good ? "good" : "act");
    place.textContent = good ? place.dataset.good : place.dataset.bad;
  })();
}
