/** What stands where something that looked like a secret was. */
export const MASK = '(masked)';

/** Words in the name of a label, option or variable whose value is nobody's business. */
const SECRET_WORDS = new Set([
  'password', 'passwd', 'passphrase', 'passcode', 'pass', 'pwd', 'secret', 'secrets', 'token', 'tokens', 'apikey', 'key', 'privatekey',
  'credential', 'credentials', 'creds', 'auth', 'authorization', 'bearer', 'dsn', 'accesskey', 'secretkey', 'authkey', 'basicauth', 'jwt', 'pin', 'otp',
]);
const SECRET_ENDINGS = /(?:password|passwd|passphrase|secret|token|apikey|accesskey|secretkey|privatekey|credentials?)$/;

/** Values that give themselves away, whatever they are called. */
const SECRET_VALUES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}\b/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:sk|pk|rk)[-_](?:live|test|ant|proj)?[-_]?[A-Za-z0-9_-]{20,}/g,
  /\bAIza[0-9A-Za-z_-]{30,}/g,
  /\bhv[sb]\.[A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{30,}\b/g,
  /\bdckr_pat_[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
  /\$(?:apr1|2[aby]|5|6|y|argon2[a-z]*)\$[^\s'",:]{8,}/g,
];

/** Whether a name (`DB_PASSWORD`, `db.password`, `apiKey`) says that its value is a secret. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
  if (words.some((word) => SECRET_WORDS.has(word))) {
    // A path to a secret, or a word about it, is none: `password_file`, `token-ttl`.
    return !['file', 'path', 'dir', 'ttl', 'length', 'size', 'count', 'type', 'name', 'enabled', 'policy'].includes(words.at(-1) ?? '');
  }
  return words.some((word) => SECRET_ENDINGS.test(word));
}

/** Long and without order, in several alphabets at once: keys are; digests in hex, names and paths are not. */
function looksRandom(word: string): boolean {
  if (word.length < 28 || word.length > 4000 || !/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/[0-9]/.test(word)) return false;
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let entropy = 0;
  for (const n of counts.values()) entropy -= (n / word.length) * Math.log2(n / word.length);
  return entropy > 4;
}

/** Short words of letters, digits and a few signs, which no pattern below can match. */
const PLAIN = /^[A-Za-z0-9._/-]{0,15}$/;

/** A text with everything in it that looks like a secret masked; the rest stays as it is. */
export function maskText(text: string): string {
  if (PLAIN.test(text)) return text;
  let out = text;
  for (const pattern of SECRET_VALUES) out = out.replace(pattern, MASK);
  // user:password@ in a URL keeps the user.
  out = out.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${MASK}@`);
  // Authorization: Basic …, Bearer …
  out = out.replace(/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${MASK}`);
  // --password x, --password=x, PASSWORD=x, "password": "x", within a longer text.
  out = out.replace(/(--?)?([A-Za-z][\w.-]{1,60})("?\s*[=:]\s*|\s+)("[^"]*"|'[^']*'|[^\s"',;&|]+)/g, (all, dash: string | undefined, name: string, link: string, value: string) => {
    if (!isSecretName(name) || value.startsWith(MASK)) return all;
    const spaced = /^\s+$/.test(link);
    if (spaced && (dash === undefined || value.startsWith('-'))) return all;
    return `${dash ?? ''}${name}${link}${MASK}`;
  });
  return out.replace(/[A-Za-z0-9+/_-]{28,}={0,2}/g, (word) => (looksRandom(word) && !/^\/|\/.*\/.*\//.test(word) ? MASK : word));
}

/** A label's or option's value, masked whole where its name says so. */
export function maskValue(name: string, value: string): string {
  return value !== '' && isSecretName(name) && !/^(?:true|false|yes|no|on|off|\d{1,3})$/i.test(value) ? MASK : maskText(value);
}

/** Labels with the values masked that look like secrets. Names stay. */
export function maskLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, maskValue(name, value)]));
}

/** A command line, word by word: the word after `--password` is as secret as the one joined to it. */
export function maskCommand(words: readonly string[]): readonly string[] {
  const program = (words[0] ?? '').split('/').at(-1) ?? '';
  return words.map((word, i) => {
    const before = words[i - 1] ?? '';
    if (/^--?[A-Za-z][\w.-]*$/.test(before) && isSecretName(before) && !word.startsWith('-')) return MASK;
    if (/^(?:-u|--user)$/.test(before) && /^[^:\s]+:\S/.test(word) && /^(?:curl|wget|http)$/.test(program)) return `${word.slice(0, word.indexOf(':'))}:${MASK}`;
    if (/^(?:mysql|mariadb|mysqldump|mysqladmin)/.test(program) && /^-p\S/.test(word)) return `-p${MASK}`;
    if (program === 'redis-cli' && before === '-a') return MASK;
    // A word with blanks that is no option is a line for a shell.
    const assigned = /^(--?[A-Za-z][\w.-]*)=[\s\S]+$/.exec(word) ?? /^([A-Za-z][\w.-]*)=\S+$/.exec(word);
    if (assigned !== null && isSecretName(assigned[1] ?? '')) return `${assigned[1]}=${MASK}`;
    return maskText(word);
  });
}
