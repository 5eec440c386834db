import { hostNamespaceRule } from './host-namespace.js';

export const hostIpcNamespace = hostNamespaceRule({
  id: 'BH-SHARE-03',
  kind: 'ipc',
  severity: 'medium',
  why: 'Shared memory, semaphores and message queues of the host’s programs can be read and written, where their modes allow it.',
  gives: 'it reaches the shared memory of the host’s programs',
  remedy: 'Take --ipc host away; give more shared memory with --shm-size.',
  bad: 'docker run --ipc host database',
});
