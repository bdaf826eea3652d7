// The decoder studio: what a script makes of a message, as it is typed. Without it the form still saves.
const studio = document.querySelector("[data-studio]");
if (studio) {
  const text = studio.dataset;
  const area = studio.closest("form").querySelector("textarea.code");
  const input = studio.querySelector("[data-studio-input]");
  const device = studio.querySelector("[data-studio-device]");
  const sample = studio.querySelector("[data-studio-sample]");
  const output = studio.querySelector("[data-studio-output]");
  const state = studio.querySelector("[data-studio-state]");
  const token = studio.closest("form").querySelector("input[name=__RequestVerificationToken]").value;
  let wait, asked, metadata = "{}", samples = [];

  const show = (kind, words, body) => {
    studio.dataset.state = kind;
    if (state.textContent !== words) state.textContent = words;
    output.textContent = body;
  };

  const run = async () => {
    asked?.abort();
    const mine = asked = new AbortController();
    try {
      const answer = await fetch("/payload-decoders/studio/test", {
        method: "POST",
        headers: { "Content-Type": "application/json", RequestVerificationToken: token },
        body: JSON.stringify({ code: area.value, payload: input.value, metadata }),
        signal: mine.signal,
      });
      if (!answer.ok || answer.redirected) return show("away", text.textAway, "");
      const result = await answer.json();
      if (result.error === null) show("ok", text.textOk, result.output);
      else show("failed", text.textFailed, result.error);
    } catch (problem) {
      if (problem.name !== "AbortError") show("away", text.textAway, "");
    }
  };
  const soon = () => {
    clearTimeout(wait);
    wait = setTimeout(run, 500);
  };

  const choose = () => {
    if (!samples[sample.value]) return;
    input.value = samples[sample.value].payload;
    soon();
  };
  const load = async () => {
    const answer = await fetch(`/payload-decoders/studio/samples/${device.value}`).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    ({ metadata, samples } = await answer.json());
    sample.replaceChildren(...samples.map((s, i) => new Option(s.receivedAt, i)));
    sample.disabled = samples.length === 0;
    choose();
  };

  studio.hidden = false;
  input.addEventListener("input", soon);
  area.addEventListener("input", soon);
  sample.addEventListener("change", choose);
  device?.addEventListener("change", load);
  import("/lib/editor/editor.js").then(({ edit }) => {
    const label = area.labels[0];
    const editor = edit(area, label.textContent, soon);
    editor.host.className = "editor";
    label.addEventListener("click", event => {
      event.preventDefault();
      editor.focus();
    });
    studio.closest("form").dataset.editor = "ready";
  });
  if (device?.value) load();
  run();
}
