// The print button of papers; a print that was just counted begins by itself.
"use strict";
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());
