// Phone pages: the service worker, and the outbox that keeps forms until there is a network again.
"use strict";
(() => {
  const { one, all, on, t, make, button, toast, banner, token, signedOut, forget, renew } = gj;
  if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js", { scope: "/m/" }).catch(() => {});

  // One object store: {id: idempotency key, scope: whose, url, label, at, entries: [[name, text or File]], multipart, refused}
  const store = (mode, act) => new Promise((done, failed) => {
    const opening = indexedDB.open("guanjia", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "id" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("outbox", mode);
      const request = act(transaction.objectStore("outbox"));
      transaction.oncomplete = () => { opening.result.close(); done(request.result); };
      transaction.onerror = () => failed(transaction.error);
    };
  });
  const { scope } = document.body.dataset;
  const waiting = async () => (await store("readonly", (box) => box.getAll())).filter((entry) => entry.scope === scope);
  const put = (entry) => store("readwrite", (box) => box.put(entry));
  const drop = (id) => store("readwrite", (box) => box.delete(id));

  // A page out of the cache carries the key it was made with: each view of it gets keys of its own, or the second
  // form sent from it would count as the first one sent again.
  const freshKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const freshKeys = () => { for (const field of all("input[name=_idempotency_key]")) field.value = freshKey(); };
  on("DOMContentLoaded", freshKeys);
  addEventListener("pageshow", (event) => { if (event.persisted) freshKeys(); });

  const keep = async (form) => {
    const data = [...new FormData(form, form.contains(form.sentBy) ? form.sentBy : null)].filter(([, value]) => typeof value === "string" || value.size);
    const id = data.find(([name]) => name === "_idempotency_key")?.[1] ?? freshKey();
    const multipart = form.enctype === "multipart/form-data";
    await put({ id, scope, url: form.getAttribute("hx-post") ?? form.action, label: form.dataset.outbox, at: Date.now(), entries: data, multipart });
    forget(form);
    form.reset();
    form.elements._idempotency_key.value = freshKey();
    form.closest("dialog")?.close();
    toast({ text: t("kept") });
    show();
  };
  on("submit", (event) => { event.target.sentBy = event.submitter; }, true);
  const outboxForm = (ctx) => ctx?.sourceElement?.matches?.("form[data-outbox]") && ctx.sourceElement;
  on("htmx:before:request", (event) => {
    const form = outboxForm(event.detail.ctx);
    if (form && !navigator.onLine) { event.preventDefault(); keep(form); }
  });
  on("htmx:error", ({ detail: { ctx } }) => {
    const form = outboxForm(ctx);
    if (form && !ctx.response) keep(form);
  });

  const body = ({ entries, multipart }) => {
    const data = multipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of entries) data.append(name, name === "_csrf_token" ? token() : value);
    return data;
  };
  const reason = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector(".errsum,[data-problem]")?.textContent.trim().replace(/\s+/g, " ") || String(answer.status);
  };
  // Answers true when the next one may be tried: stops without a network or a session. A page out of the cache may
  // hold the token of an earlier session: then a fresh one is fetched, once.
  const send = async (entry, renewed = false) => {
    let answer;
    try {
      const headers = { "X-CSRF-Token": token(), "Idempotency-Key": entry.id, "HX-Request": "true", Accept: "text/html" };
      answer = await fetch(entry.url, { method: "POST", headers, body: body(entry), redirect: "manual" });
    } catch { return false; }
    if (answer.ok || answer.type === "opaqueredirect") await drop(entry.id);
    else if (answer.status === 401) { signedOut(null); return false; }
    else if (answer.status === 403 && !renewed && (await renew().catch(() => false))) return send(entry, true);
    else if (answer.status >= 500 || answer.status === 429) return false;
    else await put({ ...entry, refused: await reason(answer) });
    return true;
  };
  let sending = false;
  const flush = async (again = false) => {
    if (sending || !navigator.onLine) return;
    sending = true;
    const due = (await waiting()).filter((entry) => again || !entry.refused).sort((a, b) => a.at - b.at);
    for (const entry of due) if (!(await send(entry))) break;
    sending = false;
    const left = new Set((await waiting()).map((entry) => entry.id));
    const sent = due.filter((entry) => !left.has(entry.id)).length;
    if (sent) toast({ text: t("sent", { n: sent }) });
    show();
  };

  const line = (entry) => {
    const at = new Date(entry.at).toLocaleString(undefined, { timeZone: "Asia/Shanghai" });
    const said = entry.refused ? t("refused", { reason: entry.refused }) : t("queued");
    const words = make("div", { class: "grow" }, make("b", {}, entry.label), make("p", { class: entry.refused ? "c-danger md" : "muted md" }, `${at} · ${said}`));
    const item = make("li", { class: "row pad line-b" }, words);
    item.append(button(t("delete"), async () => { await drop(entry.id); show(); }, "btn btn--small btn--danger"));
    return item;
  };
  const show = async () => {
    const entries = await waiting();
    const note = one("[data-outbox-note]");
    if (note) { note.hidden = !entries.length; note.textContent = t("waiting", { n: entries.length }); }
    for (const list of all("[data-outbox-list]")) {
      list.replaceChildren(...(entries.length ? entries.map(line) : [make("li", { class: "empty" }, t("empty_outbox"))]));
    }
  };
  on("click", (event) => { if (event.target.closest?.("[data-outbox-send]")) flush(true); });
  addEventListener("online", () => flush());
  addEventListener("offline", () => banner(t("no_network")));
  on("DOMContentLoaded", () => { show().catch(() => {}); flush().catch(() => {}); });

  // Rows of material, and what they come to with the labour.
  const total = () => {
    const sums = all("[data-sum]").map((field) => Number(field.value.replace(/,/g, "")) || 0);
    const line = one("[data-total-line]");
    if (!line) return;
    const fen = Math.round(sums.reduce((all, one) => all + one, 0) * 100);
    line.hidden = !fen;
    one("[data-total]", line).textContent = (fen / 100).toLocaleString("en", { minimumFractionDigits: 2 });
  };
  on("input", (event) => { if (event.target.matches("[data-sum]")) total(); });
  on("click", (event) => {
    const more = event.target.closest?.("[data-more-rows]");
    if (!more) return;
    const last = all("[data-row]", more.closest("[data-rows]")).at(-1);
    const row = last.cloneNode(true);
    for (const field of all("input", row)) {
      field.name = field.id = field.name.replace(/\d+/, (number) => Number(number) + 1);
      field.value = "";
    }
    last.after(row);
    one("input", row).focus();
  });
  on("DOMContentLoaded", total);
  on("htmx:after:swap", total);

  // What the next basement may need is fetched while there is a network.
  addEventListener("load", () => {
    if (!window.caches || !navigator.onLine) return;
    const wanted = new Set(["/m/outbox", ...all("a[data-keep]").map((link) => link.pathname)]);
    caches.open("gj-1").then((cache) => { for (const path of wanted) cache.add(path).catch(() => {}); }).catch(() => {});
  });
})();
