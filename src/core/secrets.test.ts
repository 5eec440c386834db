import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { isSecretName, MASK, maskCommand, maskLabels, maskText, maskValue } from './secrets.js';

describe('names', () => {
  test.each(['DB_PASSWORD', 'apiKey', 'api-key', 'com.shop.token', 'MYSQL_ROOT_PASSWORD', 'secret', 'aws_secret_access_key', 'dbpassword'])('%s is secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });
  test.each(['keyboard', 'com.docker.compose.project', 'monkey', 'tokenizer', 'author', 'password_file', 'token-ttl', 'passenger'])('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('values', () => {
  test('a token that gives itself away is masked in any label', () => {
    expect(maskValue('note', 'uses ghp_abcdefghijklmnopqrstuvwxyz0123456789 today')).toBe(`uses ${MASK} today`);
  });
  test('the password in a URL is masked, the rest of it stays', () => {
    expect(maskText('postgres://shop:hunter2@db:5432/shop')).toBe(`postgres://shop:${MASK}@db:5432/shop`);
  });
  test('digests, paths and ids stay', () => {
    for (const text of ['sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '/var/lib/docker/overlay2/Abc123/merged/usr/share/Zoneinfo1', 'com.docker.compose.config-hash']) expect(maskText(text)).toBe(text);
  });
  test('a long word without order is a key', () => {
    expect(maskText('use wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY9 now')).toBe(`use ${MASK} now`);
  });
  test('a switch is no secret', () => {
    expect(maskLabels({ 'traefik.auth': 'true', 'traefik.http.middlewares.a.basicauth.users': 'bob:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/' })).toEqual({
      'traefik.auth': 'true',
      'traefik.http.middlewares.a.basicauth.users': MASK,
    });
  });
});

describe('command lines', () => {
  test('joined and separate options', () => {
    expect(maskCommand(['server', '--password', 'x1', '--api-key=abc', '--port', '80', '--verbose'])).toEqual(['server', '--password', MASK, `--api-key=${MASK}`, '--port', '80', '--verbose']);
  });
  test('a shell line inside one word', () => {
    expect(maskCommand(['sh', '-c', 'DB_PASSWORD=hunter2 exec app --token abc123 --fast'])).toEqual(['sh', '-c', `DB_PASSWORD=${MASK} exec app --token ${MASK} --fast`]);
  });
  test('programs with short options for passwords', () => {
    expect(maskCommand(['mysql', '-uroot', '-phunter2'])[2]).toBe(`-p${MASK}`);
    expect(maskCommand(['curl', '-u', 'bob:hunter2', 'http://x'])[2]).toBe(`bob:${MASK}`);
    expect(maskCommand(['redis-cli', '-a', 'hunter2'])[2]).toBe(MASK);
  });
  test('ordinary commands are untouched', () => {
    const words = ['nginx', '-g', 'daemon off;'];
    expect(maskCommand(words)).toEqual(words);
  });
});

test('whatever it is given it answers, and masking twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const once = maskText(text);
      expect(maskText(once)).toBe(once);
    }),
    { seed: 7, numRuns: 300 },
  );
});
