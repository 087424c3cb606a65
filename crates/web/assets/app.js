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
  if (!/(^|; )own_zone=/.test(document.cookie) && !document.cookie.split("; ").includes(`zone=${zone}`)) {
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
          // What is unfolded stays so: whoever reads it is not interrupted.
          const folds = now ? old.querySelectorAll("details") : [];
          now?.querySelectorAll("details").forEach((fold, at) => {
            const before = folds[at], same = before?.firstElementChild?.textContent === fold.firstElementChild?.textContent;
            if (same) fold.open = before.open;
          });
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
  for (const name of ["case", "act", "obligation", "inventory", "inbox", "register", "alert", "reset"]) line.addEventListener(name, read);
  line.onopen = () => { offline.hidden = true; };
  line.onerror = () => { offline.hidden = false; };
  setInterval(() => { if (!document.hidden) read(); }, 60000);
}

// Countdowns go on by themselves, also in regions that were read again; a drill's clock stands still between its steps.
if (page.dataset.clock === "real") {
  const skew = Date.parse(page.dataset.now) - Date.now(), two = (number) => String(number).padStart(2, "0");
  setInterval(() => {
    for (const clock of document.querySelectorAll("[data-until]")) {
      const seconds = Math.abs(Date.parse(clock.dataset.until) - Date.now() - skew) / 1000 | 0, days = seconds / 86400 | 0;
      clock.textContent = `${days ? days + "d " : ""}${two(seconds / 3600 % 24 | 0)}:${two(seconds / 60 % 60 | 0)}:${two(seconds % 60)}`;
    }
  }, 1000);
}

// A form that is about chosen rows says how many they are, and waits until one is.
for (const form of document.querySelectorAll("form[data-chosen]")) {
  const button = form.querySelector("button[data-say]"), plain = button.textContent, all = form.querySelector("[data-all]");
  const boxes = [...form.elements].filter((box) => box.type === "checkbox" && box !== all);
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    button.disabled = chosen === 0;
    button.textContent = chosen ? button.dataset.say.replace("{n}", chosen) : plain;
    all.checked = chosen === boxes.length;
  };
  all.parentElement.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; count(); });
  for (const box of boxes) box.addEventListener("change", count);
  count();
}

// One page is printed by a button where there is a script.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
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
  if (!answer.ok) throw Object.assign(new Error(said.detail || answer.statusText), { kind: said.reason ?? "" });
  return said;
};
const fail = (where, error) => {
  const known = { NotAllowedError: "notAllowed", InvalidStateError: "hasOne", NotSupportedError: "noPasskeys", SecurityError: "noPasskeys", "not-signed-in": "notIn", "step-up": "stepUp", "too-often": "tooOften", "passkeys-full": "passkeysFull" };
  where.hidden = false;
  where.textContent = word(known[error.kind] ?? known[error.name] ?? "unsaid");
  if (error.kind === "step-up") {
    const link = Object.assign(document.createElement("a"), { href: `/sign-in?then=${encodeURIComponent(location.pathname)}`, textContent: word("signIn") });
    where.append(" ", link);
  }
  where.focus();
};

// At an identity provider: the node says where the browser goes.
for (const form of document.querySelectorAll("form[data-provider]")) form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const where = document.getElementById("wrong");
  where.hidden = true;
  try {
    const { url } = await post(`/api/v1/oidc/${encodeURIComponent(form.dataset.provider)}/begin`, {
      fresh: form.dataset.fresh === "1", then: form.dataset.then, invitation: document.getElementById(form.dataset.invited ?? "")?.value.trim() || undefined });
    location.assign(url);
  } catch (error) { fail(where, error); }
  delete form.dataset.sent;
});

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
    // What was typed before waits in the form around the button, and goes now.
    if (button.form) button.form.requestSubmit(); else location.assign(button.dataset.then);
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

// An inclusion proof (C2SP tlog-proof), checked in the page: the leaf and the path must come out at the root that the node signed.
for (const place of document.querySelectorAll("[data-proof]")) {
  const sum = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  const same = (one, two) => one.length === two.length && one.every((byte, at) => byte === two[at]);
  const leaf = (hash) => /^[0-9a-f]{64}$/i.test(hash) ? Uint8Array.from(hash.match(/../g), (two) => parseInt(two, 16)) : bytes(hash);
  const included = async (lines, note) => {
    let index = BigInt(lines.find((line) => line.startsWith("index ")).slice(6)), last = BigInt(note[1]) - 1n;
    if (index !== BigInt(place.dataset.entry) || index > last) return false;
    let node = leaf(place.dataset.leaf);
    for (const step of lines.slice(1).filter((line) => !/^(index|extra) /.test(line))) {
      if (last === 0n) return false;
      if (index & 1n || index === last) {
        node = await sum(new Uint8Array([1]), bytes(step), node);
        while (!(index & 1n) && index !== 0n) { index >>= 1n; last >>= 1n; }
      } else node = await sum(new Uint8Array([1]), node, bytes(step));
      index >>= 1n;
      last >>= 1n;
    }
    return last === 0n && same(node, bytes(note[2]));
  };
  // The signature of the note (C2SP signed-note): nothing where this browser knows no Ed25519.
  const signed = async (note, lines) => {
    const keys = place.dataset.key.split(/\s+/).map((key) => ({ name: key.slice(0, key.indexOf("+")), raw: bytes(key.slice(key.indexOf("+", key.indexOf("+") + 1) + 1)) }));
    const { name, raw } = keys.find((key) => key.raw[0] === 1 && key.raw.length === 33) ?? {};
    if (!raw) return null;
    const ours = lines.filter((line) => line.startsWith(`\u2014 ${name} `)).map((line) => bytes(line.split(" ")[2]));
    if (!ours.length) return false;
    let public_;
    try { public_ = await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]); } catch { return null; }
    for (const one of ours) if (await crypto.subtle.verify("Ed25519", public_, one.slice(4), new TextEncoder().encode(note))) return true;
    return false;
  };
  (async () => {
    let good = false, sealed = null;
    try {
      const [head, note, ...rest] = place.dataset.proof.split("\n\n");
      good = await included(head.split("\n"), note.split("\n"));
      sealed = await signed(note + "\n", rest.join("\n").split("\n"));
    } catch { good = false; }
    if (sealed === false) good = false;
    const here = place.parentElement.querySelector("[data-proof-here]");
    here.className = `tag ${sealed ? "good" : sealed === false ? "act" : "warn"}`;
    here.textContent = sealed ? here.dataset.good : sealed === false ? here.dataset.bad : here.dataset.none;
    place.classList.add(!good ? "act" : sealed ? "good" : "warn");
    place.textContent = good ? `${place.dataset.good} ${sealed ? place.dataset.signed : place.dataset.unsigned}` : place.dataset.bad;
  })();
}
