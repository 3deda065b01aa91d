// Thumbnails of all channels of a layer, in an order that a person chooses; a click shows one.

import { overviewOf } from '/static/pane.js'

export class Strip {
  // onChoose is given a channel's place in the map.
  constructor(shell, onChoose) {
    this.shell = shell
    this.onChoose = onChoose
    this.sort = shell.querySelector('select')
    this.note = shell.querySelector('#strip-note')
    this.row = shell.querySelector('#thumbnails')
    this.turn = 0
    this.shown = ''
  }

  async show(pane, settings) {
    const mine = ++this.turn
    if (!settings.strip || !pane.map || pane.map.note) return
    const { subject, layer, channel } = pane.choice
    const key = `${subject}/${layer}/${settings.sort}`
    if (key !== this.shown) {
      this.note.textContent = 'Reading all channels…'
      const told = await overviewOf(subject, layer).catch((error) => { this.note.textContent = error.message; return null })
      if (mine !== this.turn || !told) return
      this.fill(told, `/api/overview/${subject}/${layer}.png`, settings.sort)
      this.shown = key
    }
    for (const button of this.row.children) {
      const chosen = Number(button.dataset.place) === channel && !pane.choice.like
      button.setAttribute('aria-pressed', String(chosen))
      if (chosen) button.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
  }

  fill(told, sheet, sort) {
    const labels = [...new Set(told.channels.flatMap((one) => Object.keys(one.auc)))]
    const orders = ['number', 'variance', ...labels.map((label) => `auc:${label}`)]
    const names = ['number', 'variance', ...labels.map((label) => `AUC of label ${label}`)]
    this.sort.replaceChildren(...orders.map((order, i) => new Option(names[i], order)))
    this.sort.value = orders.includes(sort) ? sort : 'number'
    const ranked = rank(told.channels, this.sort.value)
    this.row.replaceChildren(...ranked.map((place) => this.button(told, place, sheet)))
    const idle = told.channels.filter((one) => one.state === 'dead' || one.state.startsWith('same')).length
    this.note.textContent = `${told.channels.length} channels, each in colours of its own range${idle ? `; ${idle} dead or the same as others` : ''}`
  }

  button(told, place, sheet) {
    const one = told.channels[place]
    const { pixels, per_row: perRow } = told
    const button = document.createElement('button')
    button.type = 'button'
    button.dataset.place = place
    button.classList.toggle('idle', one.state === 'dead' || one.state.startsWith('same'))
    const tile = document.createElement('span')
    tile.className = 'tile'
    tile.style.cssText = `width:${pixels}px;height:${pixels}px;background:url(${sheet}) -${(place % perRow) * pixels}px -${Math.floor(place / perRow) * pixels}px`
    const auc = this.sort.value.startsWith('auc:') ? one.auc[this.sort.value.slice(4)] : undefined
    const words = [one.number, one.state, auc === undefined ? '' : auc.toFixed(2)].filter((word) => word !== '')
    button.append(tile, words.join(' · '))
    const variance = one.variance === null ? 'missing' : Number(one.variance.toPrecision(3))
    button.setAttribute('aria-label', `Channel ${one.number}, variance ${variance}${one.state ? `, ${one.state}` : ''}${auc === undefined ? '' : `, area under the curve ${auc}`}`)
    button.title = button.getAttribute('aria-label')
    button.addEventListener('click', () => this.onChoose(place))
    return button
  }
}

// The places of the channels in an order; of the largest first where it is no number of theirs.
export function rank(channels, sort) {
  const places = channels.map((_, place) => place)
  if (sort === 'number') return places
  const of = (one) => (sort === 'variance' ? one.variance : one.auc[sort.slice(4)]) ?? -Infinity
  return places.sort((a, b) => of(channels[b]) - of(channels[a]))
}
