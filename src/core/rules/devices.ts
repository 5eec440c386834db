/** Path inside of a declared device: `/dev/sda`, `/dev/sda:/dev/xvda` or `/dev/sda:/dev/xvda:rwm`. */
export function deviceInside(text: string): string {
  const parts = text.split(':');
  const second = parts[1];
  return second !== undefined && second.startsWith('/') ? second : (parts[0] ?? text);
}

/** Whether a device node was declared: by itself, or within a folder of devices (`--device /dev/snd`). */
export function isDeclaredDevice(declared: readonly string[], node: string): boolean {
  return declared.some((text) => {
    const inside = deviceInside(text);
    return node === inside || node.startsWith(`${inside.replace(/\/$/u, '')}/`);
  });
}
