/** Without `Buffer`, which edge workers and browsers lack. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // In pieces: a call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8_192))
  }
  return btoa(binary)
}
