"use strict";
// All data are in the page; nothing is ever fetched.
(async () => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [];

  const layout = (more) => ({
    paper_bgcolor: css("--paper"), plot_bgcolor: css("--paper"), font: { color: css("--ink") },
    margin: { l: 64, r: 12, t: 12, b: 48 }, showlegend: true, legend: { orientation: "h", y: 1.12 },
    ...more,
  });
  const axis = (title, more) => ({ title: { text: title }, gridcolor: css("--line"), zerolinecolor: css("--line"), exponentformat: "power", ...more });
  const settings = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["toImage", "sendDataToCloud"] };
  const named = (name, unit) => (unit ? `${name} (${unit})` : name);
  const scale = (colours) => colours.map((colour, k) => [k / (colours.length - 1), colour]);
  const short = (value) => (Math.abs(value) >= 1e4 || (value && Math.abs(value) < 1e-3) ? value.toExponential(2) : String(+value.toPrecision(3)));

  async function plotly() {
    const packed = $("plotly");
    if (!packed || !window.DecompressionStream) return null;
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const address = URL.createObjectURL(new Blob([await new Response(stream).text()], { type: "text/javascript" }));
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address; script.onload = done; script.onerror = failed;
      document.head.append(script);
    });
    URL.revokeObjectURL(address);
    return window.Plotly;
  }

  function choices(select, names, changed) {
    names.forEach((name, k) => select.add(new Option(name, k)));
    select.addEventListener("change", changed);
  }

  // Draws, and draws again when the colours of the system change.
  function keep(draw) { drawn.push(draw); draw(); }

  function history(part, Plotly) {
    const quantity = $("quantity"), log = $("logarithmic");
    const draw = () => {
      const shown = part.shown[quantity.value];
      const traces = shown.columns.map((k) => ({ type: "scatter", mode: part.points ? "lines+markers" : "lines", x: part.x, y: part.columns[k].y, name: part.columns[k].name, line: { width: 2 } }));
      Plotly.react($("history-chart"), traces, layout({ xaxis: axis(part.axis, part.logarithmic ? { type: "log" } : {}), yaxis: axis(named(shown.label, shown.unit), { type: log.checked ? "log" : "linear", fixedrange: false }), colorway: data.colours }), settings);
    };
    const changed = () => { log.checked = part.shown[quantity.value].logarithmic; draw(); };
    choices(quantity, part.shown.map((entry) => entry.label), changed);
    log.checked = part.shown[0].logarithmic;
    log.addEventListener("change", draw);
    // What is hidden has no width to draw in.
    $("history-drawn").hidden = true;
    $("history-zoom").hidden = false;
    keep(draw);
  }

  function fields(part, Plotly) {
    const field = $("field"), time = $("time"), place = $("fields-chart");
    if (part.kind !== "pictures" && !Plotly) return;
    const bar = (entry) => {
      $("bar").hidden = entry.low === undefined;
      $("bar-low").textContent = short(entry.low ?? 0);
      $("bar-high").textContent = `${short(entry.high ?? 0)} ${entry.unit}`;
      $("bar-colours").style.background = `linear-gradient(to right, ${entry.colours.join(",")})`;
    };
    const ways = {
      pictures(entry, k) {
        const frame = $("frame");
        frame.src = entry.frames[k];
        frame.alt = `${entry.name} at ${part.times[k]}`;
        bar(entry);
      },
      lines(entry, k) {
        const colour = data.colours[0];
        Plotly.react(place, [{ type: "scatter", mode: "lines", ...entry.lines[k], name: entry.name, line: { color: colour } }], layout({ xaxis: axis("x (\u00b5m)"), yaxis: axis(named(entry.name, entry.unit)), showlegend: false }), settings);
      },
      scene(entry, k) {
        const light = { ambient: 0.55, diffuse: 0.6, specular: 0.15 };
        const still = part.still.map((part) => ({ type: "mesh3d", ...part, color: "#8fa7bf", opacity: 0.25, hoverinfo: "skip" }));
        const front = { type: "mesh3d", ...part.surfaces[k], intensity: entry.values[k], cmin: entry.low, cmax: entry.high, colorscale: scale(entry.colours), lighting: light, showscale: false, name: entry.name };
        const ranges = [0, 1, 2].map((k) => part.bounds.slice(2 * k, 2 * k + 2));
        const axes = (k, name) => axis(`${name} (\u00b5m)`, { range: ranges[k], backgroundcolor: css("--paper") });
        const sizes = ranges.map(([low, high]) => high - low), largest = Math.max(...sizes);
        const [sx, sy, sz] = sizes.map((size) => size / largest);
        const scene = { aspectmode: "manual", aspectratio: { x: sx, y: sy, z: sz }, xaxis: axes(0, "x"), yaxis: axes(1, "y"), zaxis: axes(2, "z"), camera: { eye: { x: 1.5, y: -2.1, z: 1.2 } } };
        Plotly.react(place, [...still, front], layout({ scene, uirevision: "kept", showlegend: false, margin: { l: 0, r: 0, t: 0, b: 0 } }), settings);
        bar(entry);
      },
    };
    const draw = () => {
      const k = Number(time.value);
      ways[part.kind](part.fields[field.value], k);
      $("time-shown").textContent = part.times[k];
    };
    choices(field, part.fields.map((entry) => entry.name), draw);
    time.max = part.times.length - 1;
    time.value = time.max;
    time.addEventListener("input", draw);
    $("fields").hidden = false;
    $("frame").hidden = part.kind !== "pictures";
    place.hidden = part.kind === "pictures";
    place.className = part.kind === "scene" ? "scene" : "chart";
    keep(draw);
  }

  function map(part, Plotly) {
    const [result, x, y] = ["map-result", "map-x", "map-y"].map($);
    const decode = (packed) => Array.from(new Float32Array(Uint8Array.from(atob(packed.bdata), (c) => c.charCodeAt(0)).buffer));
    part.axes.forEach((entry) => { entry.values = decode(entry.values); });
    part.results.forEach((entry) => { entry.values = decode(entry.values); });
    const draw = () => {
      const shown = part.results[result.value], across = part.axes[x.value];
      const up = y && part.axes[y.value];
      const kind = (entry) => (entry.logarithmic ? { type: "log" } : {});
      const traces = [];
      const label = named(shown.name, shown.unit);
      if (up && up !== across) {
        const plain = part.grid && part.axes.length === 2;
        if (plain) {
          const [rows, columns] = part.grid;
          const z = Array.from({ length: rows }, (_, k) => shown.values.slice(k * columns, (k + 1) * columns));
          const first = part.axes[0].values.filter((_, k) => k % columns === 0), last = part.axes[1].values.slice(0, columns);
          const turned = across === part.axes[0];
          traces.push({ type: "contour", x: turned ? first : last, y: turned ? last : first, z, transpose: turned, colorscale: scale(part.colours), contours: { showlabels: true }, colorbar: { title: { text: label, side: "right" } } });
        }
        traces.push({ type: "scatter", mode: "markers", x: across.values, y: up.values, text: shown.values.map((v) => `${shown.name}: ${short(v)} ${shown.unit}`), marker: plain ? { color: "rgba(0,0,0,0)", size: 7, line: { color: "#fff", width: 1 } } : { color: shown.values, colorscale: scale(part.colours), size: 9, showscale: true, colorbar: { title: { text: label, side: "right" } } } });
      } else {
        const order = across.values.map((_, k) => k).sort((a, b) => across.values[a] - across.values[b]);
        traces.push({ type: "scatter", mode: part.axes.length > 1 ? "markers" : "lines+markers", x: order.map((k) => across.values[k]), y: order.map((k) => shown.values[k]), marker: { color: data.colours[0], size: 8 } });
      }
      const title = up && up !== across ? named(up.name, up.unit) : label;
      Plotly.react($("map-chart"), traces, layout({ showlegend: false, xaxis: axis(named(across.name, across.unit), kind(across)), yaxis: axis(title, up && up !== across ? kind(up) : {}) }), settings);
    };
    choices(result, part.results.map((entry) => entry.name), draw);
    choices(x, part.axes.map((entry) => entry.name), draw);
    if (y) { choices(y, part.axes.map((entry) => entry.name), draw); y.value = 1; }
    $("map").hidden = false;
    $("map-drawn").hidden = true;
    keep(draw);
  }

  const Plotly = await plotly();
  if (data.fields) fields(data.fields, Plotly);
  if (data.history && Plotly) history(data.history, Plotly);
  if (data.map && Plotly) map(data.map, Plotly);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((draw) => draw()));
  document.documentElement.dataset.ready = "yes";
})();
