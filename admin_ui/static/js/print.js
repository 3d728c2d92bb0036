// The print button of papers.
"use strict";
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
