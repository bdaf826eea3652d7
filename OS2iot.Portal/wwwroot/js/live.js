// A device's messages as they arrive. The server sends each as the card that the page itself shows.
const MOST = 50;
const box = document.querySelector("[data-live]");
if (box?.dataset.live) {
  const text = box.dataset;
  const list = box.querySelector("[data-live-list]");
  const empty = box.querySelector("[data-live-empty]");
  const state = box.querySelector("[data-live-state]");
  const toggle = box.querySelector("[data-live-toggle]");
  const announce = box.querySelector("[data-live-announce]");
  let source, retry, fresh = 0, paused = false;

  const show = (name, words) => {
    state.dataset.liveState = name;
    state.querySelector("[data-live-text]").textContent = words;
  };

  // One polite sentence for a burst, not one for each message.
  const say = () => {
    announce.textContent = fresh === 1 ? text.textOne : text.textMany.replace("{0}", fresh);
    fresh = 0;
  };

  const put = html => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const card = document.adoptNode(parsed.querySelector("[data-message]"));
    const old = document.getElementById(card.id);
    if (old) {
      const open = [...old.querySelectorAll("details")].map(d => d.open);
      card.querySelectorAll("details").forEach((d, i) => { d.open = open[i] ?? false; });
      if (!old.contains(document.activeElement)) old.replaceWith(card);
      else old.addEventListener("focusout", () => old.replaceWith(card), { once: true });
      return;
    }
    const received = Number(card.dataset.received);
    const after = [...list.children].find(c => Number(c.dataset.received) <= received);
    list.insertBefore(card, after ?? null);
    while (list.children.length > MOST) list.lastElementChild.remove();
    empty.hidden = true;
    if (!after || after === list.children[1]) updateLast(card);
    card.classList.add("arrived");
    if (fresh++ === 0) setTimeout(say, 1000);
  };

  const updateLast = card => {
    const last = document.querySelector("#last-active");
    const time = card.querySelector("time[data-relative]");
    if (last && time) last.replaceChildren(time.cloneNode(true));
    const exact = document.querySelector("#last-exact");
    if (exact) exact.textContent = card.querySelector("h3 time").textContent;
  };

  const connect = () => {
    clearTimeout(retry);
    source = new EventSource(text.live);
    source.addEventListener("open", () => show("live", text.textLive));
    source.addEventListener("message", event => put(event.data));
    source.addEventListener("error", () => {
      show("reconnecting", text.textReconnecting);
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 5000);
    });
  };

  const stop = () => {
    clearTimeout(retry);
    source?.close();
  };

  toggle.addEventListener("click", () => {
    paused = !paused;
    toggle.textContent = paused ? text.textResume : text.textPause;
    if (paused) {
      stop();
      show("paused", text.textPaused);
    } else {
      show("connecting", text.textConnecting);
      connect();
    }
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", event => { if (event.persisted && !paused) connect(); });

  state.hidden = toggle.hidden = false;
  box.querySelector("[data-live-fallback]").hidden = true;
  connect();
}
