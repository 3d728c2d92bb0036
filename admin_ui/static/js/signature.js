// Signing with a finger: the strokes go into the hidden field as JSON; the server draws them. Needs vendor/signature_pad.min.js.
"use strict";
(() => {
  const { one, all, on } = gj;
  const strokes = (pad, canvas, ratio) => JSON.stringify({
    w: Math.round(canvas.width / ratio),
    h: Math.round(canvas.height / ratio),
    strokes: pad.toData().map(({ points }) => points.map(({ x, y, time }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10, time - points[0].time])),
  });
  const again = (pad, value) => {
    try {
      const { strokes: lines } = JSON.parse(value);
      pad.fromData(lines.map((points) => ({ points: points.map(([x, y, time]) => ({ x, y, time, pressure: 0.5 })), minWidth: 1, maxWidth: 2.6, dotSize: 2, penColor: "#141b19" })));
    } catch { pad.clear(); }
  };
  const start = (box) => {
    const canvas = one("canvas", box), field = one("input[type=hidden]", box);
    if (canvas.pad) return canvas.fit();
    if (!canvas.clientWidth) return;
    const ratio = Math.max(devicePixelRatio || 1, 1);
    const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 2.6, penColor: "#141b19" });
    const fit = () => {
      canvas.width = canvas.clientWidth * ratio;
      canvas.height = canvas.clientHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      if (field.value) again(pad, field.value); else pad.clear();
    };
    canvas.pad = pad;
    canvas.fit = fit;
    fit();
    new ResizeObserver(fit).observe(canvas);
    pad.addEventListener("endStroke", () => { field.value = strokes(pad, canvas, ratio); field.dispatchEvent(new Event("input", { bubbles: true })); });
    one("[data-sign-again]", box)?.addEventListener("click", () => { pad.clear(); field.value = ""; });
  };
  const startAll = () => all("[data-signature]").forEach(start);
  on("DOMContentLoaded", startAll);
  on("htmx:after:swap", startAll);
  on("toggle", startAll, true);
})();
