/** The OpenAPI document, as it is made of the routes' schemas: complete, and sound by the rules of OpenAPI 3.1. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../src/openapi.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: object;
}
interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { content: Record<string, { schema?: object }> };
  readonly responses: Record<string, { description?: string; content?: Record<string, { schema?: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: Record<string, unknown> };
  readonly security: ReadonlyArray<Record<string, unknown>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const SOURCE = new URL('../../src/admin/', import.meta.url);

let document: Document;
beforeAll(async () => {
  document = (await openApiDocument('1.2.3')) as Document;
});

function operations(): Array<[name: string, path: string, operation: Operation]> {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, string, Operation] => [
      `${method} ${path}`,
      path,
      operation,
    ]),
  );
}

/** The routes as the code declares them, with parameters in OpenAPI's braces. */
function declaredRoutes(): string[] {
  const texts = readdirSync(SOURCE)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, SOURCE), 'utf8'));
  return texts
    .flatMap((text) => [
      ...text.matchAll(/\.(get|post|put|patch|delete)(?:<[^(]*>)?\(\s*'(\/api\/v1[^']*)'/g),
    ])
    .map(([, method, path = '']) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    .filter((route) => route !== 'get /api/v1/openapi.json');
}

test('every route is documented, and nothing else', () => {
  const declared = declaredRoutes();
  expect(declared.length).toBeGreaterThan(8);
  expect(
    operations()
      .map(([name]) => name)
      .sort(),
  ).toEqual(declared.sort());
});

test('the document says what it is, and how to sign in', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: '1.2.3' });
  for (const name of document.security.flatMap(Object.keys)) {
    expect(document.components.securitySchemes).toHaveProperty(name);
  }
});

describe('operations', () => {
  test('have a method, a summary, a tag and described responses', () => {
    for (const [name, , { summary, tags, responses }] of operations()) {
      expect(METHODS, name).toContain(name.split(' ')[0]);
      expect(summary, name).toMatch(/\S/);
      expect(tags, name).toHaveLength(1);
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => /^[23]\d\d$|^default$/.test(status)),
        name,
      ).toBe(true);
      for (const response of Object.values(responses))
        expect(response.description, name).toBeTypeOf('string');
    }
  });

  test('declare exactly the parameters of their path, as required', () => {
    for (const [name, path, { parameters = [] }] of operations()) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const given = parameters.filter((parameter) => parameter.in === 'path');
      expect(given.map((parameter) => parameter.name).sort(), name).toEqual(wanted.sort());
      expect(
        given.every(({ required }) => required === true),
        name,
      ).toBe(true);
      const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(keys).size, name).toBe(keys.length);
      expect(
        parameters.every(({ schema }) => typeof schema === 'object'),
        name,
      ).toBe(true);
    }
  });

  test('that read have no body; those that write have one with a schema', () => {
    for (const [name, , { requestBody }] of operations()) {
      if (/^(get|delete) /.test(name)) expect(requestBody, name).toBeUndefined();
      for (const { schema } of Object.values(requestBody?.content ?? {}))
        expect(schema, name).toBeTypeOf('object');
    }
  });
});

test('schemas are of JSON Schema 2020-12: known types, no `nullable`, and every reference leads somewhere', () => {
  const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = `${path}/${key}`;
      if (key === '$ref') expect(resolves(inner as string), at).toBe(true);
      expect(key === 'nullable' && typeof inner === 'boolean', at).toBe(false);
      if (key === 'type' && typeof inner === 'string' && /schema/.test(path)) {
        expect(types.has(inner), `${at}: ${inner}`).toBe(true);
      }
      visit(inner, at);
    }
  };
  visit(document.paths, 'paths');
});

function resolves(reference: string): boolean {
  let at: unknown = document;
  for (const part of reference.replace(/^#\//, '').split('/')) {
    at = (at as Record<string, unknown> | undefined)?.[part];
  }
  return at !== undefined;
}
