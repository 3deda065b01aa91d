// Which colours stand for which values.
//
// A map that answers with negative values too is signed: its colours diverge from 0, and equally
// strong responses to both sides are equally far from the middle. Colours of other maps rise from 0.

const SHARE = 0.005 // of the values, left out at each end as outliers
const SIGNED_SHARE = 0.02 // of the wider side, that negative values must reach for a map to be signed
const SUBSET = 50000 // how many samples stand for all of them
// Dark in the middle, so that strong responses shine on the dark ground: from -1 to 1.
const DIVERGING = [[150, 225, 255], [25, 105, 225], [22, 22, 28], [205, 50, 25], [255, 225, 110]]
export const AUTOMATIC = 'by sign'

// The values of the first and last colour for some samples; missing ones are NaN.
export function rangeOf(samples) {
  const some = subset(samples)
  if (!some.length) return [0, 1]
  const at = (share) => some[Math.round(share * (some.length - 1))]
  return widened(at(SHARE), at(1 - SHARE), some[0], some[some.length - 1])
}

// Of cosines: from -1 to 1 where samples are opposite; else the half that is more alike than the rest.
export function likenessRange(samples) {
  const some = subset(samples)
  const middle = some[Math.floor(some.length / 2)]
  if (!some.length || some[Math.floor(SHARE * some.length)] < -SIGNED_SHARE) return [-1, 1]
  return [Math.min(Math.max(0, middle), 0.99), 1]
}

// A regular subset of the samples that are not missing, sorted.
function subset(samples) {
  const some = []
  // An even step would keep one parity of x, and so one phase of a strided layer.
  const every = Math.ceil(samples.length / SUBSET) | 1
  for (let i = 0; i < samples.length; i += every) if (Number.isFinite(samples[i])) some.push(samples[i])
  return some.sort((a, b) => a - b)
}

// From percentiles and extremes to a range that has a width.
export function widened(low, high, least, most) {
  if (high <= low) [low, high] = [least, most]
  const wide = Math.max(-low, high)
  if (wide <= 0 && low >= 0) return [0, 1]
  if (low < 0 && -low > SIGNED_SHARE * wide) return [-wide, wide]
  return [0, high > 0 ? high : 1]
}

export const isSigned = ([low]) => low < 0
export const widest = ([low, high]) => Math.max(Math.abs(low), Math.abs(high))

// 256 colours, from -1 to 1.
function divergingTable() {
  const steps = DIVERGING.length - 1
  return Array.from({ length: 256 }, (_, i) => {
    const at = Math.min((i / 255) * steps, steps - 1e-9)
    const first = Math.floor(at)
    return DIVERGING[first].map((v, c) => v + (at - first) * (DIVERGING[first + 1][c] - v))
  })
}

// The colours of a range: a function from a value to [red, green, blue], or null where nothing is
// drawn. named(name) gives one of NiiVue's tables.
export function colourOf(name, range, threshold, named) {
  const signed = isSigned(range)
  const table = name === AUTOMATIC && signed ? divergingTable() : asRows(named(name === AUTOMATIC ? 'viridis' : name))
  const [low, high] = signed ? [-widest(range), widest(range)] : range
  return (value) => {
    if (Number.isNaN(value) || value === 0 || Math.abs(value) < threshold) return null
    if (!signed && value < low) return null
    const share = (value - low) / (high - low)
    return table[Math.min(255, Math.max(0, Math.round(255 * share)))]
  }
}

function asRows(flat) {
  return Array.from({ length: 256 }, (_, i) => [flat[4 * i], flat[4 * i + 1], flat[4 * i + 2]])
}

// NiiVue's table of 256 entries, for values from one to another. Its shader takes entry 0 for what
// is missing and does not lie above the first value, and entry 2 for the first value above it.
export function shaderTable(colour, from, to) {
  const entries = [...Array(256).keys()]
  const step = (to - from) / 256
  const colours = entries.map((i) => (i < 2 ? null : colour(from + (i + 0.5) * step)))
  const part = (c) => colours.map((rgb) => (rgb ? Math.round(rgb[c]) : 0))
  return { R: part(0), G: part(1), B: part(2), A: colours.map((rgb) => (rgb ? 255 : 0)), I: entries }
}

// As a person reads it.
export function asText(value) {
  if (value === null || value === undefined) return 'outside'
  return Number.isNaN(value) ? 'missing' : String(Number(value.toPrecision(6)))
}

const TICK_ROOM = 40 // pixels
const short = (value) => String(Number(value.toPrecision(3)))

// A vertical bar with numbers; what is not drawn in the picture is black in the bar.
export function drawBar(canvas, range, colour, unit) {
  const dots = window.devicePixelRatio || 1
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  if (!width || !height) return
  canvas.width = Math.round(width * dots)
  canvas.height = Math.round(height * dots)
  const paint = canvas.getContext('2d')
  paint.scale(dots, dots)
  paint.clearRect(0, 0, width, height)
  const [top, bottom, breadth] = [14, height - 14, 14]
  const [low, high] = range
  const rowOf = (value) => bottom - ((value - low) / (high - low)) * (bottom - top)
  for (let row = top; row < bottom; row++) {
    const rgb = colour(low + ((bottom - row - 0.5) / (bottom - top)) * (high - low))
    paint.fillStyle = rgb ? `rgb(${rgb.map(Math.round).join(',')})` : '#000'
    paint.fillRect(6, row, breadth, 1.5)
  }
  paint.strokeStyle = '#a6b0bc'
  paint.strokeRect(5.5, top - 0.5, breadth + 1, bottom - top + 1)
  paint.fillStyle = '#e7ebf0'
  paint.font = '11px system-ui, sans-serif'
  paint.textBaseline = 'middle'
  const ticks = (bottom - top > 5 * TICK_ROOM ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1]).map((share) => low + share * (high - low))
  for (const value of ticks) {
    paint.fillRect(breadth + 7, rowOf(value) - 0.5, 4, 1)
    paint.fillText(short(value), breadth + 14, rowOf(value))
  }
  paint.fillStyle = '#a6b0bc'
  paint.textAlign = 'center'
  paint.translate(width - 7, (top + bottom) / 2)
  paint.rotate(-Math.PI / 2)
  paint.fillText(unit, 0, 0, bottom - top)
  canvas.setAttribute('aria-label', `Colours from ${short(low)} to ${short(high)}, ${unit}${isSigned(range) ? ', diverging from 0' : ''}`)
}
