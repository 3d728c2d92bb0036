// What every page needs: words, clock, toasts, banner, dialogs, menus, lists, live regions. Hooks are data-* attributes.
"use strict";
const gj = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler, options) => document.addEventListener(type, handler, options);
  const words = () => one("#gj-texts")?.content;

  const t = (key, holes = {}) => {
    const text = words()?.querySelector(`[data-t=${key}]`)?.textContent ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => holes[name] ?? "");
  };
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const button = (label, act, kind = "btn btn--small") => {
    const element = make("button", { type: "button", class: kind }, label);
    element.addEventListener("click", act);
    return element;
  };
  const clockTime = (at = Date.now()) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  // The server's clock: from the page; a Date header, up to two seconds old, corrects it where it contradicts.
  let ahead = 0;
  const serverNow = () => Date.now() + ahead;
  const synchronise = (text, vague = 0) => {
    const at = Date.parse(text ?? "");
    if (!at || !navigator.onLine) return;
    const least = at - Date.now();
    if (ahead < least || ahead > least + vague) ahead = least + vague / 2;
  };
  synchronise(one("meta[name=server-time]")?.content);

  // SLA pills: one timer for all. It only counts; breach is decided by the server.
  const two = (number) => String(number).padStart(2, "0");
  const ticking = (milliseconds, compact) => {
    const seconds = Math.abs(Math.floor(milliseconds / 1000));
    const hours = Math.floor(seconds / 3600);
    if (hours >= 100) return t("days", { n: Math.floor(hours / 24) });
    const minutes = two(Math.floor(seconds / 60) % 60);
    if (!hours) return `${minutes}:${two(seconds % 60)}`;
    return compact ? `${hours}:${minutes}` : `${hours}:${minutes}:${two(seconds % 60)}`;
  };
  const tick = () => {
    if (document.hidden) return;
    for (const element of all("[data-due]")) {
      const left = Date.parse(element.dataset.due) - Math.max(serverNow(), Date.parse(element.dataset.since) || 0);
      const over = element.dataset.state === "over";
      const shown = ticking(over ? left : Math.max(0, left), "compact" in element.dataset);
      const text = t(over ? "over" : "left", { left: shown });
      if (element.textContent !== text) element.textContent = text;
    }
  };
  setInterval(tick, 1000);
  on("visibilitychange", tick);

  // Toasts say what was done; errors are never toasts.
  const dismiss = (toast, seconds) => {
    let timer = setTimeout(() => toast.remove(), seconds * 1000);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), 3000); });
  };
  const undo = (url, toast) => {
    toast.remove();
    htmx.ajax("POST", url, { target: "#toasts", swap: "none" });
  };
  const toast = ({ text, value, undo: url }) => {
    const element = make("div", { class: "toast", "data-toast": "" }, make("span", {}, text ?? value ?? ""));
    if (url) element.append(button(t("undo"), () => undo(url, element), ""));
    one("#toasts")?.append(element);
    dismiss(element, url ? 10 : 5);
  };
  for (const element of all("[data-toast]")) dismiss(element, 10);
  on("gj:toast", (event) => toast(event.detail));
  on("gj:focus", (event) => document.getElementById(event.detail.id)?.focus());
  try { toast(JSON.parse(sessionStorage.gjToast)["gj:toast"]); } catch { /* nothing was done on the page before */ }
  sessionStorage.removeItem("gjToast");

  let saidAt = 0;
  const say = (text) => {
    if (Date.now() - saidAt < 10000 || !one("#say")) return;
    saidAt = Date.now();
    one("#say").textContent = text;
  };

  // The banner tells of trouble and offers the way out; what was typed stays.
  const banner = (text, ...actions) => {
    const box = one("#banner");
    if (!box) return;
    box.replaceChildren(make("div", {}, text), make("span", { class: "row sp" }, ...actions, button(t("close"), hideBanner, "btn btn--small btn--ghost")));
    box.hidden = false;
  };
  const hideBanner = () => { const box = one("#banner"); if (box) box.hidden = true; };

  // Dialogs: native, so the focus is trapped and comes back to the opener.
  const open = (id) => {
    const dialog = document.getElementById(id);
    if (dialog?.showModal && !dialog.open) dialog.showModal();
    return dialog;
  };
  const follow = (row, event) => {
    if (event.target.closest("a,button,input,select,textarea,label,summary") || getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
    else location.href = row.dataset.href;
  };
  on("click", (event) => {
    const hit = (selector) => event.target.closest?.(selector);
    const opener = hit("[data-dialog]");
    if (opener) { event.preventDefault(); open(opener.dataset.dialog); }
    if (hit("[data-close]") || event.target.matches?.("dialog[open]")) event.target.closest("dialog")?.close();
    const undoing = hit("[data-undo]");
    if (undoing) undo(undoing.dataset.undo, undoing.closest("[data-toast]"));
    for (const menu of all("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    if (hit("[data-pick-none]")) pick(false);
    const row = hit("[data-href]:not([role=option])");
    if (row) follow(row, event);
  });
  on("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("[data-menu][open]");
    if (menu) { menu.open = false; one("summary", menu).focus(); }
  });

  // Lists: picked rows bring the batch bar.
  const picked = () => all("input.pick[name=ids]:checked");
  const pick = (value) => { for (const box of all("input.pick")) box.checked = value; showBatch(); };
  const showBatch = () => {
    for (const bar of all("[data-batch]")) {
      const count = picked().length;
      bar.hidden = !count;
      const label = one("[data-batch-count]", bar);
      label.textContent = label.dataset.text.replace("{n}", count);
    }
  };
  on("change", (event) => {
    if (event.target.matches("[data-pick-all]")) pick(event.target.checked);
    else if (event.target.matches("input.pick")) showBatch();
  });

  const settle = (root = document) => {
    for (const list of all("[data-steps]", root)) {
      const now = one(".is-now", list);
      if (now) list.scrollLeft = now.offsetLeft - list.clientWidth / 2 + now.clientWidth / 2;
    }
    tick();
    lateTitle();
  };

  // Live regions: refreshed when their topic is announced, never under the pointer or the focus.
  const plainTitle = () => document.title.replace(/^\(\d+\) [^·]*· /, "");
  const lateTitle = () => {
    const count = Number(one("[data-late]")?.dataset.late ?? 0);
    document.title = (count ? t("late_title", { n: count }) + " · " : "") + plainTitle();
  };
  const busy = (region) => region.matches(":hover") || region.contains(document.activeElement) || one("input.pick:checked", region) || region.getBoundingClientRect().top < -200;
  const refresh = (region) => {
    region.waiting = 0;
    one(":scope>.pill", region)?.remove();
    htmx.ajax("GET", region.dataset.src, { target: region, swap: "outerMorph", source: region });
  };
  const announce = (region) => {
    if (!busy(region)) return refresh(region);
    region.waiting = (region.waiting ?? 0) + 1;
    const text = t("new_items", { n: region.waiting });
    const pill = one(":scope>.pill", region) ?? button("", () => refresh(region), "btn btn--primary btn--small pill");
    pill.textContent = text;
    region.prepend(pill);
    say(text);
  };
  const regions = (topic = "*") => all("[data-live]").filter((region) => topic === "*" || region.dataset.live.split(" ").includes(topic));
  on("gj:changed", (event) => {
    const { topic, id } = JSON.parse(event.detail.data);
    document.dispatchEvent(new CustomEvent("gj:on:" + topic, { detail: { id } }));
    for (const region of regions(topic)) if (!region.dataset.only || region.dataset.only === id) announce(region);
    if (topic === "breaches" && localStorage.gjSound === "on") beep();
  });
  const beep = () => {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.15);
  };

  // The stream: after a gap of more than 30 s fetch again; where it cannot be had, poll every 30 s.
  let lostAt = 0, polling = 0;
  const refreshIdle = () => { for (const region of regions()) if (!busy(region)) refresh(region); };
  const retry = () => {
    if (document.hidden) return;
    refreshIdle();
    const stream = one("[data-stream]");
    if (stream && !stream._htmx?.sse) htmx.process(stream, true);
  };
  on("htmx:sse:after:connection", () => {
    clearInterval(polling);
    polling = 0;
    if (lostAt && Date.now() - lostAt > 30000) refreshIdle();
    lostAt = 0;
  });
  const lost = () => {
    lostAt ||= Date.now();
    polling ||= setInterval(retry, 30000);
  };
  on("htmx:response:error", (event) => { if (event.target.matches?.("[data-stream]")) lost(); });
  on("htmx:sse:error", lost);
  on("htmx:sse:close", lost);

  // Leaving wipes kept pages; drafts and unsent records stay with their person.
  on("submit", async (event) => {
    if (!event.target.matches("[data-logout]") || !window.caches) return;
    event.preventDefault();
    try { for (const name of await caches.keys()) await caches.delete(name); } finally { event.target.submit(); }
  });

  on("htmx:after:request", (event) => synchronise(event.detail.ctx.response?.headers.get("Date"), 2000));
  on("htmx:after:swap", (event) => settle(event.detail.ctx.target?.isConnected ? event.detail.ctx.target : document));
  on("DOMContentLoaded", () => settle());
  return { one, all, on, t, make, button, clockTime, serverNow, toast, banner, hideBanner, open };
})();
