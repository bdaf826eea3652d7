// Sends a file of devices and shows how far it is. The server answers a line of JSON for each few rows.
const form = document.querySelector("[data-import]");
const shown = document.querySelector("[data-import-progress]");
const text = form.dataset;
const bar = shown.querySelector("progress");
const status = shown.querySelector("[role=status]");
const failures = shown.querySelector("[data-import-failures]");
const download = shown.querySelector("[data-import-download]");
const fill = (words, ...values) => values.reduce((all, value, i) => all.replace(`{${i}}`, value), words);
const quote = cell => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
const safe = cell => quote(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

// The file stays chosen: only what the server found out about it is put into the page.
const replace = html => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const id of ["import-problems", "import-result"]) {
    document.getElementById(id).replaceChildren(...document.adoptNode(page.getElementById(id)).childNodes);
  }
};

const show = (done, rows) => {
  const failed = rows.filter(row => row.error);
  for (const row of done.filter(row => row.error)) {
    const line = failures.tBodies[0].insertRow();
    const name = line.appendChild(document.createElement("th"));
    name.scope = "row";
    name.textContent = row.name;
    for (const cell of [row.line, row.type, row.error]) line.insertCell().textContent = cell;
    line.cells[1].className = "num";
  }
  failures.hidden = failed.length === 0;
};

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

const run = async address => {
  const rows = [];
  let total = 0;
  failures.tBodies[0].replaceChildren();
  failures.hidden = download.hidden = true;
  try {
    const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/x-ndjson" } });
    if (!answer.headers.get("Content-Type")?.startsWith("application/x-ndjson")) return replace(await answer.text());
    document.getElementById("import-problems").replaceChildren();
    document.getElementById("import-result").replaceChildren();
    shown.hidden = false;
    for await (const portion of lines(answer.body)) {
      total = portion.total;
      rows.push(...portion.rows);
      bar.max = total;
      bar.value = rows.length;
      status.textContent = fill(text.textProgress, rows.length, total);
      show(portion.rows, rows);
    }
  } catch {
    // What came before counts; the sentence below says that it was not all.
  }
  shown.hidden = false;
  const failed = rows.filter(row => row.error).length;
  status.textContent = rows.length > 0 && rows.length === total ? fill(text.textDone, rows.length - failed, total, failed) : text.textInterrupted;
  if (rows.length === 0) return;
  const table = rows.map(row => [row.line, row.name, row.type, row.id ?? "", row.error ? text.textFailed : text.textSaved, row.error ?? ""]);
  URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(new Blob(["\ufeff" + [text.header, ...table.map(cells => cells.map(cell => safe(String(cell))).join(","))].join("\r\n")], { type: "text/csv" }));
  download.hidden = false;
};

form.addEventListener("submit", async event => {
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "true";
  form.setAttribute("aria-busy", "true");
  const button = event.submitter;
  try {
    if (button?.hasAttribute("data-run")) await run(button.formAction);
    else replace(await (await fetch(button?.formAction ?? form.action, { method: "POST", body: new FormData(form) })).text());
  } finally {
    delete form.dataset.busy;
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
