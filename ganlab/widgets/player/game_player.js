// The front end of GamePlayer: draws the latest frame that the kernel has sent, and asks it for steps.
// Written by hand for canvas 2-D; there is no build step.

const REAL = "#0072B2", FAKE = "#E69F00", QUIET = "#595959", PULL = "#A0307A";
const BUTTONS = [
  ["play", "Play", "p"],
  ["discriminator", "Step D", "d"],
  ["generator", "Step G", "g"],
  ["both", "Step both", "b"],
  ["branch", "Branch", "n"],
  ["reset", "Reset", "r"],
  ["erase", "Erase drawing", "e"],
];
const MARKS = { real: ["● ", REAL], fake: ["▲ ", "#B87700"], pull: ["→ ", PULL] };
const SIZE = 460, WIDTH = 430, HEIGHT = 520; // pixels of the plane, and of the strips beside it
const RACE = { size: 290, height: 300 }; // of each plane in a race, and of the strips below
// Of the games of a race: they differ in dash as well as in colour.
const LANES = [["#000", []], ["#D55E00", [6, 3]], ["#0072B2", [2, 2]], ["#00785A", [8, 3, 2, 3]]];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Bytes as the kernel laid them out (see frames.py)

function reader(view) {
  // A copy: typed arrays want their bytes to begin at a multiple of their size.
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  let at = 0;
  return (kind, count) => {
    const values = new kind(bytes, at, count);
    at += values.byteLength;
    return values;
  };
}

function readFrame(view, plan) {
  const take = reader(view);
  const [number, step, level] = take(Float32Array, 3);
  return {
    number, step, level,
    fake: take(Int16Array, 2 * plan.shown),
    pull: take(Int16Array, 2 * plan.arrows),
    manifold: take(Int16Array, 2 * plan.knots ** 2),
    field: take(Uint8Array, plan.side ** 2),
    optimal: take(Uint8Array, plan.side ** 2),
  };
}

function readStrips(view) {
  const take = reader(view);
  const [floor, count, last] = take(Float32Array, 3);
  const rows = take(Float32Array, 7 * count);
  const distances = take(Float32Array, view.byteLength / 4 - 3 - 7 * count);
  const column = (values, width, index) =>
    Array.from({ length: values.length / width }, (_, row) => [values[width * row], values[width * row + index]]);
  return {
    floor, last,
    losses: [column(rows, 7, 1), column(rows, 7, 2)],
    scores: [column(rows, 7, 3), column(rows, 7, 4)],
    gradients: [column(rows, 7, 5), column(rows, 7, 6)].map(logarithms),
    distances: [column(distances, 2, 1)],
  };
}

const logarithms = (line) => line.map(([step, value]) => [step, value > 0 ? Math.log10(value) : NaN]);

// A canvas as sharp as the screen, to be drawn on in its own pixels

function canvas(width, height, label) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const made = element("canvas", { width: width * ratio, height: height * ratio, role: "img", "aria-label": label });
  made.style.width = `min(${width}px, 100%)`;
  const context = made.getContext("2d");
  context.scale(ratio, ratio);
  return [made, context];
}

// The plane

// `before` is a frame of the game before a branch, whose fakes are hollow
function drawPlane(context, size, ground, frame, before, real, plan, layers) {
  const scale = size / (2 * plan.half_width);
  const x = (value) => (value / plan.unit + plan.half_width) * scale;
  const y = (value) => size - x(value);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  const field = layers.has("optimal") ? frame.optimal : layers.has("field") ? frame.field : null;
  if (field) {
    drawField(context, size, ground, field, plan.side);
    const level = layers.has("optimal") ? 127.5 : frame.level;
    if (level >= 0) drawLevel(context, size, field, plan.side, level);
  }
  if (layers.has("manifold")) drawManifold(context, frame.manifold, plan.knots, x, y);
  if (layers.has("real")) {
    context.fillStyle = REAL;
    for (let i = 0; i < real.length; i += 2) {
      context.beginPath();
      context.arc(x(real[i]), y(real[i + 1]), 2.4, 0, 7);
      context.fill();
    }
  }
  if (layers.has("fake")) {
    context.strokeStyle = "#000";
    if (before) {
      context.lineWidth = 1;
      drawTriangles(context, before.fake, x, y);
      context.stroke();
    }
    context.fillStyle = FAKE;
    context.lineWidth = 0.5;
    drawTriangles(context, frame.fake, x, y);
    context.fill();
    context.stroke();
  }
  if (layers.has("pull")) drawPull(context, frame, x, y);
  drawTicks(context, size, plan.half_width, scale);
}

function drawTriangles(context, points, x, y) {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [px, py] = [x(points[i]), y(points[i + 1])];
    context.moveTo(px, py - 4);
    context.lineTo(px + 3.6, py + 2.6);
    context.lineTo(px - 3.6, py + 2.6);
    context.closePath();
  }
}

function drawField(context, size, ground, field, side) {
  const image = new ImageData(side, side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const at = 4 * ((side - 1 - row) * side + column);
      image.data[at] = image.data[at + 1] = image.data[at + 2] = 105 + (140 * field[row * side + column]) / 255;
      image.data[at + 3] = 255;
    }
  ground.getContext("2d").putImageData(image, 0, 0);
  const half = size / (side - 1) / 2; // each value stands in the middle of its square
  context.drawImage(ground, -half, -half, size + 2 * half, size + 2 * half);
}

// The line where the field crosses a level, square by square of the grid
function drawLevel(context, size, field, side, level) {
  const cell = size / (side - 1);
  context.strokeStyle = "#000";
  context.lineWidth = 1.6;
  context.beginPath();
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const corners = [[0, 0], [0, 1], [1, 1], [1, 0]].map(([up, right]) => [
        column + right, row + up, field[(row + up) * side + column + right] - level,
      ]);
      const crossed = [];
      corners.forEach(([x0, y0, a], i) => {
        const [x1, y1, b] = corners[(i + 1) % 4];
        if (a < 0 === b < 0) return;
        const share = a / (a - b);
        crossed.push([(x0 + share * (x1 - x0)) * cell, size - (y0 + share * (y1 - y0)) * cell]);
      });
      for (let i = 0; i + 1 < crossed.length; i += 2) {
        context.moveTo(...crossed[i]);
        context.lineTo(...crossed[i + 1]);
      }
    }
  context.stroke();
}

function drawManifold(context, manifold, knots, x, y) {
  const at = (i, j) => [x(manifold[2 * (i * knots + j)]), y(manifold[2 * (i * knots + j) + 1])];
  context.lineWidth = 0.5;
  context.strokeStyle = "rgba(120, 70, 0, 0.8)";
  for (let i = 0; i + 1 < knots; i++)
    for (let j = 0; j + 1 < knots; j++) {
      const corners = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
      let area = 0; // the smaller it is, the denser the samples lie
      corners.forEach(([x0, y0], k) => {
        const [x1, y1] = corners[(k + 1) % 4];
        area += (x0 * y1 - x1 * y0) / 2;
      });
      context.fillStyle = `rgba(230, 159, 0, ${Math.min(0.85, 60 / (Math.abs(area) + 60))})`;
      context.beginPath();
      corners.forEach(([px, py], k) => (k ? context.lineTo(px, py) : context.moveTo(px, py)));
      context.closePath();
      context.fill();
      context.stroke();
    }
}

function drawPull(context, frame, x, y) {
  context.strokeStyle = context.fillStyle = PULL;
  context.lineWidth = 1.3;
  for (let i = 0; i < frame.pull.length; i += 2) {
    const [px, py] = [x(frame.fake[i]), y(frame.fake[i + 1])];
    let [dx, dy] = [0.4 * (x(frame.pull[i]) - x(0)), 0.4 * (y(frame.pull[i + 1]) - y(0))];
    const length = Math.hypot(dx, dy);
    if (length < 0.5) continue;
    if (length > 60) [dx, dy] = [(60 * dx) / length, (60 * dy) / length];
    const [tx, ty] = [px + dx, py + dy], head = Math.min(5, length), angle = Math.atan2(dy, dx);
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(tx, ty);
    context.stroke();
    context.beginPath();
    context.moveTo(tx, ty);
    context.lineTo(tx - head * Math.cos(angle - 0.5), ty - head * Math.sin(angle - 0.5));
    context.lineTo(tx - head * Math.cos(angle + 0.5), ty - head * Math.sin(angle + 0.5));
    context.fill();
  }
}

// The points drawn by hand, and the cross that the arrow keys move
function drawDrawing(context, scale, half, points, cross) {
  const place = ([x, y]) => [(x + half) * scale, (half - y) * scale];
  context.strokeStyle = "#000";
  context.lineWidth = 1.5;
  for (const point of points) {
    context.beginPath();
    context.arc(...place(point), 5, 0, 7);
    context.stroke();
  }
  if (!cross) return;
  const [x, y] = place(cross);
  context.fillRect(x - 10, y - 1, 20, 2);
  context.fillRect(x - 1, y - 10, 2, 20);
}

function drawTicks(context, size, half, scale) {
  context.fillStyle = "#000";
  context.font = "11px sans-serif";
  for (let value = -Math.floor(half); value <= half; value++) {
    const at = (value + half) * scale;
    context.fillRect(at, size - 5, 1, 5);
    context.fillRect(0, size - at, 5, 1);
    if (value % 2) continue;
    context.fillText(value, at + 3, size - 4);
    context.fillText(value, 7, size - at + 4);
  }
}

// The strips: each a panel with its own scale, of lines that differ in dash as well as in colour

const STRIPS = {
  losses: ["losses", [["D", "#000", [], 1.4], ["G", "#B87700", [5, 3], 1.6]]],
  scores: ["mean scores", [["real", REAL, [], 1.6], ["fake", "#B87700", [5, 3], 1.6]]],
  gradients: ["lengths of gradients", [["D", "#000", [], 1.4], ["G", "#B87700", [5, 3], 1.6]]],
  distances: ["distance to the real; below the dots lie 19 of 20 perfect ones", [["", "#000", [], 1.4]]],
};

// Each strip as [kind, title, lines]; a line is { label, colour, dash, width, values }
function panels(strips, names, overlaid) {
  const race = names.length > 1 && !overlaid;
  if (race)
    return [["gradients", "length of G's gradient", 1], ["distances", STRIPS.distances[0], 0]].map(
      ([kind, title, line]) => [kind, title, strips.map((strip, lane) => ({
        label: kind === "gradients" ? names[lane].split(",")[0] : "", colour: LANES[lane][0], dash: LANES[lane][1], width: 1.6,
        values: strip[kind][line],
      }))]);
  return Object.entries(STRIPS).map(([kind, [title, lines]]) => [kind, title, strips.flatMap((strip, lane) =>
    lines.map(([label, colour, dash, width], line) => lane
      ? { label: "", colour, dash: [1, 3], width: 1.2, values: strip[kind][line] } // before the branch
      : { label, colour, dash, width, values: strip[kind][line] }))]);
}

function drawStrips(context, width, height, strips, drawn, step) {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  const last = Math.max(1, ...strips.map((strip) => strip.last));
  drawn.forEach(([kind, title, lines], panel) => {
    const place = { left: 44, right: width - 6, last, step };
    place.top = (panel * height) / drawn.length + 22;
    place.bottom = ((panel + 1) * height) / drawn.length - 18;
    drawPanel(context, kind, title, lines, place, kind === "distances" ? strips[0].floor : null);
  });
}

function drawPanel(context, kind, title, lines, { left, right, top, bottom, last, step }, floor) {
  const x = (value) => left + ((right - left) * value) / last;
  const values = lines.flatMap((line) => line.values.map(([, value]) => value)).filter(Number.isFinite);
  values.sort((a, b) => a - b);
  // A few peaks would flatten all the rest.
  let low = values.length ? values[Math.floor(0.01 * values.length)] : 0;
  let high = values.length ? values[Math.ceil(0.99 * values.length) - 1] : 1;
  if (floor !== null) [low, high] = [0, Math.max(high, 2 * floor)];
  const room = 0.08 * (high - low) || 0.5;
  if (floor === null) low -= room;
  high += room;
  const y = (value) => bottom - ((bottom - top) * (Math.min(Math.max(value, low), high) - low)) / (high - low);
  context.font = "12px sans-serif";
  context.fillStyle = "#000";
  context.fillText(title, left, top - 8);
  let along = left + context.measureText(title).width + 16;
  for (const { label, colour, dash, width, values } of lines) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    if (label) {
      context.beginPath();
      context.moveTo(along, top - 12);
      context.lineTo(along + 22, top - 12);
      context.stroke();
      context.fillText(label, along + 26, top - 8);
      along += 40 + context.measureText(label).width;
    }
    context.beginPath();
    let pen = false;
    for (const [at, value] of values) {
      if (!Number.isFinite(value)) { pen = false; continue; }
      pen ? context.lineTo(x(at), y(value)) : context.moveTo(x(at), y(value));
      pen = true;
    }
    context.stroke();
  }
  context.strokeStyle = QUIET;
  context.lineWidth = 1;
  if (floor !== null) {
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(left, y(floor));
    context.lineTo(right, y(floor));
    context.stroke();
  }
  context.setLineDash([]);
  context.strokeRect(left, top, right - left, bottom - top);
  context.fillStyle = "#000";
  context.font = "11px sans-serif";
  context.textAlign = "right";
  const said = kind === "gradients" ? (value) => rounded(10 ** value) : rounded;
  context.fillText(said(high), left - 4, top + 8);
  context.fillText(said(low), left - 4, bottom);
  context.fillText(`step ${last}`, right, bottom + 13);
  context.textAlign = "left";
  context.fillText("0", left, bottom + 13);
  if (step < last) context.fillRect(x(step), top, 1.5, bottom - top);
}

function rounded(value) {
  return Math.abs(value) >= 1000 || (value && Math.abs(value) < 0.01) ? value.toExponential(0) : +value.toPrecision(2);
}

// The whole

function render({ model, el }) {
  const plan = model.get("plan");
  const root = element("div", { class: "ganlab-instrument ganlab-player", role: "group", "aria-label": "game player" });
  root.dataset.lmSuppressShortcuts = "true"; // JupyterLab's own keys would cut cells here
  const ask = (action) => {
    if (action === "play") model.send({ do: model.get("playing") ? "pause" : "start" });
    else if (action === "erase") draws([]);
    else if (action === "reset" || action === "branch") model.send({ do: action });
    else model.send({ do: "step", player: action });
  };

  const buttons = {}, toolbar = element("div", { class: "row", role: "toolbar", "aria-label": "play" });
  for (const [action, label, key] of BUTTONS) {
    buttons[action] = element("button", { type: "button", "aria-keyshortcuts": key, title: `key: ${key}` }, label);
    buttons[action].addEventListener("click", () => ask(action));
    toolbar.append(buttons[action]);
  }
  const counter = element("output", {}, "");
  const back = element("input", { type: "range", min: 0, step: 1 });
  back.addEventListener("input", () => {
    model.set("shown", +back.value);
    model.save_changes();
  });
  toolbar.append(element("label", { class: "back" }, "look back", back), counter);

  const settings = element("div", { class: "settings" }), controls = {};
  const menus = { preset: { label: "preset", options: [plan.own, ...Object.keys(plan.presets)] }, ...plan.menus };
  for (const [name, { label, options }] of Object.entries(menus)) {
    const menu = (controls[name] = element("select"));
    options.forEach((option, index) => menu.append(element("option", { value: index }, String(option))));
    menu.addEventListener("change", () => {
      model.set(name, options[menu.value]);
      model.save_changes();
    });
    settings.append(element("label", {}, label, menu));
  }
  // Who plays the same game beside this one: nobody, one other objective, or all of them
  const others = () => plan.objectives.filter((objective) => objective !== model.get("objective"));
  const rivals = element("select");
  rivals.addEventListener("change", () => {
    model.set("rivals", JSON.parse(rivals.value));
    model.save_changes();
  });
  settings.append(element("label", {}, "race against", rivals));
  const offerRivals = () => {
    const offered = [["nobody", []], ...others().map((rival) => [rival, [rival]]), ["all objectives", others()]];
    const chosen = JSON.stringify(model.get("rivals"));
    if (!offered.some(([, choice]) => JSON.stringify(choice) === chosen))
      offered.push([model.get("rivals").join(", "), model.get("rivals")]);
    rivals.replaceChildren(...offered.map(([label, choice]) =>
      element("option", { value: JSON.stringify(choice) }, label)));
    rivals.value = chosen;
  };
  const seed = (controls.seed = element("input", { type: "number", min: 0, step: 1 }));
  seed.addEventListener("change", () => {
    model.set("seed", Math.max(0, Math.floor(+seed.value) || 0));
    model.save_changes();
  });
  settings.append(element("label", {}, "seed", seed));

  const boxes = {}, layers = element("fieldset", { class: "row" }, element("legend", {}, "shown"));
  for (const [name, label] of Object.entries(plan.layers)) {
    const box = (boxes[name] = element("input", { type: "checkbox" }));
    box.addEventListener("change", () => {
      model.set("layers", Object.keys(boxes).filter((layer) => boxes[layer].checked));
      model.save_changes();
    });
    const [mark, colour] = MARKS[name] || ["", ""];
    layers.append(element("label", {}, box, element("span", { "aria-hidden": "true", style: `color: ${colour}` }, mark), label));
  }

  let size, width, height, planes, strip, staged; // a plane for each game, made anew when these change
  // Data drawn by hand: points that the pointer passes, or that the cross is on when Space is pressed
  const drawing = () => !plan.page && model.get("data") === plan.drawn;
  const cross = [0, 0];
  let stroke = [];
  const draws = (points) => {
    model.set("drawing", points);
    model.save_changes();
  };
  const letDraw = (made) => {
    const at = (event) => {
      const box = made.getBoundingClientRect(), half = plan.half_width;
      const inside = (share) => half * Math.min(1, Math.max(-1, 2 * share - 1));
      return [inside((event.clientX - box.left) / box.width), -inside((event.clientY - box.top) / box.height)];
    };
    made.addEventListener("pointerdown", (event) => {
      if (!drawing()) return;
      made.setPointerCapture(event.pointerId);
      stroke = [at(event)];
      redraw();
    });
    made.addEventListener("pointermove", (event) => {
      if (!stroke.length) return;
      const point = at(event), [x, y] = stroke.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) > 0.15) stroke.push(point);
      redraw();
    });
    for (const end of ["pointerup", "pointercancel"]) made.addEventListener(end, () => {
      if (stroke.length) draws([...model.get("drawing"), ...stroke]);
      stroke = [];
    });
    made.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!drawing() || !(way || event.key === " ")) return;
      event.preventDefault();
      if (way) cross.forEach((value, i) => (cross[i] = Math.min(3.4, Math.max(-3.4, value + 0.1 * way[i]))));
      else draws([...model.get("drawing"), [...cross]]);
      redraw();
    });
    for (const change of ["focus", "blur"]) made.addEventListener(change, () => redraw());
  };
  const stage = element("div", { class: "row" });
  const games = () => JSON.stringify([model.get("names"), model.get("overlaid")]);
  const setUp = () => {
    staged = games();
    const race = model.get("names").length > 1 && !model.get("overlaid");
    size = race ? RACE.size : SIZE;
    [width, height] = race ? [2 * RACE.size + 20, RACE.height] : [WIDTH, HEIGHT];
    planes = (race ? model.get("names") : [""]).map((name) => {
      const [made, context] = canvas(size, size, "");
      letDraw(made);
      return { name, made, context };
    });
    const [made, context] = canvas(width, height, "curves over the steps");
    strip = context;
    stage.replaceChildren(
      ...planes.map(({ name, made }) => race ? element("figure", {}, element("figcaption", {}, name), made) : made),
      made);
  };
  const ground = element("canvas", { width: plan.side, height: plan.side });
  const words = element("p", { "aria-live": "polite" }), flow = element("p", { class: "flow", "aria-live": "polite" });
  const keys = element("p", { class: "keys" },
    (plan.page ? "Keys: p play or pause, b next, r back to the start. "
      : "Keys: p play or pause, d step D, g step G, b step both, n branch from the step looked back at, r reset; e erases a drawing. ") + "The ground is light where the " +
    "discriminator takes a point for real; on the black line it is undecided. D* is p / (p + q), of the densities " +
    "of real and fake samples, counted and smoothed over 0.2; where there is neither, it is 1/2.");
  if (plan.page) { // no kernel is there to play on
    settings.hidden = !plan.menus.data; // of a recording, only the games themselves are known
    for (const control of settings.querySelectorAll("select, input")) control.disabled = true;
    for (const action of ["discriminator", "generator", "branch", "erase"]) buttons[action].hidden = true;
    buttons.both.textContent = "Next";
  }
  // What to expect of a preset, first as a question; the answer is there when it is asked for.
  const question = element("summary"), answer = element("p"), prompt = element("details", {}, question, answer);
  const foretell = () => {
    const preset = plan.presets[model.get("preset")];
    prompt.hidden = !preset;
    prompt.open = false;
    question.textContent = preset ? `Predict: ${preset.question} Then press here.` : "";
    answer.textContent = preset?.answer ?? "";
  };
  root.append(toolbar, settings, prompt, layers, stage, words, flow, keys);

  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
    const pressed = BUTTONS.find(([, , key]) => key === event.key.toLowerCase());
    if (pressed && !buttons[pressed[0]].hidden && !buttons[pressed[0]].disabled) ask(pressed[0]);
  });

  let waiting = 0, drawn = 0;
  const draw = () => {
    waiting = 0;
    const frames = model.get("frames").map((frame) => readFrame(frame, plan)), frame = frames[0];
    const names = model.get("names"), overlaid = model.get("overlaid");
    if (staged !== games()) setUp();
    const real = reader(model.get("real"))(Int16Array, model.get("real").byteLength / 2);
    const layers = new Set(model.get("layers"));
    planes.forEach(({ context }, lane) =>
      drawPlane(context, size, ground, frames[lane], overlaid ? frames[1] : null, real, plan, layers));
    if (drawing()) for (const { made, context } of planes)
      drawDrawing(context, size / (2 * plan.half_width), plan.half_width, [...model.get("drawing"), ...stroke],
        document.activeElement === made ? cross : null);
    const strips = model.get("strips").map(readStrips);
    drawStrips(strip, width, height, strips, panels(strips, names, overlaid), frame.step);
    counter.textContent = `step ${frame.step}`;
    root.dataset.step = frame.step;
    root.dataset.drawn = ++drawn;
    model.send({ do: "drawn", frame: frame.number }); // only then does the kernel send another one
  };
  const redraw = () => (waiting ||= requestAnimationFrame(draw));
  const tell = () => {
    words.textContent = model.get("sentence");
    words.classList.toggle("stopped", model.get("sentence").startsWith("Stopped"));
    for (const { name, made } of planes) made.setAttribute("aria-label", `${name} ${model.get("sentence")}`);
    const moves = Object.keys(plan.flow), move = model.get("flow");
    flow.hidden = !move || model.get("speed") !== plan.menus.speed?.options.at(-1);
    if (move) flow.textContent = `${moves.indexOf(move) + 1} of ${moves.length}: ${plan.flow[move]}`;
  };
  const update = () => {
    buttons.play.textContent = model.get("playing") ? "Pause" : "Play";
    buttons.branch.disabled = model.get("shown") < 0 || (model.get("names").length > 1 && !model.get("overlaid"));
    offerRivals();
    buttons.erase.hidden = !drawing();
    for (const { made } of planes) made.tabIndex = drawing() ? 0 : -1;
    for (const [name, { options }] of Object.entries(menus)) controls[name].value = options.indexOf(model.get(name));
    if (!plan.page)
      for (const name of plan.own_game.brings) {
        const brought = model.get("objective") === plan.own_game.name;
        controls[name].disabled = brought;
        controls[name].title = brought ? "Your game brings its own." : "";
      }
    seed.value = model.get("seed");
    const last = model.get("kept").length - 1, shown = model.get("shown");
    back.max = Math.max(last, 0);
    back.value = shown < 0 ? last : shown;
    back.setAttribute("aria-valuetext", `step ${model.get("kept")[+back.value]}`);
    for (const [name, box] of Object.entries(boxes)) box.checked = model.get("layers").includes(name);
  };
  const listeners = [
    ["change:frames", redraw], ["change:drawing", redraw], ["change:flow", tell], ["change:layers", redraw], ["change:sentence", tell], ["change", update],
    ["change:preset", foretell],
  ];
  listeners.forEach(([event, listener]) => model.on(event, listener));
  el.append(root);
  setUp();
  update();
  foretell();
  tell();
  redraw();
  return () => {
    listeners.forEach(([event, listener]) => model.off(event, listener));
    cancelAnimationFrame(waiting);
  };
}

// A page without a kernel: what was kept stands in for the model

function renderPage(state, el) {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const listeners = [];
  let timer = 0;
  const values = { ...state, plan: { ...state.plan, page: true }, real: bytes(state.real), strips: state.strips.map(bytes) };
  const show = (index) => {
    Object.assign(values, {
      shown: index,
      frames: state.frames[index].map(bytes),
      sentence: `${values.playing ? "Playing" : "Recorded"}. ${state.sentences[index]}`,
    });
    for (const event of ["change:frames", "change:sentence", "change"])
      listeners.filter(([wanted]) => wanted === event).forEach(([, listener]) => listener());
  };
  const stand = () => {
    clearInterval(timer);
    values.playing = false;
  };
  const next = () => {
    if (values.shown + 1 >= state.frames.length) stand();
    show(Math.min(values.shown + 1, state.frames.length - 1));
  };
  const answers = {
    start: () => {
      values.playing = true;
      timer = setInterval(next, 100);
    },
    pause: () => (stand(), show(values.shown)),
    step: () => (stand(), next()),
    reset: () => (stand(), show(0)),
  };
  const model = {
    get: (name) => values[name],
    set: (name, value) => (values[name] = value),
    save_changes: () => {
      stand();
      show(values.shown);
    },
    send: (message) => answers[message.do]?.(),
    on: (event, listener) => listeners.push([event, listener]),
    off: () => {},
  };
  show(0);
  render({ model, el });
}

export default { render };
