import { Json, isObject } from "../proof/jcs";
import { label } from "../app/format";

export interface FormField {
  name: string;
  title: string;
  hint: string;
  type: "text" | "number" | "flag" | "choice";
  choices: string[];
  required: boolean;
}

/** The fields that an object schema describes: strings, numbers, booleans and enumerations. */
export function formFields(schema: Json): FormField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const choices = Array.isArray(property.enum) ? property.enum.filter((each): each is string => typeof each === "string") : [];
    const type = choices.length > 0 ? "choice" : property.type === "boolean" ? "flag" : property.type === "integer" || property.type === "number" ? "number" : "text";
    const text = (key: string): string => (typeof property[key] === "string" ? (property[key] as string) : "");
    return [{ name, title: text("title") || label(name), hint: text("description"), type, choices, required: required.includes(name) }];
  });
}

export function TaskForm({ schema, value, onChange }: { schema: Json; value: Json; onChange: (value: Json) => void }) {
  const current = isObject(value) ? value : {};
  const set = (name: string, member: Json): void => onChange({ ...current, [name]: member });
  return (
    <div className="stack">
      {formFields(schema).map((field) => {
        const id = `form-${field.name}`;
        const text = current[field.name] === undefined ? "" : String(current[field.name]);
        const common = { id, required: field.required, "aria-describedby": field.hint ? `${id}-hint` : undefined };
        return (
          <div className="field" key={field.name}>
            {field.type === "flag" ? (
              <label className="row"><input type="checkbox" {...common} checked={current[field.name] === true} onChange={(event) => set(field.name, event.target.checked)} /> {field.title}</label>
            ) : (
              <>
                <label htmlFor={id}>{field.title}</label>
                {field.type === "choice" ? (
                  <select className="input" {...common} value={text} onChange={(event) => set(field.name, event.target.value)}>
                    <option value="" />
                    {field.choices.map((choice) => <option key={choice}>{choice}</option>)}
                  </select>
                ) : (
                  <input className="input" {...common} inputMode={field.type === "number" ? "decimal" : undefined} value={text}
                    onChange={(event) => set(field.name, field.type === "number" && event.target.value !== "" && Number.isFinite(Number(event.target.value)) ? Number(event.target.value) : event.target.value)} />
                )}
              </>
            )}
            {field.hint ? <span className="hint" id={`${id}-hint`}>{field.hint}</span> : null}
          </div>
        );
      })}
    </div>
  );
}
