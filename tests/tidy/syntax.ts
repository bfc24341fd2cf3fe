/** A node of the ESTree that the parser gives; children are found by looking, so that no kind of syntax is missed. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A place in a text where something was found. */
export interface Found {
  readonly name: string;
  readonly start: number;
}

/** An import, in whatever form: `import`, `export from`, `import()`. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly start: number;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const WRAPPERS = new Set([
  'ParenthesizedExpression',
  'ChainExpression',
  'TSNonNullExpression',
  'TSAsExpression',
]);

/** Tells whether a value of the tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The nodes directly below one. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);
}

/** The node and everything below it, parents first. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** `a.b.c` for a chain of plain names (a leading `globalThis.` is dropped), else `undefined`. */
export function dottedName(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (WRAPPERS.has(value.type)) return dottedName(value.expression);
  if (value.type === 'Identifier') return String(value.name);
  if (value.type !== 'MemberExpression') return undefined;
  const object = dottedName(value.object);
  const property = value.property;
  if (object === undefined || !isNode(property)) return undefined;
  const key = value.computed === true ? property.value : property.name;
  if (typeof key !== 'string') return undefined;
  return object === 'globalThis' ? key : `${object}.${key}`;
}

/**
 * Every use of a name that a rule may ban: `a.b` for members, called or not and also when taken by destructuring; `f`
 * for the call of a plain name, `new F` for a construction, and for both of these also `f()` and `new F()` when there are
 * no arguments.
 */
export function usesOf(program: Node): readonly Found[] {
  const found: Found[] = [];
  const add = (name: string | undefined, node: Node) => {
    if (name !== undefined) found.push({ name, start: node.start });
  };
  for (const node of walk(program)) {
    if (node.type === 'MemberExpression') add(dottedName(node), node);
    if (node.type === 'NewExpression' || (node.type === 'CallExpression' && isPlainName(node.callee))) {
      const name = `${node.type === 'NewExpression' ? 'new ' : ''}${dottedName(node.callee)}`;
      add(name, node);
      if ((node.arguments as unknown[]).length === 0) add(`${name}()`, node);
    }
    if (node.type === 'VariableDeclarator') {
      for (const key of destructuredKeys(node.id)) add(`${dottedName(node.init)}.${key}`, node);
    }
    if (node.type === 'ImportDeclaration' && textOf(node.source)?.replace('node:', '') === 'process') {
      for (const key of importedNames(node)) add(`process.${key}`, node);
    }
  }
  return found;
}

/** Every import of a file. */
export function importsOf(program: Node): readonly Import[] {
  const imports: Import[] = [];
  for (const node of walk(program)) {
    const specifier = importSpecifier(node);
    if (specifier !== undefined) imports.push({ specifier, typeOnly: isTypeOnly(node), start: node.start });
  }
  return imports;
}

/** Functions with the lines that they span, without those that declare tests: a list of cases is as long as it is. */
export function functionsOf(program: Node, text: string): readonly (Found & { readonly lines: number })[] {
  const found: (Found & { lines: number })[] = [];
  const visit = (node: Node, name: string) => {
    if (FUNCTIONS.has(node.type) && isNode(node.body) && !declaresTests(node)) {
      found.push({ name, start: node.start, lines: text.slice(node.start, node.end).split('\n').length });
    }
    const own = declaredName(node) ?? (FUNCTIONS.has(node.type) ? `a function in ${name}` : name);
    for (const child of childrenOf(node)) visit(child, declaredName(child) ?? own);
  };
  visit(program, 'the file');
  return found;
}

/** Exported functions, classes, interfaces, enums and constants that no docstring precedes. */
export function undocumentedExports(program: Node, text: string): readonly Found[] {
  const declared = new Map<string, { start: number; documented: boolean; exported: boolean }>();
  const exported = new Set<string>();
  for (const statement of program.body as readonly Node[]) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    for (const name of isNode(declaration) ? documentableNames(declaration) : []) {
      const before = declared.get(name);
      const documented = hasDocstring(text, statement.start) || before?.documented === true;
      declared.set(name, { start: statement.start, documented, exported: isExport });
      if (isExport) exported.add(name);
    }
    if (isExport && !isNode(statement.source)) {
      for (const specifier of statement.specifiers as readonly Node[])
        exported.add(String(dottedName(specifier.local)));
    }
  }
  return [...exported].flatMap((name) => {
    const place = declared.get(name);
    return place === undefined || place.documented ? [] : [{ name, start: place.start }];
  });
}

function hasDocstring(text: string, start: number): boolean {
  const before = text.slice(0, start).trimEnd();
  return before.endsWith('*/') && before.startsWith('/**', before.lastIndexOf('/*'));
}

function documentableNames(declaration: Node): readonly string[] {
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSEnumDeclaration':
      return [dottedName(declaration.id)].filter((name) => name !== undefined);
    case 'VariableDeclaration':
      return (declaration.declarations as readonly Node[])
        .map((item) => dottedName(item.id))
        .filter((name) => name !== undefined);
    default:
      return [];
  }
}

function declaresTests(node: Node): boolean {
  for (const inner of walk(node)) {
    if (inner.type !== 'CallExpression') continue;
    const callee =
      isNode(inner.callee) && inner.callee.type === 'CallExpression' ? inner.callee.callee : inner.callee;
    if (/^(?:describe|test|it)(?:\.|$)/.test(dottedName(callee) ?? '')) return true;
  }
  return false;
}

function declaredName(node: Node): string | undefined {
  const key =
    node.type === 'MethodDefinition' || node.type === 'PropertyDefinition' || node.type === 'Property'
      ? 'key'
      : 'id';
  return dottedName(node[key]);
}

function importSpecifier(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return textOf(node.source ?? node.argument);
    default:
      return undefined;
  }
}

/** `import { type A }` is not type-only: under `verbatimModuleSyntax` it still loads the module. */
function isTypeOnly(node: Node): boolean {
  return node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type';
}

function isPlainName(value: unknown): boolean {
  return isNode(value) && value.type === 'Identifier';
}

function importedNames(node: Node): readonly string[] {
  return (node.specifiers as readonly Node[]).map((item) => String(dottedName(item.imported)));
}

function destructuredKeys(pattern: unknown): readonly string[] {
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return [];
  return (pattern.properties as readonly Node[]).map((property) => String(dottedName(property.key)));
}

function textOf(literal: unknown): string | undefined {
  return isNode(literal) && typeof literal.value === 'string' ? literal.value : undefined;
}
