// Questions to the server.

export async function askJson(url, options) {
  const response = await fetch(url, options)
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.error || `${url}: ${response.status} ${response.statusText}`)
  return answer
}
