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
const pieces = Map.groupBy(document.querySelectorAll("[data-refresh]:not([data-refresh=''])"), piece => piece.dataset.refresh);
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

// A choice that is meant at once.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Ctrl+K reaches the search; what fits is offered as one types.
const search = document.querySelector("[data-search]");
if (search) {
  const input = search.querySelector("input");
  const box = search.querySelector("[data-suggestions]");
  let wait, asked;

  const links = () => [...box.querySelectorAll("a")];
  const close = () => {
    box.hidden = true;
  };
  const suggest = async () => {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.suggestions}&q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return close();
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      box.replaceChildren(...parsed.body.children);
      box.hidden = false;
    } catch {
      // Replaced by a newer question, or the network is away: Enter still searches.
    }
  };
  addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(suggest, 200);
  });
  search.addEventListener("keydown", event => {
    if (event.key === "Escape") {
      close();
      input.focus();
    }
    if (box.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const stops = [input, ...links()];
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops.at(next % stops.length).focus();
  });
  search.addEventListener("focusout", event => { if (!search.contains(event.relatedTarget)) close(); });
}
