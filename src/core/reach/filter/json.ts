import type { Json } from '../../model/network.js';

export type Obj = { readonly [key: string]: Json };
export type Plain = string | number | boolean;
export const isObject = (j: Json | undefined): j is Obj => typeof j === 'object' && j !== null && !Array.isArray(j);
export const isPlain = (j: Json | undefined): j is Plain => typeof j === 'string' || typeof j === 'number' || typeof j === 'boolean';
