// Small comforts. Every page works without them.

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const text = label.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = text; }, 2000);
  });
}

// Times such as "2 minutes ago" go on counting; older ones stay as the server wrote them.
const steps = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "always" });
export function tick() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const step = seconds >= 5 && steps.find(([below]) => seconds < below);
    if (step) time.textContent = words.format(-Math.floor(seconds / step[1]), step[2]);
  }
}
setInterval(tick, 10000);

// A sent form is not sent twice by a second click.
addEventListener("submit", event => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "true";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Pieces of a page that follow what they show, while somebody looks. What is unfolded stays so, and nothing moves under the keyboard.
const pieces = Map.groupBy(document.querySelectorAll("[data-refresh]"), piece => piece.dataset.refresh);
for (const [address, those] of pieces) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const piece of those) {
      const fresh = (piece.id ? page.getElementById(piece.id) : page)?.querySelector("[data-fresh]");
      if (!fresh || fresh.dataset.fresh === piece.querySelector("[data-fresh]")?.dataset.fresh || piece.contains(document.activeElement)) continue;
      for (const open of piece.querySelectorAll("details[open][id]")) fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
      piece.replaceChildren(document.adoptNode(fresh));
      tick();
    }
  }, Number(those[0].dataset.every ?? 2) * 1000);
}
