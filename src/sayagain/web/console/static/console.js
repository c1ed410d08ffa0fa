// Live updates and filters that apply at once; every page works without this script.
"use strict";
(() => {
  const REFRESH_MS = 30000;

  const current = document.querySelector(".menu [aria-current]");
  if (current) current.scrollIntoView({ block: "nearest", inline: "center" });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters");
    if (form && event.target.matches("select")) form.requestSubmit();
  });

  const isBusy = () => {
    const focused = document.activeElement;
    return document.hidden
      || (focused && focused.matches("input, select, textarea, summary, button"))
      || document.querySelector("main details[open], main [data-changed]") !== null;
  };
  document.addEventListener("input", (event) => event.target.setAttribute("data-changed", ""));

  const refresh = async () => {
    const main = document.querySelector("main[data-live]");
    if (!main || isBusy()) return;
    const address = new URL(location.href);
    address.searchParams.delete("notice");
    address.searchParams.delete("undo");
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (fresh && !isBusy() && fresh.innerHTML !== main.innerHTML) main.innerHTML = fresh.innerHTML;
  };
  setInterval(() => refresh().catch(() => {}), REFRESH_MS);
})();
