// The panes as one picture: what a person sees of them, with titles and colour bars.

const TITLE = 22 // height, in CSS pixels

// A canvas of the size that the panes have on the screen.
export function compose(panes, frame) {
  const dots = window.devicePixelRatio || 1
  const whole = frame.getBoundingClientRect()
  const made = document.createElement('canvas')
  made.width = Math.round(whole.width * dots)
  made.height = Math.round(whole.height * dots)
  const paint = made.getContext('2d')
  paint.scale(dots, dots)
  paint.fillStyle = '#000'
  paint.fillRect(0, 0, whole.width, whole.height)
  const put = (canvas) => {
    const box = canvas.getBoundingClientRect()
    if (canvas.width && canvas.height) paint.drawImage(canvas, box.left - whole.left, box.top - whole.top, box.width, box.height)
  }
  for (const pane of panes) {
    const box = pane.shell.getBoundingClientRect()
    // WebGL keeps its picture until the end of the task that drew it.
    pane.volumes.niivue.drawScene()
    put(pane.canvas)
    put(pane.lines)
    put(pane.bar)
    paint.fillStyle = '#e7ebf0'
    paint.font = '13px system-ui, sans-serif'
    paint.textBaseline = 'middle'
    paint.fillText(pane.title, box.left - whole.left + 8, box.top - whole.top + TITLE / 2 + 2)
  }
  return made
}

// Gives the picture to the browser as a download; the name says what is seen.
export async function save(panes, frame) {
  const made = compose(panes, frame)
  const blob = await new Promise((resolve) => made.toBlob(resolve, 'image/png'))
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${panes.map((pane) => pane.title).join(' + ').replace(/[^\w.+-]+/g, '_')}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  return link.download
}
