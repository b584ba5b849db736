#include "adapters/report/html_assets.hpp"

namespace hts::report {

std::string_view html_script() {
  return R"js(
'use strict';
(function () {
const data = JSON.parse(document.getElementById('data').textContent);
const byId = id => document.getElementById(id);
const canvas = byId('chart'), tip = byId('tip'), symbolBox = byId('symbol');
const context = canvas.getContext('2d');
const buckets = data.time.length, left = 84, right = 14;
const panels = [{name: 'price', top: 24, height: 330}, {name: 'equity', top: 392, height: 190},
                {name: 'drawdown, %', top: 620, height: 110}];
const total = 760;
const ink = '#222831', faint = '#78808c', grid = '#e2e6ec';
const blue = '#1f61c1', green = '#128a52', red = '#cc333f';
let view = [0, Math.max(buckets, 1)], symbol = 0, width = 0, pointer = null, drag = null;

const pad = n => String(n).padStart(2, '0');
function moment(seconds) {
  const d = new Date(seconds * 1000);
  return d.getUTCFullYear() + '-' + pad(d.getUTCMonth() + 1) + '-' + pad(d.getUTCDate()) + ' ' +
         pad(d.getUTCHours()) + ':' + pad(d.getUTCMinutes());
}
function number(value, digits) {
  return value === null || !isFinite(value) ? '-'
      : value.toLocaleString('en-US', {maximumSignificantDigits: digits || 8});
}
const x = bucket => left + (bucket - view[0]) / (view[1] - view[0]) * (width - left - right);
const bucketAt = px => view[0] + (px - left) / (width - left - right) * (view[1] - view[0]);
const y = (panel, value) =>
    panel.top + panel.height - (value - panel.low) / (panel.high - panel.low) * panel.height;

function fit(panel, low, high) {
  if (!(low <= high)) { low = 0; high = 1; }
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
  panel.low = low - margin;
  panel.high = high + margin;
}
function steps(low, high, count) {
  const rough = (high - low) / count, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= rough) || power;
  const list = [];
  for (let i = Math.ceil(low / step); i * step <= high; ++i) list.push(i * step);
  return list;
}
function frame(panel, title) {
  context.font = '12px system-ui,sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of steps(panel.low, panel.high, 5)) {
    const at = Math.round(y(panel, value)) + 0.5;
    context.strokeStyle = grid;
    context.beginPath();
    context.moveTo(left, at);
    context.lineTo(width - right, at);
    context.stroke();
    context.fillStyle = faint;
    context.fillText(number(value, 8), left - 8, at);
  }
  context.textAlign = 'left';
  context.fillStyle = ink;
  context.fillText(title, left, panel.top - 12);
}
function clip(panel, paint) {
  context.save();
  context.beginPath();
  context.rect(left, panel.top, width - left - right, panel.height);
  context.clip();
  paint();
  context.restore();
}
function visible() {
  return [Math.max(0, Math.floor(view[0])), Math.min(buckets, Math.ceil(view[1]))];
}

/* Candles of several buckets as one, so that what is drawn follows the width of the window. */
function candles() {
  const s = data.symbols[symbol], [from, to] = visible(), list = [];
  if (!s) return list;
  const most = Math.min(5000, Math.max(60, (width - left - right) / 3));
  const stride = Math.max(1, Math.ceil((to - from) / most));
  for (let i = from - from % stride; i < to; i += stride) {
    let candle = null;
    for (let j = i; j < Math.min(i + stride, buckets); ++j) {
      if (s.open[j] === null) continue;
      if (!candle) candle = {at: i, span: stride, open: s.open[j], high: s.high[j], low: s.low[j]};
      candle.high = Math.max(candle.high, s.high[j]);
      candle.low = Math.min(candle.low, s.low[j]);
      candle.close = s.close[j];
    }
    if (candle) list.push(candle);
  }
  return list;
}
function drawCandles(panel, list) {
  for (const c of list) {
    const from = x(c.at), to = x(c.at + c.span), middle = (from + to) / 2;
    context.strokeStyle = context.fillStyle = c.close >= c.open ? green : red;
    context.beginPath();
    context.moveTo(middle, y(panel, c.high));
    context.lineTo(middle, y(panel, c.low));
    context.stroke();
    const top = y(panel, Math.max(c.open, c.close)), bottom = y(panel, Math.min(c.open, c.close));
    const body = Math.max(1, (to - from) * 0.7);
    context.fillRect(middle - body / 2, top, body, Math.max(1, bottom - top));
  }
}
function triangle(px, py, up, colour) {
  const d = up ? 1 : -1;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(px, py + 3 * d);
  context.lineTo(px - 5, py + 12 * d);
  context.lineTo(px + 5, py + 12 * d);
  context.fill();
}
function circle(px, py, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(px, py, 4, 0, 2 * Math.PI);
  context.fill();
}
function shownTrades() {
  const [from, to] = visible();
  return data.trades.filter(t => t[0] === symbol && t[3] / data.bucket >= from &&
                                 t[2] / data.bucket <= to);
}
function drawTrades(panel, list) {
  const stride = Math.ceil(list.length / 2000) || 1;
  for (let i = 0; i < list.length; i += stride) {
    const t = list[i], colour = t[9] > 0 ? green : red, long = t[8] > 0;
    const from = [x((t[2] + 0.5) / data.bucket), y(panel, t[6])];
    const to = [x((t[3] + 0.5) / data.bucket), y(panel, t[7])];
    context.strokeStyle = colour;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(from[0], from[1]);
    context.lineTo(to[0], to[1]);
    context.stroke();
    context.setLineDash([]);
    triangle(from[0], from[1], long, blue);
    circle(to[0], to[1], colour);
  }
}
function drawCurve(panel, values, colour, fill) {
  const [from, to] = visible(), first = Math.max(0, from - 1), last = Math.min(buckets, to + 1);
  const stride = Math.max(1, Math.ceil((last - first) / 5000));
  context.beginPath();
  for (let i = first; i < last; i += stride) {
    /* The extreme of what one point stands for: a dip must not vanish. */
    let value = values[i];
    for (let j = i; j < Math.min(i + stride, last); ++j) {
      value = fill ? Math.min(value, values[j]) : values[j];
    }
    const px = x(i + stride / 2), py = y(panel, value);
    if (i === first) context.moveTo(px, py); else context.lineTo(px, py);
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.4;
  context.stroke();
  context.lineWidth = 1;
  if (!fill) return;
  context.lineTo(x(last), y(panel, 0));
  context.lineTo(x(first), y(panel, 0));
  context.fillStyle = 'rgba(204,51,63,.18)';
  context.fill();
}
function range(values) {
  const [from, to] = visible();
  let low = Infinity, high = -Infinity;
  for (let i = from; i < to; ++i) {
    if (values[i] === null) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}
function dates() {
  const [from, to] = visible();
  context.fillStyle = faint;
  for (let i = 0; i < 6; ++i) {
    const bucket = Math.min(to - 1, from + Math.floor((to - from) * i / 5));
    if (bucket < 0) return;
    context.textAlign = i === 0 ? 'left' : i === 5 ? 'right' : 'center';
    context.fillText(moment(data.time[bucket]), x(bucket), total - 12);
  }
}
function draw() {
  const ratio = window.devicePixelRatio || 1;
  width = canvas.clientWidth;
  canvas.width = width * ratio;
  canvas.height = total * ratio;
  canvas.style.height = total + 'px';
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, total);
  const list = candles(), [price, equity, drawdown] = panels;
  fit(price, Math.min(...list.map(c => c.low)), Math.max(...list.map(c => c.high)));
  fit(equity, ...range(data.equity));
  fit(drawdown, range(data.drawdown)[0], 0);
  drawdown.high = 0;
  frame(price, data.names[symbol] || '');
  frame(equity, equity.name);
  frame(drawdown, drawdown.name);
  clip(price, () => { drawCandles(price, list); drawTrades(price, shownTrades()); });
  clip(equity, () => drawCurve(equity, data.equity, blue, false));
  clip(drawdown, () => drawCurve(drawdown, data.drawdown, red, true));
  dates();
  if (pointer) point();
}
function point() {
  const bucket = Math.floor(bucketAt(pointer[0]));
  if (bucket < 0 || bucket >= buckets || pointer[0] < left) { tip.style.display = 'none'; return; }
  const s = data.symbols[symbol], at = Math.round(x(bucket + 0.5)) + 0.5;
  context.strokeStyle = faint;
  context.beginPath();
  context.moveTo(at, panels[0].top);
  context.lineTo(at, panels[2].top + panels[2].height);
  context.stroke();
  let text = moment(data.time[bucket]);
  if (s && s.open[bucket] !== null) {
    text += '\nopen ' + number(s.open[bucket]) + '  high ' + number(s.high[bucket]) +
            '\nlow ' + number(s.low[bucket]) + '  close ' + number(s.close[bucket]);
  }
  text += '\nequity ' + number(data.equity[bucket]) +
          '\ndrawdown ' + number(data.drawdown[bucket], 4) + ' %';
  const near = shownTrades().filter(t => Math.floor(t[2] / data.bucket) === bucket ||
                                         Math.floor(t[3] / data.bucket) === bucket);
  for (const t of near.slice(0, 4)) {
    text += '\n' + (Math.floor(t[2] / data.bucket) === bucket
        ? 'in at ' + number(t[6]) : 'out at ' + number(t[7]) + ' (' + t[14] + ')') +
        '  return ' + number(t[10] * 100, 4) + ' %';
  }
  tip.textContent = text;
  tip.style.display = 'block';
  tip.style.left = Math.min(pointer[0] + 16, width - tip.offsetWidth - 4) + 'px';
  tip.style.top = Math.min(pointer[1] + 12, total - tip.offsetHeight) + 'px';
}

let planned = false;
function redraw() {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => { planned = false; draw(); });
}
function show(from, to) {
  const span = Math.min(Math.max(to - from, 10), Math.max(buckets, 1));
  const begin = Math.min(Math.max(from, 0), Math.max(buckets, 1) - span);
  view = [begin, begin + span];
  redraw();
}
function zoom(factor, at) {
  const middle = at === undefined ? (view[0] + view[1]) / 2 : at;
  show(middle - (middle - view[0]) * factor, middle + (view[1] - middle) * factor);
}
canvas.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(event.deltaY > 0 ? 1.25 : 0.8, bucketAt(event.offsetX));
}, {passive: false});
canvas.addEventListener('pointerdown', event => {
  canvas.setPointerCapture(event.pointerId);
  drag = [event.offsetX, view[0], view[1]];
});
canvas.addEventListener('pointerup', () => { drag = null; });
canvas.addEventListener('pointermove', event => {
  pointer = [event.offsetX, event.offsetY];
  if (!drag) { redraw(); return; }
  const moved = (drag[0] - event.offsetX) / (width - left - right) * (drag[2] - drag[1]);
  show(drag[1] + moved, drag[2] + moved);
});
canvas.addEventListener('pointerleave', () => {
  pointer = null;
  tip.style.display = 'none';
  redraw();
});
byId('in').onclick = () => zoom(0.5);
byId('out').onclick = () => zoom(2);
byId('all').onclick = () => show(0, buckets);
data.symbols.forEach((_, i) => {
  const option = document.createElement('option');
  option.value = i;
  option.textContent = data.names[i];
  symbolBox.append(option);
});
symbolBox.hidden = data.symbols.length < 2;
symbolBox.onchange = () => { symbol = Number(symbolBox.value); redraw(); };
window.addEventListener('resize', redraw);

const rows = 50, body = byId('trades');
let page = 0;
function cell(row, text, kind) {
  const td = document.createElement('td');
  td.textContent = text;
  if (kind) td.className = kind;
  row.append(td);
}
function list() {
  const pages = Math.max(1, Math.ceil(data.trades.length / rows));
  page = Math.min(Math.max(page, 0), pages - 1);
  body.replaceChildren();
  data.trades.slice(page * rows, (page + 1) * rows).forEach((t, i) => {
    const row = document.createElement('tr'), kind = t[9] > 0 ? 'win' : 'loss';
    cell(row, page * rows + i + 1);
    cell(row, data.names[t[0]]);
    cell(row, data.slots[t[1]]);
    cell(row, t[8] > 0 ? 'long' : 'short');
    cell(row, number(Math.abs(t[8])));
    cell(row, moment(t[4]));
    cell(row, number(t[6]));
    cell(row, moment(t[5]));
    cell(row, number(t[7]));
    cell(row, number(t[9], 6), kind);
    cell(row, number(t[10] * 100, 4), kind);
    cell(row, number(t[11], 4));
    cell(row, number(t[12] * 100, 3));
    cell(row, number(t[13] * 100, 3));
    cell(row, t[14]);
    row.onclick = () => {
      if (t[0] < data.symbols.length) { symbol = t[0]; symbolBox.value = symbol; }
      const from = t[2] / data.bucket, to = t[3] / data.bucket;
      show(from - (to - from + 20), to + (to - from + 20));
      canvas.scrollIntoView({block: 'nearest'});
    };
    body.append(row);
  });
  byId('page').textContent = 'page ' + (page + 1) + ' of ' + pages;
  byId('before').disabled = page === 0;
  byId('after').disabled = page === pages - 1;
}
byId('before').onclick = () => { --page; list(); };
byId('after').onclick = () => { ++page; list(); };
list();
draw();
})();
)js";
}

}  // namespace hts::report
