import type { Argument, Command, Option } from 'commander';
import { z } from 'zod';

const known = new WeakMap<Option | Argument, readonly string[]>();

/** Remembers what each option and argument may be, where its schema names all of it. */
export function rememberValues(command: Command, input: z.ZodType): void {
  if (!(input instanceof z.ZodObject)) return;
  const shape = input.shape as Readonly<Record<string, z.ZodType | undefined>>;
  for (const option of command.options) known.set(option, valuesOf(shape[option.attributeName()]));
  for (const argument of command.registeredArguments) known.set(argument, valuesOf(shape[argument.name()]));
}

/** Has what completes the command suggest them; calls and help stay as they are, since the schema checks and tells. */
export function suggestValues(command: Command): void {
  for (const part of [...command.options, ...command.registeredArguments]) {
    const values = known.get(part) ?? [];
    if (values.length > 0) part.argChoices = [...values];
  }
  for (const inner of command.commands) suggestValues(inner);
}

function valuesOf(schema: z.ZodType | undefined): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return valuesOf(schema.unwrap() as z.ZodType);
  return [];
}
