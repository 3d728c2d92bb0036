// Forms never lose what was typed: drafts, one submission at a time, the error summary, sessions that ended, small photos.
"use strict";
(() => {
  const { one, all, on, t, make, button, banner, hideBanner, clockTime } = gj;
  const HIDDEN = /^_|^version$/;

  // Drafts, in the browser, per tenant, user, form and record.
  const key = (form) => `draft:${document.body.dataset.scope ?? ""}:${form.dataset.draft}`;
  const entries = (form) => [...new FormData(form)].filter(([name, value]) => !HIDDEN.test(name) && typeof value === "string" && form.elements[name]?.type !== "password" && !form.elements[name]?.closest?.("[data-signature],[data-no-draft]"));
  const typed = (form) => entries(form).filter(([, value]) => value.trim());
  const mark = (form, text) => { const place = one("[data-draft-mark]", form.closest(".card") ?? form); if (place) place.textContent = text; };
  const save = (form) => {
    if (!form.dataset.draft) return;
    localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), entries: entries(form) }));
    mark(form, t("draft_saved", { time: clockTime() }));
  };
  const forget = (form) => { clearTimeout(form.saving); form.saving = 0; localStorage.removeItem(key(form)); mark(form, ""); };
  const saved = (form) => {
    try { return JSON.parse(localStorage.getItem(key(form))); } catch { return null; }
  };
  const fill = (form, values) => {
    for (const field of form.elements) {
      if (!field.name || HIDDEN.test(field.name) || field.type === "file") continue;
      const wanted = values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (/^(radio|checkbox)$/.test(field.type)) field.checked = wanted.includes(field.value);
      else if (wanted.length) field.value = wanted[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // The server draws a form whose fields follow from its choices.
  const take = (form, values, note) => {
    if (!("redraw" in form.dataset)) { fill(form, values); note.remove(); return; }
    form.changing = true;
    htmx.ajax("POST", form.action, { source: form, target: form, swap: "outerMorph", values: { ...Object.fromEntries(values), redraw: "1" } });
  };
  const offer = (form) => {
    const draft = !form.offered && saved(form);
    form.offered = true;
    if (!draft || JSON.stringify(draft.entries) === JSON.stringify(entries(form))) return;
    const note = make("div", { class: "note note--neutral", "data-offer": "", role: "status" }, make("div", {}, t("draft_ask", { time: clockTime(draft.at) })));
    note.append(
      button(t("draft_take"), () => take(form, draft.entries, note)),
      button(t("draft_drop"), () => { forget(form); note.remove(); }, "btn btn--small btn--ghost"),
    );
    form.prepend(note);
  };
  on("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draft) return;
    clearTimeout(form.saving);
    form.saving = setTimeout(() => save(form), 400);
  });
  addEventListener("pagehide", () => { for (const form of all("form[data-draft]")) if (form.saving && typed(form).length) save(form); });

  // Ctrl+Enter sends; a form under way is not sent again.
  on("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("form");
    if (form) { event.preventDefault(); form.requestSubmit(one("[type=submit],button:not([type])", form)); }
  });
  // A button with formnovalidate only changes the form: the draft stays.
  on("submit", (event) => { event.target.changing = event.submitter?.formNoValidate; }, true);
  const setBusy = (form, value) => {
    form.toggleAttribute("data-busy", value);
    if (value) form.setAttribute("aria-busy", "true"); else form.removeAttribute("aria-busy");
  };
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if ("busy" in form.dataset) { event.preventDefault(); event.stopImmediatePropagation(); }
    else if (form.method === "post" && !form.hasAttribute("hx-post")) setBusy(form, true);
  });
  addEventListener("pageshow", () => { for (const form of all("form[data-busy]")) setBusy(form, false); });
  const postForm = (ctx) => { const element = ctx.sourceElement; return element?.matches?.("form") && ctx.request.method !== "GET" ? element : null; };
  on("htmx:before:request", ({ detail: { ctx } }) => { const form = postForm(ctx); if (form) setBusy(form, true); });
  on("htmx:finally:request", ({ detail: { ctx } }) => { const form = postForm(ctx); if (form) setBusy(form, false); });

  const token = () => one("meta[name=csrf-token]")?.content ?? "";
  on("htmx:config:request", ({ detail: { ctx } }) => {
    if (ctx.request.method === "GET") return;
    if (token()) ctx.request.headers["X-CSRF-Token"] = token();
    if (!ctx.request.body?.has?.("_idempotency_key")) ctx.request.headers["Idempotency-Key"] = crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
  });

  // A new sign-in brings a new token: read it from a fresh copy of this page, then send again.
  const renew = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("meta[name=csrf-token]")?.content;
    if (!answer.ok || !fresh) return false;
    one("meta[name=csrf-token]").content = fresh;
    for (const field of all("input[name=_csrf_token]")) field.value = fresh;
    return true;
  };
  const again = (form) => button(t("send_again"), async () => {
    if (!(await renew().catch(() => false))) return;
    hideBanner();
    form?.requestSubmit();
  });
  const signedOut = (form) => {
    if (form) save(form);
    const link = make("a", { class: "btn btn--small", target: "_blank", rel: "noopener", href: "/login?next=" + encodeURIComponent(location.pathname + location.search) }, t("sign_in"));
    banner(t("signed_out"), link, ...(form ? [again(form)] : []));
  };

  on("gj:signed-out", () => signedOut(null));

  // Answers that are not the form again: keep the page, say what happened.
  const trouble = (ctx, form) => {
    const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
    const problem = page.querySelector("[data-problem]");
    const said = problem && [...problem.querySelectorAll("h1,p:not([aria-hidden])")].map((line) => line.textContent.trim()).filter(Boolean).join(" ");
    const retry = form && (ctx.response.status >= 500 || ctx.response.status === 429);
    banner(said || t("failed"), ...(retry ? [button(t("retry"), () => { hideBanner(); form.requestSubmit(); })] : []));
  };
  on("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const status = ctx.response?.status ?? 200;
    const form = postForm(ctx);
    if (status < 400) {
      // Sent once more after the answer was lost: it was done then, only the page is missing.
      const replayed = form && ctx.target === form && ctx.response.headers.get("Idempotent-Replayed") && !ctx.hx?.redirect;
      if (replayed) { event.preventDefault(); forget(form); if (ctx.hx?.trigger) sessionStorage.gjToast = ctx.hx.trigger; location.reload(); }
      else if (form && ctx.target === form) form.reset();
      return;
    }
    const formAgain = !/^\s*<!doctype|data-problem/i.test(ctx.text ?? "");
    if (formAgain && (status === 422 || status === 409)) return;
    event.preventDefault();
    if (status === 401) signedOut(form);
    else if (!ctx.sourceElement?.matches("[data-stream],[data-live]")) trouble(ctx, form);
  });
  on("htmx:after:request", ({ detail: { ctx } }) => {
    const form = postForm(ctx);
    if (!form || ctx.response.status >= 400) return;
    hideBanner();
    if (ctx.hx?.redirect && ctx.hx.trigger) sessionStorage.gjToast = ctx.hx.trigger;
    if (form.changing) return;
    if (form.dataset.draft) forget(form);
    form.closest("dialog")?.close();
  });
  on("htmx:error", ({ detail: { ctx } }) => {
    if (!ctx || ctx.response) return;
    const form = postForm(ctx);
    if (!form || form.dataset.outbox) return;
    save(form);
    banner(t("no_network"), button(t("retry"), () => { hideBanner(); form.requestSubmit(); }));
  });

  // The error summary takes the focus; its links lead into the fields.
  const focusErrors = () => {
    const summary = one(".errsum");
    const prefix = t("error_title");
    const plain = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
    document.title = summary ? prefix + plain : plain;
    summary?.focus();
  };
  on("click", (event) => {
    const link = event.target.closest?.(".errsum a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (field) { event.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
  });
  on("input", (event) => {
    const must = event.target.dataset?.must;
    if (must) one("[type=submit]", event.target.form).disabled = event.target.value.trim() !== must;
  });
  const prepare = (root) => {
    for (const form of all("form[data-draft]", root)) offer(form);
    for (const field of all("[data-must]", root)) one("[type=submit]", field.form).disabled = true;
  };
  on("htmx:after:swap", (event) => {
    if (event.detail.ctx.request?.method !== "GET") focusErrors();
    prepare(document);
  });

  // Photos: at most 1600 px and 400 KB, drawn anew, so that no position leaves the phone.
  const LONGEST = 1600, MOST = 400 * 1024;
  const small = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = make("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    let blob, quality = 0.86;
    do {
      blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      quality -= 0.12;
    } while (blob.size > MOST && quality > 0.3);
    return { file: new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), canvas };
  };
  const setFiles = (input, files) => {
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    input.files = list.files;
    input.kept = files;
  };
  const preview = (input, file, canvas) => {
    const frame = make("div", { class: "photo" }, canvas);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", file.name);
    const off = button("×", () => { setFiles(input, input.kept.filter((one) => one !== file)); frame.remove(); }, "btn btn--small btn--icon photo__off");
    off.setAttribute("aria-label", t("photo_off"));
    frame.append(off);
    input.closest("[data-previews]")?.insertBefore(frame, input.closest(".photo--add"));
  };
  on("change", async (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-photo]")) return;
    const kept = input.multiple ? [...(input.kept ?? [])] : [];
    if (!input.multiple) for (const frame of all(".photo:not(.photo--add)", input.closest("[data-previews]"))) frame.remove();
    for (const original of [...input.files]) {
      try {
        const { file, canvas } = await small(original);
        kept.push(file);
        preview(input, file, canvas);
      } catch {
        banner(t("photo_bad"));
      }
    }
    setFiles(input, kept);
  });

  on("reset", (event) => { for (const input of all("[data-photo]", event.target)) input.kept = []; });

  on("DOMContentLoaded", () => { focusErrors(); prepare(document); });
  Object.assign(gj, { token, signedOut, forget, renew });
})();
