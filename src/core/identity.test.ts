import { expect, test } from 'vitest';
import { plainContainer } from './rules/example.js';
import { identityOf, imageRepository } from './identity.js';

test('a new version of an image is the same image', () => {
  expect(imageRepository('registry.local:5000/shop/web:3.1')).toBe('registry.local:5000/shop/web');
  expect(imageRepository('registry.local:5000/shop/web')).toBe('registry.local:5000/shop/web');
  expect(imageRepository('postgres@sha256:abc')).toBe('postgres');
});

test('a recreated container keeps its identity, by Compose or by name and image', () => {
  const web = plainContainer({ id: 'a'.repeat(64), image: 'shop-web:1' });
  expect(identityOf({ ...web, id: 'b'.repeat(64), image: 'shop-web:2', pid: 9 })).toBe(identityOf(web));
  const composed = plainContainer({ name: 'shop-web-1', project: 'shop', service: 'web' });
  expect(identityOf({ ...composed, name: 'shop_web_1', image: 'other' })).toBe(identityOf(composed));
});

test('replicas of a service are told apart', () => {
  const one = plainContainer({ project: 'shop', service: 'web', labels: { 'com.docker.compose.container-number': '1' } });
  expect(identityOf({ ...one, labels: { 'com.docker.compose.container-number': '2' } })).not.toBe(identityOf(one));
});
