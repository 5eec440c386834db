export * from './reading.js';
export * from './namespaces.js';
export * from './process.js';
export * from './cgroup.js';
export * from './network.js';
export * from './workload.js';
export * from './snapshot.js';
