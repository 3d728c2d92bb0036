// The keyboard: palette, single keys, lists, comboboxes. Single keys rest in fields, while an input method composes, and by choice.
"use strict";
(() => {
  const { one, all, on, open } = gj;
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typing = (element) => element.isContentEditable || (element.matches?.("input,textarea,select") && !/^(radio|checkbox|button|submit)$/.test(element.type));
  const off = () => localStorage.gjKeys === "off";
  const visible = (element) => element.getClientRects().length > 0;

  const use = (element) => {
    if (element.matches("input:not([type=radio]):not([type=checkbox]),textarea,select")) { element.focus(); element.select?.(); }
    else if (element.dataset.href) location.href = element.dataset.href;
    else element.click();
  };
  const hot = (key) => all(`[data-hotkey="${CSS.escape(key)}"]`).find((element) => visible(element) || element.dataset.href);

  // J and K walk the list with the real focus, so Enter opens as everywhere.
  const items = () => all("[data-list] [data-item]").filter(visible);
  const walk = (step) => {
    const list = items();
    const at = list.findIndex((item) => item.contains(document.activeElement));
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))];
    (next?.matches("a") ? next : next && one("a[href],button", next))?.focus();
  };
  const mark = () => {
    const box = items().find((item) => item.contains(document.activeElement))?.querySelector("input.pick");
    box?.click();
  };
  const digit = (number) => {
    const form = document.activeElement.closest?.("form") ?? all("form:has([data-keys])").find(visible);
    const box = form && one("[data-keys]", form);
    const choice = box && all("input", box)[number - 1];
    if (!choice) return false;
    choice.click();
    choice.focus();
    return true;
  };
  const pane = (number) => {
    const box = one(`[data-pane="${number}"]`);
    if (!box) return false;
    (all("a[href],button,input:not([type=hidden]),select,textarea", box).find(visible) ?? box).focus();
    return true;
  };

  let going = 0;
  const single = (event) => {
    const key = event.key.toLowerCase();
    if (going && Date.now() - going < 1500) {
      going = 0;
      const link = all(`[data-go="${CSS.escape(key)}"]`)[0];
      if (link) { location.href = link.href; return true; }
    }
    if (key === "g") { going = Date.now(); return true; }
    if (key === "j" || key === "k") { walk(key === "j" ? 1 : -1); return true; }
    if (key === "x") { mark(); return true; }
    if (event.key === "?") { open("cheatsheet"); return true; }
    if (/^[1-9]$/.test(key)) return digit(Number(key));
    const target = hot(key) ?? (key === "/" ? one("[data-search]") : null);
    if (target) { use(target); return true; }
    return false;
  };
  on("keydown", (event) => {
    if (composing(event)) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      const dialog = one("#palette");
      if (dialog?.open) dialog.close(); else if (dialog) { open("palette"); one("input", dialog).select(); filter(one("[data-palette]")); }
      return;
    }
    if (event.altKey && /^Digit[1-4]$/.test(event.code)) { if (pane(event.code.at(-1))) event.preventDefault(); return; }
    if (command || event.altKey || off() || typing(event.target) || one("dialog[open]")) return;
    if (single(event)) event.preventDefault();
  });

  // Comboboxes: the palette and the pickers. Options are <li role="option"> with data-href or data-value.
  const options = (box) => all("[role=option]", box).filter((option) => !option.hidden);
  const current = (box) => one("[role=option][aria-selected=true]", box);
  const choose = (box, option) => {
    for (const other of all("[role=option][aria-selected=true]", box)) other.setAttribute("aria-selected", "false");
    const input = one("[role=combobox]", box);
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.id ||= "o" + Math.random().toString(36).slice(2, 9);
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const take = (box, option) => {
    if (option.dataset.href) { location.href = option.dataset.href; return; }
    one("[role=combobox]", box).value = option.dataset.label;
    const value = one("[data-combo-value]", box);
    value.value = option.dataset.value;
    value.dispatchEvent(new Event("change", { bubbles: true }));
    close(box);
  };
  const close = (box) => {
    if ("palette" in box.dataset) return;
    one(".opts", box).replaceChildren();
    one("[role=combobox]", box).setAttribute("aria-expanded", "false");
    choose(box, null);
  };
  const filter = (box) => {
    const wanted = one("[role=combobox]", box).value.trim().toLowerCase();
    for (const option of all("[role=option]", box)) {
      if (!option.closest("#gj-found")) option.hidden = Boolean(wanted) && !option.dataset.label.toLowerCase().includes(wanted);
    }
    choose(box, options(box)[0]);
  };
  on("input", (event) => {
    const box = event.target.closest?.("[data-combo]");
    if (!box) return;
    if ("palette" in box.dataset) filter(box);
    else { const value = one("[data-combo-value]", box); if (value) value.value = ""; }
  });
  on("keydown", (event) => {
    const box = event.target.closest?.("[data-combo]");
    if (!box || composing(event)) return;
    const list = options(box);
    const at = list.indexOf(current(box));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(box, list[(at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length]);
    } else if (event.key === "Enter" && list.length) {
      event.preventDefault();
      take(box, list[at] ?? list[0]);
    } else if (event.key === "Escape" && !("palette" in box.dataset)) close(box);
  });
  on("click", (event) => {
    const option = event.target.closest?.("[role=option]");
    if (option) take(option.closest("[data-combo]"), option);
    for (const box of all("[data-combo]:not([data-palette])")) if (!box.contains(event.target)) close(box);
  });
  on("htmx:after:swap", (event) => {
    const box = event.detail.ctx.sourceElement?.closest?.("[data-combo]");
    if (!box) return;
    one("[role=combobox]", box).setAttribute("aria-expanded", String(options(box).length > 0 || "palette" in box.dataset));
    choose(box, options(box)[0]);
  });

  on("change", (event) => {
    if (event.target.matches("[data-keys-switch]")) localStorage.gjKeys = event.target.checked ? "on" : "off";
    if (event.target.matches("[data-sound-switch]")) localStorage.gjSound = event.target.checked ? "on" : "off";
  });
  on("DOMContentLoaded", () => {
    for (const box of all("[data-keys-switch]")) box.checked = !off();
    for (const box of all("[data-sound-switch]")) box.checked = localStorage.gjSound === "on";
  });
})();
