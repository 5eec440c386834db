// What XML 1.0 does not allow even as a reference (https://www.w3.org/TR/xml/#charsets), lone surrogates included.
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' };

/** Text made safe for XML content and attributes; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(ILLEGAL, '\ufffd').replace(/[&<>"'\n\r\t]/g, (c) => ESCAPES[c]!);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element. `children` are finished XML; attributes are escaped, and left out where undefined. */
export function el(name: string, attributes: Attributes = {}, children: string | readonly string[] = ''): string {
  let out = `<${name}`;
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) out += ` ${key}="${typeof value === 'number' ? String(value) : escapeXml(value)}"`;
  }
  const inner = typeof children === 'string' ? children : children.join('');
  return inner === '' ? `${out}/>` : `${out}>${inner}</${name}>`;
}
