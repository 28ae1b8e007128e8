// Writes src/generated/api.ts from the OpenAPI document: types of the schemas, and what each operation takes and answers.
// Usage: node generate-client.mjs OPENAPI OUTPUT
import { readFileSync, writeFileSync } from "node:fs";

const [input, output] = process.argv.slice(2);
const document = JSON.parse(readFileSync(input, "utf8"));

const resolve = (node) => (node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], document) : node);
const refName = (ref) => ref.split("/").pop();
const quoted = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));
const indent = (text) => text.replace(/\n/g, "\n  ");

function union(types) {
  const distinct = [...new Set(types)];
  return distinct.includes("Json") ? "Json" : distinct.join(" | ");
}

function typeOf(schema) {
  if (!schema || Object.keys(schema).filter((key) => key !== "description" && key !== "examples").length === 0) return "Json";
  if (schema.$ref) return refName(schema.$ref);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  // Beside properties, oneOf only says which of them go together.
  if (schema.properties) return objectType(schema);
  if (schema.oneOf || schema.anyOf) return union((schema.oneOf ?? schema.anyOf).map(typeOf));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type })));
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array": {
      const item = typeOf(schema.items);
      return / \| /.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return objectType(schema);
    default:
      throw new Error(`a schema that the generator does not know: ${JSON.stringify(schema)}`);
  }
}

function objectType(schema) {
  if (!schema.properties) {
    return schema.additionalProperties && schema.additionalProperties !== true ? `{ [key: string]: ${typeOf(schema.additionalProperties)} }` : "{ [key: string]: Json }";
  }
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties).map(([key, member]) => {
    const comment = member.description && !member.$ref ? `/** ${member.description.replace(/\*\//g, "*\\/")} */\n` : "";
    return `${comment}${quoted(key)}${required.has(key) ? "" : "?"}: ${typeOf(member)};`;
  });
  return `{\n  ${members.map(indent).join("\n  ")}\n}`;
}

function parameters(list, where) {
  const found = list.filter((parameter) => parameter.in === where);
  if (found.length === 0) return "null";
  return `{ ${found.map((parameter) => `${quoted(parameter.name)}${parameter.required ? "" : "?"}: ${typeOf(parameter.schema)}`).join("; ")} }`;
}

function content(node) {
  const schema = Object.values(resolve(node)?.content ?? {})[0]?.schema;
  return schema ? typeOf(schema) : "null";
}

const schemas = Object.entries(document.components.schemas).map(([name, schema]) => {
  const comment = schema.description ? `/** ${schema.description} */\n` : "";
  const type = typeOf(schema);
  return type.startsWith("{\n") ? `${comment}export interface ${name} ${type}` : `${comment}export type ${name} = ${type};`;
});

const shapes = [];
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (!operation.responses) continue;
    const list = [...(methods.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
    const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith("2"));
    shapes.push(
      `  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: {\n    path: ${parameters(list, "path")};\n    query: ${parameters(list, "query")};\n    body: ${indent(indent(operation.requestBody ? content(operation.requestBody) : "null"))};\n    answer: ${indent(indent(union(answers.map(([, answer]) => content(answer)))))};\n  };`,
    );
  }
}

const text = `// Generated from Services/Gateway/OpenAPI/openapi.json by scripts/generate-client.mjs. Do not edit: run generate.sh.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

${schemas.join("\n\n")}

/** What each operation, named by its method and path, takes and answers; null for nothing. */
export interface Operations {
${shapes.join("\n")}
}
`;
writeFileSync(output, text);
